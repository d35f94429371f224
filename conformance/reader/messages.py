"""Messages: the envelope of chapter 03, section 3, and the bodies of chapter 03a. Texts become str once they are judged."""
import csv

import forms
from faults import U128, demand

MAX_MESSAGE, MAX_EVIDENCE = 64 << 10, 24 << 10
ENUM, CODES = {}, set()
ANSWERS = {*range(2, 12), 17}


def load_registries(folder):
    with open(folder / "enumerations.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ENUM.setdefault(row["enumeration"], set()).add(int(row["value"]))
    with open(folder / "errors.csv", encoding="utf-8") as file:
        CODES.update(int(line.split(",")[0]) for line in list(file)[1:])
    forms.load_cfi(folder / "cfi.csv")


def known(table, field, enumeration):
    demand(table[field] in ENUM[enumeration], "unknown_tag", f"{field} {table[field]}")


def code(table, field):
    demand(table[field] in CODES, "unknown_tag", f"{field} {table[field]}")


def set_(table, *fields):
    for field in fields:
        demand(any(table[field]), "zero_hash", field)


def texts(table, **bounds):
    for field, most in bounds.items():
        table[field] = forms.text(table[field], most, field)


def ids(table, **schemes):
    for field, scheme in schemes.items():
        table[field] = forms.text_id(scheme, table[field])


def optional(table, field, judge):
    """A text that may be absent."""
    found = forms.text(table[field], 1 << 16, field)
    table[field] = judge(found) if found else ""


def quantity(value):
    demand(value[1] <= forms.MAX_SCALE, "out_of_range", "scale")


def date(value):
    if value != (0, 0, 0):
        demand(1 <= value[0] <= 9999 and forms.valid_day(*value), "invalid_time", str(value))


def chain(table, field):
    value = table[field] = table[field] or {"links": [], "beneficial_owner": b""}
    texts(value, beneficial_owner=350)
    demand(len(value["links"]) <= 8, "too_long", field)
    for link in value["links"]:
        texts(link, party=64)
        optional(link, "account", lambda text: forms.text_id("account", text))
        known(link, "capacity", "holding_capacity")
        demand(forms.is_lei(link["party"]) or forms.is_bic(link["party"]), "malformed_text", "party")


def terms(t):
    t["instrument"] = forms.instrument(forms.text(t["instrument"], 1 << 16, "instrument"))
    quantity(t["quantity"])
    demand(len(t["lots"]) > 0, "missing_field", "lots")
    demand(len(t["lots"]) <= 64, "too_long", "lots")
    for lot in t["lots"]:
        quantity(lot["quantity"])
        date(lot["acquired"])
        texts(lot, origin=350)
        known(lot, "restriction", "restriction")
    ids(t, sender_gateway="gateway", recipient_gateway="gateway", source_ledger="ledger", target_ledger="ledger",
        originator="account", beneficiary="account")
    chain(t, "originator_chain")
    chain(t, "beneficiary_chain")
    for field in ("ownership_effect", "entitled_party", "cum_ex"):
        known(t, field, field)
    texts(t, transaction_type=4, place_of_settlement=350, governing_law=350, jurisdiction=350, reference=35)
    demand(len(t["transaction_type"]) == 4 and forms.only(t["transaction_type"], forms.ALNUM), "malformed_text",
           "transaction_type")
    date(t["trade_date"])
    optional(t, "venue", lambda text: forms.standard("mic", text))
    optional(t, "liable_operator", lambda text: forms.standard("lei", text))
    total = 0
    for lot in t["lots"]:
        demand(lot["quantity"][1] == t["quantity"][1], "scale_mismatch", "lot")
        total += lot["quantity"][0]
        demand(total <= U128, "overflow", "lots")
    demand(total == t["quantity"][0], "lots_sum")
    demand(t["vote_by"] != 0, "missing_field", "vote_by")
    demand(t["complete_by"] == 0 or t["complete_by"] >= t["vote_by"], "out_of_range", "complete_by")


def evidence(e):
    known(e, "kind", "evidence_kind")
    ids(e, ledger="ledger")
    texts(e, rule=64)
    demand(len(e["octets"]) <= MAX_EVIDENCE, "too_long", "evidence")


def decision(d, message):
    set_(d, "settlement")
    known(d, "outcome", "decision_outcome")
    if d["outcome"] == 1:
        set_(d, "legs_root", "votes_root")
    ids(d, signer="gateway")
    demand(d["settlement"] == message["settlement"], "decision_invalid", "another settlement")


def proven(p):
    for field, most in (("octets", MAX_MESSAGE), ("batch_header", 512), ("signature", 128)):
        demand(len(p[field]) > 0, "missing_field", field)
        demand(len(p[field]) <= most, "too_long", field)
    demand(len(p["path"]) <= 32, "bad_proof", "path")


def body(kind, b, message, encoding):
    if kind == 1:
        terms(b["terms"])
        set_(b, "leg_salt")
        demand(len(b["signature_algorithms"]) > 0, "missing_field", "signature_algorithms")
        demand(len(b["signature_algorithms"]) <= 8, "too_long", "signature_algorithms")
        for algorithm in b["signature_algorithms"]:
            demand(algorithm in ENUM["signature_algorithm"], "unknown_tag", "algorithm")
        demand(b["encoding"] == encoding, "unknown_tag", "encoding")
    elif kind in (2, 3):
        set_(b, "claim_hash")
    elif kind == 5:
        evidence(b["evidence"])
    elif kind == 8:
        set_(b, "legs_root")
        evidence(b["evidence"])
    elif kind == 9:
        decision(b["decision"], message)
        demand(b["decision"]["outcome"] == 1, "decision_invalid", "no commit")
        evidence(b["evidence"])
    elif kind == 10:
        known(b, "disposition", "disposition")
        texts(b, rule=64)
        demand((b["rule"] != "") == (b["disposition"] == 2), "missing_field", "rule")
        evidence(b["evidence"])
    elif kind == 11:
        set_(b, "commence_hash")
    elif kind == 12:
        code(b, "code")
        texts(b, detail=350)
        demand(b["offending_type"] == 0 or b["offending_type"] in ENUM["message_type"], "unknown_tag", "offending_type")
        if b["offending_type"]:
            set_(b, "offending")
    elif kind == 13:
        code(b, "reason")
        decision(b["decision"], message)
        demand(b["decision"]["outcome"] == 2, "decision_invalid", "no abort")
    elif kind == 15:
        known(b, "state", "reported_state")
        if b["decision"] is not None:
            decision(b["decision"], message)
    elif kind == 16:
        proven(b["proposal"])
        proven(b["commit_final"])
    elif kind == 17:
        set_(b, "notice_hash")


def decode(schema, octets):
    """Octets of a message as a dict, or a Fault."""
    demand(len(octets) <= MAX_MESSAGE, "too_long", "message")
    return judged(schema.read(octets), encoding=1)


def judged(message, encoding):
    """What holds of a message in either encoding."""
    kind = message["body_type"]
    demand(kind in ENUM["message_type"], "unknown_tag", f"message type {kind}")
    demand(len(message["extensions"]) <= 16, "too_long", "extensions")
    for extension in message["extensions"]:
        texts(extension, name=64)
        demand(extension["name"], "missing_field", "extension name")
        demand(not extension["critical"], "unknown_critical_extension", extension["name"])
        demand(len(extension["value"]) <= 4096, "too_long", "extension")
    set_(message, "session", "transfer", "settlement")
    if kind in ANSWERS:
        set_(message, "previous")
    body(kind, message["body"], message, encoding)
    return message
