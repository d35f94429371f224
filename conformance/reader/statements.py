"""Statements and the log they form: chapter 01, section 5, and the form of instruments in chapter 02."""
import forms
import messages
import proofs
from faults import demand
from messages import date, ids, known, optional, quantity, texts

MAX_STATEMENT = 64 << 10
PARTICIPANT, KEY, LEDGER, INSTRUMENT, ACCOUNT = range(1, 6)


def account_or_none(text):
    return forms.text_id("account", text)


def participant(b):
    ids(b, participant="participant")
    optional(b, "lei", lambda text: forms.standard("lei", text))
    optional(b, "gateway", lambda text: forms.text_id("gateway", text))
    texts(b, name=350, endpoint=255)


def key(b):
    ids(b, gateway="gateway")
    known(b, "algorithm", "signature_algorithm")
    demand(b["spki"], "missing_field", "spki")
    demand(len(b["spki"]) <= 1024, "too_long", "spki")


def ledger(b):
    ids(b, id="ledger", gateway="gateway")
    known(b, "kind", "ledger_kind")
    known(b, "model", "ledger_model")
    optional(b, "liable_operator", lambda text: forms.standard("lei", text))
    texts(b, finality_rule=35)
    demand(b["evidence"] != 0, "unknown_tag", "evidence")
    known(b, "evidence", "evidence_kind")
    optional(b, "custody_account", account_or_none)
    optional(b, "suspense_account", account_or_none)
    demand(len(b["anchor_key"]) <= 1024 and len(b["anchor_contract"]) <= 20, "too_long", "anchor")


def representation(r):
    ids(r, ledger="ledger")
    known(r, "kind", "representation_kind")
    texts(r, reference=140)
    optional(r, "backing_account", account_or_none)
    demand(r["scale"] <= forms.MAX_SCALE, "out_of_range", "scale")
    forms.ratio({"token": r["ratio_token"], "security": r["ratio_security"], "version": r["ratio_version"]})


def instrument(b):
    b["id"] = forms.instrument(forms.text(b["id"], 1 << 16, "id"))
    demand(b["version"] >= 1, "out_of_range", "version")
    demand(b["scale"] <= forms.MAX_SCALE, "out_of_range", "scale")
    texts(b, name=350, investor_class=35, governing_law=35, system_designation=140, prose_language=35, filing=140)
    optional(b, "cfi", lambda text: forms.standard("cfi", text))
    optional(b, "issuer", lambda text: forms.standard("lei", text))
    optional(b, "liable_party", lambda text: forms.standard("lei", text))
    ids(b, issuer_ledger="ledger", home_gateway="gateway")
    figures = [b[name] for name in ("authorised", "approved", "issued", "treasury")]
    for figure in (*figures, b["denomination"]):
        quantity(figure)
        demand(figure[1] == b["scale"], "scale_mismatch", "figures")
    demand(all(a[0] >= c[0] for a, c in zip(figures, figures[1:])), "out_of_range", "figures")
    for name, most in (("representations", 16), ("rights", 32), ("admissions", 8)):
        demand(len(b[name]) <= most, "too_long", name)
    for r in b["representations"]:
        representation(r)
        home = r["ledger"] == b["issuer_ledger"]
        demand(home == (r["kind"] == 1) and not (home and r["backing_account"]), "out_of_range", "representation")
        demand(home or r["backing_account"], "missing_field", "backing_account")
    ledgers = [r["ledger"] for r in b["representations"]]
    demand(len(set(ledgers)) == len(ledgers), "conflict", "a ledger twice")
    demand(b["issuer_ledger"] in ledgers, "missing_field", "representation of the issuer ledger")
    for right in b["rights"]:
        texts(right, code=35, record_rule=140)
        demand(right["code"], "missing_field", "code of a right")
        known(right, "class", "right_class")
        known(right, "exercisable_by", "exercisable_by")
    demand(len({right["code"] for right in b["rights"]}) == len(b["rights"]), "conflict", "a right twice")
    for admission in b["admissions"]:
        optional(admission, "mic", lambda text: forms.standard("mic", text))
        known(admission, "kind", "admission_kind")
        date(admission["from"])
        date(admission["to"])
    known(b, "offer", "offer")
    known(b, "finality_moment", "finality_moment")
    known(b, "status", "instrument_status")


def account(b):
    ids(b, ledger="ledger", id="account", participant="participant")
    for field in ("asset", "capacity", "segregation"):
        known(b, field, field)
    known(b, "status", "account_status")
    texts(b, investor_class=35, jurisdiction=35)


JUDGES = {PARTICIPANT: participant, KEY: key, LEDGER: ledger, INSTRUMENT: instrument, ACCOUNT: account}


def decode(schema, octets):
    demand(len(octets) <= MAX_STATEMENT, "too_long", "statement")
    statement = schema.read(octets)
    ids(statement, authority="authority")
    demand(statement["sequence"] != 0, "out_of_range", "sequence")
    demand(any(statement["previous"]) == (statement["sequence"] != 1), "zero_hash", "previous")
    demand(statement["body_type"] in messages.ENUM["statement_kind"], "unknown_tag", "kind")
    JUDGES[statement["body_type"]](statement["body"])
    return statement


class Log:
    """What an authority said so far, and what is in force (USTP-GOV-001 to -014)."""

    def __init__(self, schema, authority, spki):
        self.schema, self.authority, self.key = schema, authority, proofs.Key(spki)
        self.octets, self.head = [], bytes(32)
        self.participants, self.keys, self.ledgers, self.instruments = {}, {}, {}, {}

    def apply(self, key_id, octets, signature):
        demand(key_id == self.key.id, "statement_authority", "key")
        self.key.verify(octets, signature)
        statement = decode(self.schema, octets)
        demand(statement["authority"] == self.authority, "statement_authority", "name")
        sequence = statement["sequence"]
        if sequence <= len(self.octets):
            demand(self.octets[sequence - 1] == octets, "statement_chain", "a fork")
            return
        demand(sequence == len(self.octets) + 1 and statement["previous"] == self.head, "statement_chain")
        self.admit(statement["body_type"], statement["body"], sequence)
        self.octets.append(octets)
        self.head = proofs.sha256(octets)

    def owner(self, gateway):
        return next((p for p in self.participants.values() if gateway and p["gateway"] == gateway), None)

    def admit(self, kind, b, sequence):
        def fits(holds, why):
            demand(holds, "statement_invalid", why)
        if kind == PARTICIPANT:
            before, other = self.participants.get(b["participant"]), self.owner(b["gateway"])
            fits(not before or not before["gateway"] or before["gateway"] == b["gateway"], "gateway of a participant")
            fits(not other or other["participant"] == b["participant"], "gateway of another participant")
            self.participants[b["participant"]] = b
        elif kind == KEY:
            fits(self.owner(b["gateway"]), "gateway")
            found = proofs.Key(b["spki"])
            fits(found.algorithm == b["algorithm"], "algorithm")
            held = self.keys.get(found.id)
            fits(not held or held["gateway"] == b["gateway"], "key of another gateway")
            if b["revoked"]:
                fits(held and held["until"] is None, "revocation")
                held["until"] = sequence
            else:
                fits(not held, "the key is known")
                self.keys[found.id] = {"gateway": b["gateway"], "key": found, "since": sequence, "until": None}
        elif kind == LEDGER:
            fits(self.owner(b["gateway"]), "gateway")
            fits(b["custody_account"], "custody account")
            self.ledgers[b["id"]] = b
        elif kind == INSTRUMENT:
            before = self.instruments.get(b["id"])
            fits(self.owner(b["home_gateway"]), "home gateway")
            fits(all(r["ledger"] in self.ledgers for r in b["representations"]), "ledger of a representation")
            fits(self.ledgers[b["issuer_ledger"]]["gateway"] == b["home_gateway"], "home gateway of the issuer ledger")
            fits(b["version"] == (before["version"] + 1 if before else 1), "version")
            fits(not before or before["scale"] == b["scale"], "scale")
            self.instruments[b["id"]] = b
        else:
            fits(b["ledger"] in self.ledgers and b["participant"] in self.participants, "ledger or participant")

    def key_at(self, gateway, key_id, position):
        """The key if it signs for the gateway at that position (USTP-MSG-016)."""
        held, owner = self.keys.get(key_id), self.owner(gateway)
        if not held or not owner or not owner["admitted"] or held["gateway"] != gateway:
            return None
        if position < held["since"] or (held["until"] is not None and position >= held["until"]):
            return None
        return held["key"]


