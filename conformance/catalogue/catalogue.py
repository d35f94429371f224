#!/usr/bin/env python3
"""The catalogue of requirements: requirements.csv beside this file, held against the specification and against what tests did.

  catalogue.py check [LOG...]     exit status 1 and a line per fault
  catalogue.py table [LOG...]     the table, and the shares at its end
  catalogue.py accept [ID...]     takes over new texts after they were reviewed (without ids: new and removed requirements)

Without a log only the text side is held: every requirement has its row, no row is left over, no text changed since it was
reviewed, every vector names ids that exist. With logs (USTP_REQ_LOG, tests/support/requirement.hpp): no test names an
unknown id, every testable MUST was executed by a passing test, and one that octets can break by a flawed vector too.
"""
import csv
import hashlib
import importlib.machinery
import importlib.util
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ROWS = HERE / "requirements.csv"
COLUMNS = ("id", "section", "level", "roles", "testability", "text_hash", "note")
ROLES = {"sender", "recipient", "home", "gateway", "authority", "ledger", "reader", "api", "operator", "standard"}
# codec: octets in, verdict out. behaviour: messages, time and crashes. ledger: the contract of a ledger.
# inspection: people read it. fact: binds nothing by itself. pending: the text says that it is not met yet.
TESTABLE = {"codec", "behaviour", "ledger"}
TESTABILITY = TESTABLE | {"inspection", "fact", "pending"}


def tool():
    path = str(ROOT / "tools" / "requirements")
    loader = importlib.machinery.SourceFileLoader("requirements_tool", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


TOOL = tool()


def level(text):
    for word in ("MUST", "SHOULD", "MAY"):
        if re.search(rf"\b{word}\b", text):
            return word
    return "states"


def text_hash(text):
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def extracted():
    """id -> the columns that follow from the text, and the text."""
    out = {}
    for one in TOOL.requirements():
        out[one["id"]] = {"id": one["id"], "section": f"{one['page']}: {one['section']}", "level": level(one["text"]),
                          "text_hash": text_hash(one["text"]), "text": one["text"]}
    return out


def rows():
    if not ROWS.exists():
        return {}
    with open(ROWS, encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def write(table):
    with open(ROWS, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def vectors():
    """id -> [valid, flawed]"""
    out = {}
    for path in sorted((ROOT / "spec" / "vectors").glob("*.json")):
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
            for name in vector["requirements"]:
                out.setdefault(name, [0, 0])[0 if vector["valid"] else 1] += 1
    return out


def text_faults(found, table, exercised):
    for name, now in found.items():
        row = table.get(name)
        if row is None:
            yield f"{name} is new: give it roles and testability in {ROWS.relative_to(ROOT)} (accept makes the row)"
            continue
        for column in ("section", "level", "text_hash"):
            if row[column] != now[column]:
                yield f"{name}: the {column.replace('_', ' ')} changed; review its tests, then: catalogue.py accept {name}"
                break
        unknown = [role for role in row["roles"].split() if role not in ROLES]
        if unknown or not row["roles"]:
            yield f"{name}: roles {row['roles']!r}"
        if row["testability"] not in TESTABILITY:
            yield f"{name}: testability {row['testability']!r}"
        if row["testability"] == "fact" and now["level"] == "MUST":
            yield f"{name}: a MUST is no mere fact"
        if ("Not met yet" in now["text"]) and not row["note"]:
            yield f"{name}: the text says not met yet; say in the note what is tested all the same"
    for name in table.keys() - found.keys():
        yield f"{name} is in the catalogue and no longer in the specification"
    for name in exercised.keys() - found.keys():
        yield f"{name} is named by a vector and defined nowhere"


def must_be_tested(row):
    """What stands without a key word is a fact of the format and binds like a MUST (chapter 00)."""
    return row["level"] in ("MUST", "states") and row["testability"] in TESTABLE


def run_faults(table, executed, exercised):
    for name in sorted(executed.keys() - table.keys()):
        yield f"{name} is named by a test and defined nowhere: {sorted(executed[name])[0]}"
    for name, row in table.items():
        if must_be_tested(row) and name not in executed:
            yield f"{name}: no passing test executed it"
        if row["level"] == "MUST" and row["testability"] == "codec" and exercised.get(name, [0, 0])[1] == 0:
            yield f"{name}: no flawed vector breaks it"


def check(logs):
    found, table, exercised = extracted(), rows(), vectors()
    faults = list(text_faults(found, table, exercised))
    if logs:
        faults += run_faults(table, TOOL.executed_in(logs), exercised)
    for fault in faults:
        print(fault)
    print(f"{len(found)} requirements, {len(faults)} faults")
    return 1 if faults else 0


def table_of(logs):
    table, exercised, executed = rows(), vectors(), TOOL.executed_in(logs)
    print(f"{'id':14} {'level':7} {'testability':12} {'tests':>5} {'valid':>6} {'flawed':>7}  roles")
    shares = {}
    for name, row in table.items():
        tests, (valid, flawed) = len(executed.get(name, ())), exercised.get(name, [0, 0])
        print(f"{name:14} {row['level']:7} {row['testability']:12} {tests:5} {valid:6} {flawed:7}  {row['roles']}")
        share = shares.setdefault((row["level"], row["testability"]), [0, 0])
        share[0] += tests > 0
        share[1] += 1
    print()
    for (of, how), (done, total) in sorted(shares.items()):
        print(f"{of:7} {how:12} executed {done:3} of {total}")
    return 0


def accept(names):
    found, table = extracted(), rows()
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"not in the specification: {' '.join(unknown)}")
        return 1
    out = []
    for name, now in found.items():
        row = table.get(name, {"roles": "", "testability": "", "note": ""})
        if name in names or name not in table:
            row = {**row, **now}
        out.append(row)
    write(out)
    return 0


def main(arguments):
    commands = {"check": check, "table": table_of, "accept": accept}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    return commands[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
