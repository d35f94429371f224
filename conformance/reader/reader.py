#!/usr/bin/env python3
"""A second reader of the vectors of spec/vectors, written from the specification alone.

  reader.py read DIR          reads every vector; exit status 1 and a line for each that it sees otherwise
  reader.py build DIR FILE    builds each valid message and statement of DIR anew, and signed frames
                              around them, and writes them as vectors of their own
"""
import json
import sys
from pathlib import Path

import bundles
import forms
import frames
import json_forms
import json_messages
import json_signed
import messages
import proofs
import statements
import writer
from faults import Fault, demand, octets_of, shown_octets
from schema import Schema

SPEC = Path(__file__).resolve().parents[2] / "spec"


class Reader:
    def __init__(self):
        messages.load_registries(SPEC / "registry")
        json_forms.load_registries(SPEC / "registry")
        self.schemas = {name: Schema(SPEC / "schema", name + ".fbs") for name in ("message", "statement", "bundle")}

    def message(self, octets):
        return messages.decode(self.schemas["message"], octets)

    def json_message(self, given):
        octets = octets_of(given["octets"]) if "octets" in given else given["text"].encode()
        read = json_messages.decode(octets)
        shown = self.schemas["message"].shown("Message", read)
        if "flatbuffers" in given:
            other = self.schemas["message"].shown("Message", self.message(octets_of(given["flatbuffers"])))
            other["body"].update({"encoding": 2} if "encoding" in other["body"] else {})
            demand(shown == other, "internal", "not its twin")
        demand(json_messages.encode(read) == octets, "internal", "encodes to other octets")
        return {"hash": proofs.sha256(octets).hex(), "message": shown}

    def record(self, kind, given):
        if kind == "json_message":
            return self.json_message(given)
        if kind == "message":
            octets = octets_of(given["octets"])
            shown = self.schemas["message"].shown("Message", self.message(octets))
            return {"hash": proofs.sha256(octets).hex(), "message": shown}
        if kind == "statement":
            octets = octets_of(given["octets"])
            read = statements.decode(self.schemas["statement"], octets)
            return {"hash": proofs.sha256(octets).hex(), "statement": self.schemas["statement"].shown("Statement", read)}
        if kind == "log":
            log = statements.Log(self.schemas["statement"], given["authority"], octets_of(given["spki"]))
            for frame in given["frames"]:
                log.apply(*frames.statement(octets_of(frame)))
            return {"position": str(len(log.octets)), "head": log.head.hex()}
        if kind == "bundle":
            bundle, key, _, _ = bundles.opened(self.schemas["bundle"], octets_of(given["file"]))
            return bundles.shown(bundle, key)
        return None

    def judge(self, vector):
        """(output, code): one of them None. For evidence `code` is the set of requirements that fail."""
        kind, given = vector["kind"], vector["input"]
        try:
            if kind == "evidence":
                checks = bundles.Checks(self.schemas, given, octets_of(given["file"]))
                output = checks.run()
                return (None, checks.broken) if checks.broken else (output, None)
            for judge in (forms.form, lambda k, g: proofs.proof(k, g, self.message), frames.frame, json_signed.judge, self.record):
                output = judge(kind, given)
                if output is not None:
                    return output, None
        except Fault as fault:
            return None, fault.code
        raise SystemExit(f"{vector['id']}: unknown kind {kind}")

    def as_stated(self, vector):
        output, code = self.judge(vector)
        if vector["valid"]:
            return code is None and output == vector["output"], f"{code or json.dumps(output)[:300]}"
        if isinstance(code, set):
            return vector["code"] in code, f"not {vector['code']} but {sorted(code)}"
        return code == vector["code"], f"not {vector['code']} but {code or 'accepted'}"


def files(folder):
    found = sorted(Path(folder).glob("*.json"))
    if not found:
        raise SystemExit(f"no vectors in {folder}")
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def read(folder):
    reader, valid, flawed, faults = Reader(), 0, 0, 0
    for file in files(folder):
        for vector in file["vectors"]:
            good, why = reader.as_stated(vector)
            valid, flawed = valid + vector["valid"], flawed + (not vector["valid"])
            if not good:
                faults += 1
                print(f"{vector['id']} ({vector['title']}): {why}")
    print(f"{valid} valid and {flawed} flawed vectors read, {faults} not as stated")
    return 1 if faults else 0


def build(folder, target):
    """Octets of our own for every valid message and statement: other layout, same meaning; each message in JSON too, made
    from its twin. And frames and signatures around them."""
    reader, out, same, sent, json_sent = Reader(), [], 0, [], []
    for file in files(folder):
        for vector in file["vectors"]:
            kind, given = vector["kind"], vector["input"]
            if not vector["valid"]:
                continue
            if kind == "json_message":
                octets = json_messages.encode(reader.message(octets_of(given["flatbuffers"])))
                json_sent.append(octets)
                out.append(built(vector, {"text": octets.decode(), "flatbuffers": given["flatbuffers"]}, octets, "message"))
            elif kind in ("message", "statement"):
                octets = reader.schemas[kind].build(vector["output"][kind])
                if kind == "message":
                    sent.append(octets)
                out.append(built(vector, {"octets": shown_octets(octets)}, octets, kind))
            else:
                continue
            same += octets == (given["text"].encode() if "text" in given else octets_of(given["octets"]))
    out += writer.vectors(sent, frames.frame)
    out += json_signed.vectors(json_sent, writer.Signer(proofs.ES256))
    Path(target).write_text(json.dumps({"file": "built", "about": "Built by conformance/reader.", "vectors": out}),
                            encoding="utf-8")
    print(f"{len(out)} built, {same} of them with the octets of the vector")
    return 0 if out else 1


def built(vector, given, octets, name):
    return {"id": "built-" + vector["id"], "kind": vector["kind"], "title": vector["title"], "requirements": vector["requirements"],
            "input": given, "valid": True, "output": {"hash": proofs.sha256(octets).hex(), name: vector["output"][name]}}


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "read":
        return read(arguments[1])
    if len(arguments) == 3 and arguments[0] == "build":
        return build(*arguments[1:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
