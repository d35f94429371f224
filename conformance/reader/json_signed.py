"""Signed JSON messages: chapter 03c, section 5. And signing some of one's own."""
import forms
import frames
import json_forms
import json_text
import proofs
from faults import demand, octets_of

MAX_HEADER, MAX_SIGNATURE, MAX_PAYLOAD = 512, 128, 192 << 10
MAX_JWS = sum((size * 4 + 2) // 3 for size in (MAX_HEADER, MAX_PAYLOAD, MAX_SIGNATURE)) + 2
PLACE = {"channel": int, "previous": str, "recipient": str, "sender": str, "sequence": str, "time": str, "version": str}
TOP = {"alg": str, "kid": str, "typ": str, "ustp": dict}


def split(jws):
    """(header, payload, signature) as octets."""
    demand(len(jws) <= MAX_JWS, "too_long", "JWS")
    parts = jws.split(".")
    demand(len(parts) == 3, "jws_form", "parts")
    demand(parts[0] and parts[1], "jws_form", "empty")
    return [json_forms.octets_of(part) for part in parts]


def exactly(value, members):
    demand(all(name in members for name in value), "jws_header", str(list(value))[:200])
    for name, kind in members.items():
        demand(name in value, "missing_field", name)
        demand(type(value[name]) is kind, "json_type", name)


def id_of(text):
    found = forms.fixed(text, 32)
    demand(found == text, "json_not_canonical", "upper case")
    return bytes.fromhex(found)


def header(octets):
    value = json_text.parse(octets, MAX_HEADER, depth=2, members=16)
    exactly(value, TOP)
    demand(value["alg"] == "ES256", "jws_algorithm", value["alg"])
    demand(value["typ"] == "ustp+jws", "json_fixed", "typ")
    place = value["ustp"]
    exactly(place, PLACE)
    demand(place["channel"] <= 0xFFFFFFFF, "out_of_range", "channel")
    major, dot, minor = place["version"].partition(".")
    demand(dot, "malformed_text", "version")
    major, minor = forms.count(major), forms.count(minor)
    demand(max(major, minor) <= 0xFFFF, "out_of_range", "version")
    demand(major == 1, "frame_version")
    sequence = forms.count(place["sequence"])
    demand(1 <= sequence < 1 << 64, "out_of_range", "sequence")
    time = forms.time(place["time"])
    demand(forms.shown_time(time) == place["time"], "json_not_canonical", "time")
    out = {"version_major": major, "version_minor": minor, "sender": forms.text_id("gateway", place["sender"]),
           "recipient": forms.text_id("gateway", place["recipient"]), "channel": place["channel"], "sequence": sequence,
           "previous": id_of(place["previous"]), "key": id_of(value["kid"]), "time": time}
    demand(any(out["previous"]) == (sequence != 1), "chain_broken", "previous")
    return out


def shown(h):
    return {**h, "sequence": str(h["sequence"]), "previous": h["previous"].hex(), "key": h["key"].hex(), "time": str(h["time"])}


def verify(keys, h, signing_input, signature):
    key = keys(h["sender"], h["key"])
    demand(key is not None, "unknown_key")
    demand(key.algorithm == proofs.ES256, "bad_key", "no key of P-256")
    key.verify(signing_input, signature)


def received(jws, expected, keys):
    octets, payload, signature = split(jws)
    demand(len(payload) <= MAX_PAYLOAD and len(signature) <= MAX_SIGNATURE, "too_long", "part")
    h = header(octets)
    for field in ("sender", "recipient", "channel"):
        demand(h[field] == expected[field], "wrong_channel", field)
    last, last_hash = int(expected["head"]["sequence"]), bytes.fromhex(expected["head"]["hash"])
    demand(h["sequence"] <= last + 1, "sequence_gap")
    demand(h["sequence"] <= last or h["previous"] == last_hash, "chain_broken")
    signing_input = jws.rpartition(".")[0].encode()
    verify(keys, h, signing_input, signature)
    signed = proofs.sha256(signing_input)
    if h["sequence"] <= last:
        demand(h["sequence"] < last or signed == last_hash, "equivocation")
        demand(False, "sequence_replayed")
    return {"header": shown(h), "signed_hash": signed.hex(), "hash": proofs.sha256(payload).hex()}


def proven(message, keys):
    """A JWS apart (USTP-JSN-032); gives what would be a batch header."""
    demand(not any(message["salt"]) and message["index"] == 0 and message["count"] == 1 and not message["path"], "bad_proof")
    h = header(message["batch_header"])
    parts = map(json_forms.text_of, (message["batch_header"], message["octets"]))
    verify(keys, h, ".".join(parts).encode(), message["signature"])
    return {**{name: h[name] for name in ("version_major", "version_minor", "sender", "recipient", "channel", "sequence")},
            "count": 1, "root": proofs.sha256(message["octets"]), "previous": h["previous"], "key": h["key"], "time": h["time"]}


def sign(signer, payload, sequence=1, previous=bytes(32), time="2027-01-15T08:00:00Z"):
    """(JWS, hash of its signing input)"""
    place = {"version": "1.0", "sender": "gw-a", "recipient": "gw-b", "channel": 0, "sequence": str(sequence),
             "previous": previous.hex(), "time": time}
    octets = json_text.canonical({"alg": "ES256", "kid": signer.id.hex(), "typ": "ustp+jws", "ustp": place})
    signing_input = json_forms.text_of(octets) + "." + json_forms.text_of(payload)
    return signing_input + "." + json_forms.text_of(signer.sign(signing_input.encode())), proofs.sha256(signing_input.encode())


def vectors(payloads, signer):
    """A chain of signed messages, each a vector, with what this reader makes of it."""
    out, before = [], (0, bytes(32))
    keys = [{"gateway": "gw-a", "spki": signer.spki.hex()}]
    for payload in payloads:
        jws, signed = sign(signer, payload, before[0] + 1, before[1])
        given = {"jws": jws, "sender": "gw-a", "recipient": "gw-b", "channel": 0,
                 "head": {"sequence": str(before[0]), "hash": before[1].hex()}, "keys": keys}
        out.append({"id": f"built-json-signed-{len(out) + 1}", "kind": "json_signed", "title": f"message {len(out) + 1} of a chain",
                    "requirements": ["USTP-JSN-043"], "input": given, "valid": True,
                    "output": received(jws, given, frames.keys_of(keys))})
        before = (before[0] + 1, signed)
    return out


def judge(kind, given):
    """Judges a vector of this module's kinds; None for others."""
    if kind != "json_signed":
        return None
    jws = octets_of(given["octets"]).decode("latin-1") if "octets" in given else given["jws"]
    return received(jws, given, frames.keys_of(given["keys"]))
