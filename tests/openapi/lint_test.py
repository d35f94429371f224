#!/usr/bin/env python3
"""Each fault that lint.py must see, planted into the description one at a time."""
import copy
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import lint  # noqa: E402

TRANSFERS = "/v1/transfers"


def planted(d):
    """(what, what the lint must say, the change)."""
    get, post = d["paths"][TRANSFERS]["get"], d["paths"][TRANSFERS]["post"]
    yield "a reference that leads nowhere", "leads nowhere", lambda: get["responses"].update(default={"$ref": "#/components/responses/None"})
    yield "a component that nobody uses", "used by nobody", lambda: d["components"]["schemas"].update(Left={"type": "string"})
    yield "a status that is none", "paths", lambda: get["responses"].update({"2oo": {"description": "x"}})
    yield "one operationId twice", "operationId", lambda: get.update(operationId=post["operationId"])
    yield "no summary", "no summary", lambda: get.pop("summary")
    yield "a parameter that is not explained", "no description", lambda: get["parameters"][0].pop("description")
    yield "a path parameter left out", "path parameters", lambda: d["paths"][TRANSFERS + "/{id}"]["get"].update(parameters=[])
    yield "errors that are no problems", "no problems", lambda: get["responses"].pop("default")
    yield "a 4xx that is no problem", "is no problem", lambda: get["responses"].update({"404": {"description": "x"}})
    yield "an example that does not fit", "example", lambda: next(iter(
        post["requestBody"]["content"]["application/json"]["examples"].values()))["value"].update(quantity=5)
    yield "a member that the order does not know", "example", lambda: next(iter(
        post["requestBody"]["content"]["application/json"]["examples"].values()))["value"].update(oddity="x")


def main():
    document = yaml.safe_load(lint.SPEC.read_text())
    failed = sum(1 for fault in lint.faults(document) if not print(f"FAILED: {fault}"))
    count = len(list(planted(copy.deepcopy(document))))
    for i in range(count):
        changed = copy.deepcopy(document)
        what, wanted, change = list(planted(changed))[i]
        change()
        if not any(wanted in fault for fault in lint.faults(changed)):
            print(f"FAILED: {what} was not seen")
            failed += 1
    print(f"{count} planted faults, {failed} not seen")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
