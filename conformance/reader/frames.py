"""Frames: chapter 03, section 1, and one message of a batch alone."""
import forms
import json_signed
import proofs
from faults import demand, octets_of

MAX_FRAME, MAX_MESSAGE, MAX_MESSAGES = 4 << 20, 64 << 10, 1024
HELLO, BATCH, ACKNOWLEDGEMENT, STATEMENT = 1, 2, 3, 4


class Octets:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, size):
        demand(self.at + size <= len(self.octets), "frame_truncated", f"at octet {self.at}")
        self.at += size
        return self.octets[self.at - size:self.at]

    def u(self, bits):
        return int.from_bytes(self.take(bits // 8), "big")

    def i64(self):
        return int.from_bytes(self.take(8), "big", signed=True)

    def gateway(self):
        return forms.text_id("gateway", self.take(self.u(8)))

    def zeros(self, size):
        demand(not any(self.take(size)), "frame_trailing", f"before octet {self.at}")

    def pad(self):
        self.zeros(-self.at % 8)

    def end(self):
        demand(self.at == len(self.octets), "frame_trailing", f"after octet {self.at}")


def start(frame, kind):
    demand(len(frame) <= MAX_FRAME, "frame_too_large")
    octets = Octets(frame)
    demand(octets.take(4) == b"USTP", "frame_magic")
    demand(octets.u(8) == kind, "unknown_tag", "kind")
    octets.zeros(1)
    return octets


def signed_part(frame, kind):
    octets = start(frame, kind)
    content, signature = octets.u(16), octets.u(16)
    octets.zeros(6)
    demand(kind == STATEMENT or content <= 512, "too_long", "content")
    demand(signature <= 128, "too_long", "signature")
    content, signature = octets.take(content), octets.take(signature)
    octets.pad()
    return octets, content, signature


def version(octets, out):
    out["version_major"], out["version_minor"] = octets.u(16), octets.u(16)
    demand(out["version_major"] == 1, "frame_version")


def head(octets):
    sequence, found = octets.u(64), octets.take(32)
    demand(any(found) == (sequence != 0), "zero_hash", "head")
    return {"sequence": str(sequence), "hash": found.hex()}


def header(content):
    octets, out = Octets(content), {}
    version(octets, out)
    out["sender"], out["recipient"] = octets.gateway(), octets.gateway()
    out["channel"], out["sequence"], out["count"] = octets.u(32), octets.u(64), octets.u(32)
    out["root"], out["previous"], out["key"], out["time"] = octets.take(32), octets.take(32), octets.take(32), octets.i64()
    octets.end()
    demand(out["sequence"] > 0 and out["count"] > 0, "out_of_range", "sequence or count")
    demand(any(out["root"]), "zero_hash", "root")
    demand(any(out["previous"]) == (out["sequence"] != 1), "chain_broken", "previous")
    return out


def shown_header(h):
    return {**h, "sequence": str(h["sequence"]), "root": h["root"].hex(), "previous": h["previous"].hex(),
            "key": h["key"].hex(), "time": str(h["time"])}


def verify(keys, gateway, key_id, content, signature):
    """`keys(gateway, key id)` gives a Key or None."""
    key = keys(gateway, key_id)
    demand(key is not None, "unknown_key")
    key.verify(content, signature)


def keys_of(given):
    held = [(one["gateway"], proofs.Key(octets_of(one["spki"]))) for one in given]
    return lambda gateway, key_id: next((key for owner, key in held if owner == gateway and key.id == key_id), None)


def batch(frame, expected, keys):
    octets, content, signature = signed_part(frame, BATCH)
    h = header(content)
    demand(h["count"] <= MAX_MESSAGES, "too_many_messages")
    items = []
    for _ in range(h["count"]):
        size = octets.u(32)
        demand(size <= MAX_MESSAGE, "too_long", "message")
        octets.zeros(4)
        items.append((octets.take(16), octets.take(size)))
        octets.pad()
    octets.end()
    for field in ("sender", "recipient", "channel"):
        demand(h[field] == expected[field], "wrong_channel", field)
    last, last_hash = int(expected["head"]["sequence"]), bytes.fromhex(expected["head"]["hash"])
    demand(h["sequence"] <= last + 1, "sequence_gap")
    demand(h["sequence"] <= last or h["previous"] == last_hash, "chain_broken")
    demand(proofs.root([proofs.leaf(*item) for item in items]) == h["root"], "root_mismatch")
    verify(keys, h["sender"], h["key"], content, signature)
    if h["sequence"] <= last:
        demand(h["sequence"] < last or proofs.sha256(content) == last_hash, "equivocation")
        demand(False, "sequence_replayed")
    return {"header": shown_header(h), "header_hash": proofs.sha256(content).hex(),
            "items": [{"salt": salt.hex(), "hash": proofs.sha256(octets).hex()} for salt, octets in items]}


def hello(frame, keys):
    rest, content, signature = signed_part(frame, HELLO)
    rest.end()
    octets, out = Octets(content), {}
    demand(octets.take(12) == b"USTP-HELLO-1", "frame_magic")
    version(octets, out)
    out["sender"], out["recipient"], out["channel"] = octets.gateway(), octets.gateway(), octets.u(32)
    out["sent"], out["received"] = head(octets), head(octets)
    out["statements"], out["statement_head"] = str(octets.u(64)), octets.take(32).hex()
    out["time"], key = str(octets.i64()), octets.take(32)
    out["key"] = key.hex()
    octets.end()
    verify(keys, out["sender"], key, content, signature)
    return out


def acknowledgement(frame):
    octets = start(frame, ACKNOWLEDGEMENT)
    octets.zeros(2)
    out = {"channel": octets.u(32), "received": head(octets)}
    octets.end()
    return out


def statement(frame):
    octets, content, signature = signed_part(frame, STATEMENT)
    octets.end()
    demand(len(content) > 32, "frame_truncated", "no statement")
    return content[:32], content[32:], signature


def proven(message, keys):
    """{octets, salt, index, count, path, batch_header, signature}; gives the header."""
    if message["batch_header"].startswith(b"{"):
        return json_signed.proven(message, keys)
    h = header(message["batch_header"])
    demand(message["count"] == h["count"], "bad_proof", "count")
    found = proofs.root_of_path(proofs.leaf(message["salt"], message["octets"]), message["index"], message["count"],
                                message["path"])
    demand(found == h["root"], "bad_proof", "another root")
    verify(keys, h["sender"], h["key"], message["batch_header"], message["signature"])
    return h


def frame(kind, given):
    """Judges a vector of this module's kinds; None for others."""
    if kind == "batch":
        return batch(octets_of(given["frame"]), given, keys_of(given["keys"]))
    if kind == "hello":
        return hello(octets_of(given["frame"]), keys_of(given["keys"]))
    if kind == "acknowledgement":
        return acknowledgement(octets_of(given["frame"]))
    if kind == "statement_frame":
        key, octets, signature = statement(octets_of(given["frame"]))
        return {"key": key.hex(), "hash": proofs.sha256(octets).hex(), "signature": signature.hex()}
    if kind == "proven":
        message = {**given, "octets": octets_of(given["octets"]), "salt": bytes.fromhex(given["salt"]),
                   "path": [bytes.fromhex(one) for one in given["path"]], "batch_header": octets_of(given["batch_header"]),
                   "signature": octets_of(given["signature"])}
        return shown_header(proven(message, keys_of(given["keys"])))
    return None
