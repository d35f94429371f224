"""Evidence bundles: chapter 05. The file, then the checks in their order; each that fails is named by its requirement."""
import forms
import frames
import json_messages
import messages
import proofs
from faults import Fault, demand
from statements import Log

MARK, MAX_FILE, MAX_STATEMENTS, MAX_PROVEN = b"USTPEVB1", 16 << 20, 65536, 256
LOCK, EXTINGUISH, CREATE, ASSIGN, SUSPEND = 1, 3, 4, 5, 7


def opened(schema, file):
    demand(len(file) <= MAX_FILE, "too_long", "bundle")
    octets = frames.Octets(file)
    demand(octets.take(8) == MARK, "frame_magic")
    key, signature = octets.take(32), octets.take(64)
    content = file[104:]
    bundle = schema.read(content, max_tables=MAX_STATEMENTS + MAX_PROVEN + 16)
    messages.set_(bundle, "transfer")
    messages.ids(bundle, exporter="gateway")
    demand(len(bundle["statements"]) <= MAX_STATEMENTS and len(bundle["messages"]) <= MAX_PROVEN, "too_long")
    for statement in bundle["statements"]:
        demand(len(statement["octets"]) <= 64 << 10 and len(statement["signature"]) <= 128, "too_long", "statement")
        messages.set_(statement, "key")
    for message in bundle["messages"]:
        messages.proven(message)
    return bundle, key, signature, file[:40] + content


def shown(bundle, key):
    return {"key": key.hex(), "transfer": bundle["transfer"].hex(), "exporter": bundle["exporter"],
            "exported": str(bundle["exported"]),
            "statements": [proofs.sha256(s["octets"]).hex() for s in bundle["statements"]],
            "messages": [proofs.sha256(m["octets"]).hex() for m in bundle["messages"]]}


def plain_evidence(octets):
    """The plain form of vectors/README.md."""
    read = frames.Octets(octets)
    try:
        out = {"id": read.take(32), "kind": read.u(8), "request": read.take(32), "base_units": read.u(128)}
        out["instrument"] = read.take(read.u(16)).decode()
        out["account"] = read.take(read.u(16)).decode()
        read.end()
    except (Fault, UnicodeDecodeError) as error:
        raise Fault("evidence_invalid") from error
    return out


class Checks:
    def __init__(self, schemas, given, file):
        self.schemas, self.broken = schemas, set()
        self.bundle, self.key, self.signature, self.signed = opened(schemas["bundle"], file)
        self.make_log = lambda: Log(schemas["statement"], given["authority"], bytes.fromhex(given["spki"]))
        self.everything, self.judged = self.make_log(), self.make_log()
        self.entries = []

    def check(self, requirement, function):
        try:
            function()
        except Fault:
            self.broken.add(requirement)
            return False
        return True

    def that(self, requirement, holds):
        if not holds:
            self.broken.add(requirement)

    def find(self, kind):
        return next((e for e in self.entries if e["message"]["body_type"] == kind), None)

    def body(self, kind):
        found = self.find(kind)
        return found["message"]["body"] if found else None

    def run(self):
        self.that("USTP-EVD-011", self.bundle["statements"] and
                  self.check("USTP-EVD-011", lambda: self.replay(self.everything, len(self.bundle["statements"]))))
        self.check("USTP-EVD-012", self.seal)
        for proven in self.bundle["messages"]:
            self.check("USTP-EVD-014", lambda: self.entries.append({
                "proven": proven, "hash": proofs.sha256(proven["octets"]),
                "message": self.decoded(proven)}))
        if not self.find(1):
            self.broken.add("USTP-EVD-015")
            return None
        self.terms = self.body(1)["terms"]
        self.position = self.terms["statement_position"]
        self.check("USTP-EVD-013", self.judge)
        for entry in self.entries:
            self.check("USTP-EVD-014", lambda: self.spoken(entry))
        committed, aborted = self.body(9), self.body(13)
        self.that("USTP-EVD-015", (committed is None) != (aborted is None))
        self.order(committed is not None)
        self.hashes()
        if committed:
            self.commit(committed["decision"])
        if aborted:
            d = aborted["decision"]
            self.that("USTP-EVD-017", d["signer"] in (self.terms["sender_gateway"], self.terms["recipient_gateway"]) and
                      d["settlement"] == self.find(1)["message"]["settlement"])
        self.evidence(committed is not None)
        decision = (aborted or committed or {"decision": {"outcome": 0}})["decision"]
        return {"transfer": self.bundle["transfer"].hex(), "outcome": decision["outcome"]}

    def decoded(self, proven):
        """By the kind of its proof (USTP-JSN-033)."""
        if proven["batch_header"].startswith(b"{"):
            return json_messages.decode(proven["octets"])
        return messages.decode(self.schemas["message"], proven["octets"])

    def replay(self, log, count):
        for statement in self.bundle["statements"][:count]:
            log.apply(statement["key"], statement["octets"], statement["signature"])

    def seal(self):
        frames.verify(lambda gateway, key: self.everything.key_at(gateway, key, len(self.everything.octets)),
                      self.bundle["exporter"], self.key, self.signed, self.signature)

    def judge(self):
        demand(0 < self.position <= len(self.bundle["statements"]), "statement_position")
        self.replay(self.judged, self.position)

    def spoken(self, entry):
        header = frames.proven(entry["proven"], lambda gateway, key: self.everything.key_at(gateway, key, self.position))
        way, kind = (header["sender"], header["recipient"]), entry["message"]["body_type"]
        forth = (self.terms["sender_gateway"], self.terms["recipient_gateway"])
        allowed = [forth, forth[::-1]] if kind > 11 else [forth] if kind % 2 == 1 else [forth[::-1]]
        demand(way in allowed, "wrong_channel")
        demand(entry["message"]["transfer"] == self.bundle["transfer"], "unknown_transfer")
        for field in ("settlement", "session"):
            demand(entry["message"][field] == self.entries[0]["message"][field], "conflict", field)

    def order(self, committed):
        before, ended = None, False
        for kind in range(1, 12):
            found = [e for e in self.entries if e["message"]["body_type"] == kind]
            if not found and not committed:
                ended = True
                continue
            good = len(found) == 1 and not ended and (before is None or found[0]["message"]["previous"] == before["hash"])
            self.that("USTP-EVD-015", good)
            before = found[0] if found else before

    def hashes(self):
        claim = proofs.sha256(proofs.claim_octets(self.terms))
        for kind in (2, 3):
            self.that("USTP-EVD-016", not self.find(kind) or self.body(kind)["claim_hash"] == claim)
        if self.find(11):
            self.that("USTP-EVD-016", self.find(3) and self.body(11)["commence_hash"] == self.find(3)["hash"])

    def commit(self, d):
        legs = proofs.root_over([proofs.leg_commitment(self.terms, self.body(1)["leg_salt"])])
        vote = self.find(8)
        self.that("USTP-EVD-017", d["legs_root"] == legs and vote and self.body(8)["legs_root"] == legs)
        self.that("USTP-EVD-017", vote and d["votes_root"] == proofs.root_over([vote["hash"]]))
        self.that("USTP-EVD-017", d["settlement"] == self.find(1)["message"]["settlement"] and
                  d["signer"] == self.terms["sender_gateway"])

    def evidence(self, needed):
        done = self.body(10)
        last = SUSPEND if done and done["disposition"] == 2 else ASSIGN
        for kind, operation in ((5, LOCK), (8, CREATE), (9, EXTINGUISH), (10, last)):
            found = self.body(kind)
            if found:
                self.check("USTP-EVD-018", lambda: self.proves(found["evidence"], operation))
            elif needed:
                self.broken.add("USTP-EVD-018")

    def proves(self, e, operation):
        source = operation in (LOCK, EXTINGUISH)
        side = ("source_ledger", "sender_gateway") if source else ("target_ledger", "recipient_gateway")
        ledger_id, gateway = (self.terms[name] for name in side)
        ledger = self.judged.ledgers.get(ledger_id)
        instrument = self.judged.instruments.get(self.terms["instrument"])
        demand(e["ledger"] == ledger_id and ledger and ledger["gateway"] == gateway and e["kind"] == ledger["evidence"] and
               instrument and instrument["version"] == self.terms["instrument_version"], "evidence_mismatch")
        shown_as = next((r for r in instrument["representations"] if r["ledger"] == ledger_id), None)
        demand(shown_as, "no_representation")
        demand(shown_as["ratio_version"] == self.terms["source_ratio_version" if source else "target_ratio_version"], "ratio_version")
        units = forms.converted(self.terms["quantity"][0], shown_as["ratio_security"], shown_as["ratio_token"])
        account = (self.terms["originator"] if source else
                   ledger["custody_account"] if operation == CREATE else self.terms["beneficiary"])
        proven = plain_evidence(e["octets"])
        name = proofs.operation_octets(ledger_id, gateway, self.bundle["transfer"], 0, operation, 0)
        wanted = {"id": proofs.sha256(name), "kind": operation, "instrument": self.terms["instrument"], "base_units": units,
                  "account": account}
        demand(all(proven[field] == value for field, value in wanted.items()), "evidence_mismatch")
