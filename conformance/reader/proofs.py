"""Keys, signatures, Merkle trees, operations and requests, claims and commitments: chapters 01 and 03."""
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

import forms
from faults import Fault, demand, octets_of, shown_octets

ES256, ED25519 = 1, 2
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Key:
    """A key in the one form that is admitted (USTP-MSG-014)."""

    def __init__(self, spki):
        self.spki = spki
        try:
            self.key = load_der_public_key(spki)
        except Exception as error:  # whatever the library says of octets that are no key
            raise Fault("bad_key") from error
        if isinstance(self.key, ed25519.Ed25519PublicKey):
            self.algorithm = ED25519
        else:
            demand(isinstance(self.key, ec.EllipticCurvePublicKey) and isinstance(self.key.curve, ec.SECP256R1), "bad_key")
            self.algorithm = ES256
        demand(len(spki) == {ES256: 91, ED25519: 44}[self.algorithm], "bad_key")
        demand(self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == spki, "bad_key")
        self.id = sha256(spki)

    def verify(self, message, signature):
        demand(len(signature) == 64, "bad_signature", "length")
        try:
            if self.algorithm == ED25519:
                self.key.verify(signature, message)
                return
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            demand(1 <= r < ORDER and 1 <= s <= (ORDER - 1) // 2, "bad_signature", "r or s")
            self.key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Fault("bad_signature") from error


# --- trees: RFC 6962, section 2.1 -----------------------------------------------------------------------------------

def leaf(salt, octets):
    return sha256(b"\0", salt, octets)


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))


def path(leaves, index):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(leaves[:k], index) + [root(leaves[k:])]
    return path(leaves[k:], index - k) + [root(leaves[:k])]


def root_of_path(start, index, count, hashes_up):
    demand(0 <= index < count, "bad_proof", "index")
    sides = []  # from the root down: is the leaf in the left part?
    while count > 1:
        k = split(count)
        sides.append(index < k)
        index, count = (index, k) if index < k else (index - k, count - k)
    demand(len(sides) == len(hashes_up), "bad_proof", "length of the path")
    for left, other in zip(reversed(sides), hashes_up):
        start = sha256(b"\1", start, other) if left else sha256(b"\1", other, start)
    return start


def root_over(all_hashes):
    return root([sha256(b"\0", one) for one in all_hashes])


# --- octets made by hand --------------------------------------------------------------------------------------------

def u(value, bits):
    return int(value).to_bytes(bits // 8, "big")


def i64(value):
    return int(value).to_bytes(8, "big", signed=True)


def text16(text):
    octets = text if isinstance(text, bytes) else text.encode()
    return u(len(octets), 16) + octets


def operation_octets(ledger, gateway, transfer, leg, kind, ordinal):
    return b"USTP-OP-1" + text16(ledger) + text16(gateway) + transfer + u(leg, 16) + u(kind, 8) + u(ordinal, 16)


def quantity_octets(quantity):
    return u(quantity[0], 128) + u(quantity[1], 8)


def date_octets(date):
    return u(date[0], 16) + u(date[1], 8) + u(date[2], 8)


def lots_octets(lots):
    return u(len(lots), 16) + b"".join(
        quantity_octets(lot["quantity"]) + date_octets(lot["acquired"]) + text16(lot["origin"]) +
        i64(lot["locked_until"]) + u(lot["restriction"], 8) for lot in lots)


def chain_octets(chain):
    return (u(len(chain["links"]), 16) + b"".join(
        text16(link["party"]) + text16(link["account"]) + u(link["capacity"], 8) for link in chain["links"]) +
        text16(chain["beneficial_owner"]))


CLAIM = (("instrument", text16), ("instrument_version", 32), ("source_ratio_version", 32), ("target_ratio_version", 32),
         ("quantity", quantity_octets), ("lots", lots_octets), ("sender_gateway", text16), ("recipient_gateway", text16),
         ("source_ledger", text16), ("target_ledger", text16), ("originator", text16), ("beneficiary", text16),
         ("originator_chain", chain_octets), ("beneficiary_chain", chain_octets), ("ownership_effect", 32),
         ("transaction_type", text16), ("entitled_party", 32), ("trade_date", date_octets), ("cum_ex", 32), ("venue", text16),
         ("liable_operator", text16), ("place_of_settlement", text16), ("governing_law", text16), ("jurisdiction", text16),
         ("reference", text16), ("vote_by", i64), ("complete_by", i64), ("statement_position", 64))


def claim_fields(terms):
    return [u(terms[name], how) if isinstance(how, int) else how(terms[name]) for name, how in CLAIM]


def claim_octets(terms):
    return b"USTP-TERMS-1" + b"".join(claim_fields(terms))


def leg_commitment(terms, salt):
    return root([leaf(sha256(b"USTP-FIELD-1", salt, u(i, 16))[:16], u(i, 16) + field)
                 for i, field in enumerate(claim_fields(terms))])


# --- vectors --------------------------------------------------------------------------------------------------------

def request(given):
    scheme = 1 if len(given["instrument"]) == 12 else 2
    quantity = lambda q: (int(q["units"]), q["scale"])
    lots = [{**lot, "quantity": quantity(lot["quantity"]),
             "acquired": forms.date(lot["acquired"]) if lot["acquired"] else (0, 0, 0)} for lot in given["lots"]]
    return (b"USTP-REQ-1" + bytes.fromhex(given["id"]) + u(given["kind"], 8) + bytes.fromhex(given["related"]) +
            bytes.fromhex(given["transfer"]) + u(scheme, 8) + text16(given["instrument"]) +
            quantity_octets(quantity(given["quantity"])) + u(given["base_units"], 128) + text16(given["account"]) +
            lots_octets(lots))


def proof(kind, given, decode):
    """Judges a vector of this module's kinds; None for others."""
    if kind == "key":
        key = Key(octets_of(given["spki"]))
        return {"algorithm": key.algorithm, "key_id": key.id.hex()}
    if kind == "signature":
        Key(octets_of(given["spki"])).verify(octets_of(given["message"]), octets_of(given["signature"]))
        return {}
    if kind == "tree":
        leaves = [leaf(bytes.fromhex(one["salt"]), octets_of(one["octets"])) for one in given["leaves"]]
        return {"root": root(leaves).hex(), "paths": [[h.hex() for h in path(leaves, i)] for i in range(len(leaves))]}
    if kind == "path":
        found = root_of_path(leaf(bytes.fromhex(given["salt"]), octets_of(given["octets"])), given["index"], given["count"],
                             [bytes.fromhex(one) for one in given["path"]])
        demand(found.hex() == given["root"], "bad_proof", "another root")
        return {}
    if kind == "operation":
        octets = operation_octets(given["ledger"], given["gateway"], bytes.fromhex(given["transfer"]), given["leg"],
                                  given["kind"], given["ordinal"])
        return {"octets": octets.hex(), "id": sha256(octets).hex()}
    if kind == "request":
        octets = request(given)
        return {"octets": shown_octets(octets), "hash": sha256(octets).hex()}
    if kind == "claim":
        message = decode(octets_of(given["proposal"]))
        demand(message["body_type"] == 1, "unexpected_message")
        terms = message["body"]["terms"]
        octets, leg = claim_octets(terms), leg_commitment(terms, message["body"]["leg_salt"])
        return {"octets": shown_octets(octets), "claim_hash": sha256(octets).hex(), "leg_commitment": leg.hex(),
                "legs_root": root_over([leg]).hex()}
    if kind in ("legs_root", "votes_root"):
        return {"root": root_over([bytes.fromhex(one) for one in given["hashes"]]).hex()}
    return None
