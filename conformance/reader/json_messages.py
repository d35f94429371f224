"""JSON messages: the tables of chapter 03c, sections 2 and 3, as data, and what reads and writes by them."""
import json_forms
import json_signed
import json_text
import messages
from faults import demand
from json_forms import (Date, ErrorCode, Flag, Hex, Large, MessageType, Name, Octets, Quantity, Small, Text, Time, text_of)

MAX_MESSAGE, MAX_NOTICE = 64 << 10, 192 << 10
ID, HASH, TEXT, U32, U64, TIME, DATE, AMOUNT = Hex(16), Hex(32), Text(), Small(), Large(), Time(), Date(), Quantity()


class Table:
    """An object: {member: (field, form)}; a member whose name ends in ? may be absent."""
    empty = None

    def __init__(self, members):
        self.members = {member.rstrip("?"): (field, form, member.endswith("?")) for member, (field, form) in members.items()}

    def read(self, value):
        demand(isinstance(value, dict), "json_type", "object")
        demand(all(member in self.members for member in value), "unknown_field", str(list(value)))
        return self.read_known(value)

    def read_known(self, value):
        out = {}
        for member, (field, form, optional) in self.members.items():
            if member not in value:
                demand(optional, "missing_field", member)
                out[field] = form.empty
                continue
            held = value[member]
            if optional:
                demand(held != "" and held != [] and held != {}, "json_default", member)
            elif isinstance(form, Octets):
                demand(held != "", "missing_field", member)
            out[field] = form.read(held)
        return out

    def write(self, table):
        if table is None:
            return None
        out = {}
        for member, (field, form, _) in self.members.items():
            value = form.write(table[field])
            if value is not None and value != {}:
                out[member] = value
        return out


class List:
    empty = ()

    def __init__(self, form, most=128, code="too_long"):
        self.form, self.most, self.code = form, most, code

    def read(self, value):
        demand(isinstance(value, list), "json_type", "list")
        demand(len(value) <= self.most, self.code, "entries")
        return [self.form.read(one) for one in value]

    def write(self, held):
        return [self.form.write(one) for one in held] or None


class Some:
    """A list that may not be absent; but an empty one is a default told, and what is absent a field that is missing."""
    empty = ()

    def __init__(self, form):
        self.list = List(form)

    def read(self, value):
        demand(value != [], "json_default", "list")
        return self.list.read(value)

    def write(self, held):
        return self.list.write(held)


CHAIN = Table({"links?": ("links", List(Table({"party": ("party", TEXT), "account?": ("account", TEXT),
                                               "capacity": ("capacity", Name("holding_capacity"))}))),
               "beneficialOwner?": ("beneficial_owner", TEXT)})
LOT = Table({"quantity": ("quantity", AMOUNT), "acquired?": ("acquired", DATE), "origin?": ("origin", TEXT),
             "lockedUntil?": ("locked_until", TIME), "restriction?": ("restriction", Name("restriction"))})
CLAIM = Table({
    "digitalAssetId": ("instrument", TEXT), "instrumentVersion?": ("instrument_version", U32),
    "sourceRatioVersion?": ("source_ratio_version", U32), "targetRatioVersion?": ("target_ratio_version", U32),
    "quantity": ("quantity", AMOUNT), "lots": ("lots", Some(LOT)), "senderGatewayId": ("sender_gateway", TEXT),
    "recipientGatewayId": ("recipient_gateway", TEXT), "senderGatewayNetworkId": ("source_ledger", TEXT),
    "recipientGatewayNetworkId": ("target_ledger", TEXT), "originatorAccount": ("originator", TEXT),
    "beneficiaryAccount": ("beneficiary", TEXT), "verifiedOriginatorEntityId?": ("originator_chain", CHAIN),
    "verifiedBeneficiaryEntityId?": ("beneficiary_chain", CHAIN),
    "ownershipEffect": ("ownership_effect", Name("ownership_effect")), "transactionType": ("transaction_type", TEXT),
    "entitledParty": ("entitled_party", Name("entitled_party")), "tradeDate?": ("trade_date", DATE),
    "cumEx?": ("cum_ex", Name("cum_ex")), "venue?": ("venue", TEXT), "liableOperator?": ("liable_operator", TEXT),
    "placeOfSettlement?": ("place_of_settlement", TEXT), "governingLaw?": ("governing_law", TEXT),
    "jurisdiction?": ("jurisdiction", TEXT), "reference?": ("reference", TEXT), "voteBy": ("vote_by", TIME),
    "completeBy?": ("complete_by", TIME), "statementPosition?": ("statement_position", U64)})
EVIDENCE = Table({
    "kind?": ("kind", Name("evidence_kind")), "ledger": ("ledger", TEXT), "rule?": ("rule", TEXT), "height?": ("height", U64),
    "depth?": ("depth", U64), "block?": ("block", HASH), "at?": ("at", TIME), "octets?": ("octets", Octets(24 << 10))})
DECISION = Table({
    "settlementId": ("settlement", ID), "legsRoot?": ("legs_root", HASH), "votesRoot?": ("votes_root", HASH),
    "outcome": ("outcome", Name("decision_outcome")), "time?": ("time", TIME), "signer": ("signer", TEXT)})
TREE = Table({
    "octets": ("octets", Octets(64 << 10)), "salt?": ("salt", ID), "index?": ("index", U32), "count?": ("count", U32),
    "path?": ("path", List(Hex(32, zeros=True), 32, "bad_proof")), "batchHeader": ("batch_header", Octets(512)),
    "signature": ("signature", Octets(128))})
EXTENSION = Table({"name": ("name", TEXT), "critical?": ("critical", Flag()), "value?": ("value", Octets(4096))})


class Proven:
    """USTP-JSN-024: a text that is a JWS, or an object with the proof of a batch."""

    def read(self, value):
        if not isinstance(value, str):
            out = TREE.read(value)
            demand(not out["batch_header"].startswith(b"{"), "jws_form", "a JWS stands as a text")
            return {**out, "path": list(out["path"])}
        header, payload, signature = json_signed.split(value)
        demand(header.startswith(b"{"), "jws_form", "header")
        return {"octets": payload, "salt": bytes(16), "index": 0, "count": 1, "path": [], "batch_header": header,
                "signature": signature}

    def write(self, held):
        if held["batch_header"].startswith(b"{"):
            return ".".join(map(text_of, (held["batch_header"], held["octets"], held["signature"])))
        return TREE.write(held)


class Algorithms:
    """The first and the others of a list: two members that are one field."""
    form = Name("signature_algorithm")
    shown = {"ES256": "es256", "EdDSA": "ed25519"}

    def one(self, value):
        demand(isinstance(value, str), "json_type", "algorithm")
        demand(value in self.shown, "unknown_tag", value)
        return self.form.read(self.shown[value])

    def read(self, value):
        demand(isinstance(value, dict), "json_type", "capabilities")
        default, others = "gatewayDefaultSignatureAlgorithm", "gatewaySupportedSignatureAlgorithms"
        demand(set(value) <= {default, others}, "unknown_field")
        demand(default in value, "missing_field", default)
        demand(value.get(others) != [], "json_default", others)
        listed = value.get(others, [])
        demand(isinstance(listed, list), "json_type", others)
        return bytes(self.one(name) for name in [value[default], *listed])

    def write(self, held):
        names = [next(name for name, word in self.shown.items() if word == self.form.write(one)) for one in held]
        return {"gatewayDefaultSignatureAlgorithm": names[0],
                **({"gatewaySupportedSignatureAlgorithms": names[1:]} if names[1:] else {})}


class Encoding:
    def read(self, value):
        demand(isinstance(value, str), "json_type", "encoding")
        demand(value == "json", "unknown_tag", value)
        return 2

    def write(self, _):
        return "json"


VERSION = {"version": ("1.0", "frame_version")}


def claimed(what):
    return {what + "AssertionClaimFormat": ("USTP_EVIDENCE_1", "json_fixed")}, {what + "AssertionClaim": ("evidence", EVIDENCE)}


def fixed(*parts):
    return {name: value for part in parts for name, value in part.items()}


# Of each message: its fixed members with their value and code, and its table.
BODIES = {
    1: (fixed(VERSION, {"transferInitClaimFormat": ("USTP_TERMS_1", "json_fixed")}),
        {"transferInitClaim": ("terms", CLAIM), "legSalt": ("leg_salt", ID),
         "gatewayAndNetworkCapabilities": ("signature_algorithms", Algorithms()), "encoding": ("encoding", Encoding())}),
    2: (VERSION, {"hashTransferInitClaim": ("claim_hash", HASH), "timestamp?": ("received", TIME)}),
    3: ({}, {"hashTransferInitClaim": ("claim_hash", HASH)}),
    5: (claimed("lock")[0], {**claimed("lock")[1], "lockAssertionExpiration?": ("expires", TIME)}),
    8: (claimed("mint")[0], {"legsRoot": ("legs_root", HASH), **claimed("mint")[1]}),
    9: (claimed("burn")[0], {"decision": ("decision", DECISION), **claimed("burn")[1]}),
    10: (claimed("assignment")[0], {"disposition": ("disposition", Name("disposition")), "rule?": ("rule", TEXT),
                                    **claimed("assignment")[1]}),
    11: ({}, {"hashTransferCommence": ("commence_hash", HASH)}),
    12: (VERSION, {"code": ("code", ErrorCode()), "detail?": ("detail", TEXT), "prevMsgType?": ("offending_type", MessageType()),
                   "prevMsgHash?": ("offending", HASH), "timestamp?": ("time", TIME)}),
    13: ({}, {"reason": ("reason", ErrorCode()), "decision": ("decision", DECISION)}),
    15: ({}, {"state?": ("state", Name("reported_state")), "decision?": ("decision", DECISION)}),
    16: ({}, {"proposal": ("proposal", Proven()), "commitFinal": ("commit_final", Proven())}),
    17: ({}, {"noticeHash": ("notice_hash", HASH)}),
}
ENVELOPE = Table({"messageType": ("body_type", MessageType()), "sessionId": ("session", ID), "transferContextId": ("transfer", ID),
                  "settlementId": ("settlement", ID), "hashPrevMessage?": ("previous", HASH),
                  "extensions?": ("extensions", List(EXTENSION, 16))})


def problem(code):
    """What follows from the code of an error-msg (USTP-JSN-025)."""
    row = json_forms.CODES[code]
    kind = "urn:ietf:params:satp:core:error:" + row["satp"] if row["satp"] else "urn:ustp:problem:" + code
    return {"type": (kind, "json_fixed"), "status": (row["status"], "json_fixed"), "title": (row["text"], "json_fixed")}


def check_fixed(value, members):
    for member, (wanted, code) in members.items():
        demand(member in value, "missing_field", member)
        demand(type(value[member]) is type(wanted), "json_type", member)
        demand(value[member] == wanted, code, member)


def decode(octets):
    """Octets of a message as a dict in the shape of schema.py, or a Fault."""
    value = json_text.parse(octets, MAX_NOTICE)
    demand("messageType" in value, "missing_field", "messageType")
    kind = MessageType().read(value["messageType"])
    demand(kind == 16 or len(octets) <= MAX_MESSAGE, "too_long", "message")
    constant, members = BODIES.get(kind, ({}, {}))
    table = Table(members)
    if kind == 12:
        demand("code" in value, "missing_field", "code")
        code = ErrorCode().write(ErrorCode().read(value["code"]))
        constant = {**constant, **problem(code)}
    known = {*ENVELOPE.members, *constant, *table.members}
    demand(all(member in known for member in value), "unknown_field", str(list(value))[:200])
    message = ENVELOPE.read_known(value)
    message["extensions"] = list(message["extensions"])
    check_fixed(value, constant)
    message["body"] = table.read_known(value)
    return messages.judged(message, encoding=2)


def encode(message):
    """The canonical octets of a message that schema.py read or decode() gave, whatever encoding it had."""
    constant, members = BODIES.get(message["body_type"], ({}, {}))
    out = {**ENVELOPE.write(message), **Table(members).write(message["body"] or {})}
    if message["body_type"] == 12:
        constant = {**constant, **problem(out["code"])}
    out.update({member: wanted for member, (wanted, _) in constant.items()})
    return json_text.canonical(out)
