"""What a gateway of one's own would send: batches and hellos, signed with keys of this run, to be read by others."""
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import proofs
from faults import shown_octets
from proofs import u


class Signer:
    def __init__(self, algorithm):
        self.key = ec.generate_private_key(ec.SECP256R1()) if algorithm == proofs.ES256 else ed25519.Ed25519PrivateKey.generate()
        self.spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = proofs.sha256(self.spki)

    def sign(self, octets):
        """In the one form that is admitted (USTP-MSG-013)."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(octets)
        r, s = utils.decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
        s = min(s, proofs.ORDER - s)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def text8(text):
    return u(len(text), 8) + text.encode()


def padded(octets):
    return octets + bytes(-len(octets) % 8)


def frame(kind, content, signature):
    return padded(b"USTP" + u(kind, 8) + b"\0" + u(len(content), 16) + u(len(signature), 16) + bytes(6) + content + signature)


def batch(signer, messages, sequence=1, previous=bytes(32), time=1_800_000_000_000_000_000):
    """(frame, header content, items)"""
    items = [(os.urandom(16), octets) for octets in messages]
    root = proofs.root([proofs.leaf(*item) for item in items])
    header = (u(1, 16) + u(0, 16) + text8("gw-a") + text8("gw-b") + u(0, 32) + u(sequence, 64) + u(len(items), 32) + root +
              previous + signer.id + proofs.i64(time))
    out = frame(2, header, signer.sign(header))
    for salt, octets in items:
        out += padded(u(len(octets), 32) + bytes(4) + salt + octets)
    return out, header, items


def hello(signer, statements=3, time=1_800_000_000_000_000_000):
    content = (b"USTP-HELLO-1" + u(1, 16) + u(0, 16) + text8("gw-a") + text8("gw-b") + u(0, 32) + u(0, 64) + bytes(32) +
               u(5, 64) + proofs.sha256(b"five") + u(statements, 64) + proofs.sha256(b"three") + proofs.i64(time) + signer.id)
    return frame(1, content, signer.sign(content))


def vectors(messages, read_frame):
    """Vectors of frames around messages that were built; `read_frame` says what this reader makes of them."""
    out = []
    for algorithm in (proofs.ES256, proofs.ED25519):
        signer = Signer(algorithm)
        keys = [{"gateway": "gw-a", "spki": signer.spki.hex()}]
        none = {"sequence": "0", "hash": bytes(32).hex()}
        given, before = [], (0, bytes(32))
        for size in (1, 2, 7, len(messages)):
            octets, header, _ = batch(signer, messages[:size], before[0] + 1, before[1])
            head = {"sequence": str(before[0]), "hash": before[1].hex()} if before[0] else none
            given.append(("batch", f"{size} messages", {"frame": shown_octets(octets), "sender": "gw-a", "recipient": "gw-b",
                                                        "channel": 0, "head": head, "keys": keys}))
            before = (before[0] + 1, proofs.sha256(header))
        given.append(("hello", "a hello", {"frame": shown_octets(hello(signer)), "keys": keys}))
        for kind, title, held in given:
            out.append({"id": f"built-{kind}-{algorithm}-{len(out)}", "kind": kind, "title": title,
                        "requirements": ["USTP-MSG-004"], "input": held, "valid": True, "output": read_frame(kind, held)})
    return out
