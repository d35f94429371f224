#!/usr/bin/env python3
"""spec/openapi.yaml: valid OpenAPI 3.1, every reference leads somewhere, nothing is left over, everything a client has to know
is said, and every example fits its schema.

  lint.py [FILE]      exit status 1 and a line per fault
"""
import re
import sys
from pathlib import Path

import jsonschema
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

SPEC = Path(__file__).resolve().parents[2] / "spec" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def resolve(document, node):
    while isinstance(node, dict) and "$ref" in node:
        at = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            at = at[part.replace("~1", "/").replace("~0", "~")]
        node = at
    return node


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def parameters(document, operation):
    return [resolve(document, p) for p in operation.get("parameters", [])]


def examples(document):
    """(where, schema, value) of every example."""
    def of(where, holder):
        if "example" in holder:
            yield where, holder.get("schema", {}), holder["example"]
        for name, example in holder.get("examples", {}).items():
            yield f"{where} {name}", holder.get("schema", {}), resolve(document, example)["value"]
    for path, method, operation in operations(document):
        where = f"{method.upper()} {path}"
        for parameter in parameters(document, operation):
            yield from of(f"{where} {parameter['name']}", parameter)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield from of(f"{where} request", content)
        for status, response in operation["responses"].items():
            for kind, content in resolve(document, response).get("content", {}).items():
                yield from of(f"{where} {status}", content)


def validator(document, schema):
    # References inside the schema lead into the document.
    whole = {"components": document["components"], **schema}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def faults(document):
    used, ids, lost = set(references(document)), {}, False
    for reference in sorted(used):
        try:
            resolve(document, {"$ref": reference})
        except (KeyError, TypeError):
            lost = True
            yield f"{reference} leads nowhere"
    if lost:
        return  # nothing else can be judged
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
    for kind, parts in document["components"].items():
        for name in parts:
            if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used:
                yield f"components/{kind}/{name} is used by nobody"
    for path, method, operation in operations(document):
        where = f"{method.upper()} {path}"
        identifier = operation.get("operationId", "")
        if not re.fullmatch(r"[a-z][A-Za-z]+", identifier) or ids.setdefault(identifier, where) != where:
            yield f"{where}: operationId {identifier!r}"
        if not operation.get("summary", "").endswith("."):
            yield f"{where}: no summary, or no sentence"
        named = {p["name"] for p in parameters(document, operation) if p["in"] == "path"}
        if named != set(re.findall(r"{([^}]*)}", path)):
            yield f"{where}: path parameters {named}"
        for parameter in parameters(document, operation):
            if not parameter.get("description"):
                yield f"{where}: {parameter['name']} has no description"
        default = resolve(document, operation["responses"].get("default", {}))
        if "application/problem+json" not in default.get("content", {}):
            yield f"{where}: errors are no problems"
        for status, response in operation["responses"].items():
            said = resolve(document, response)
            if status.startswith("4") and "application/problem+json" not in said.get("content", {}):
                yield f"{where} {status}: is no problem"
        if method == "post" and "requestBody" in operation and not any(
                "schema" in c for c in operation["requestBody"]["content"].values()):
            yield f"{where}: a body without schema"
    for where, schema, value in examples(document):
        for error in validator(document, schema).iter_errors(value):
            yield f"example {where}: {error.json_path}: {error.message[:200]}"


def main(file=SPEC):
    document = yaml.safe_load(Path(file).read_text())
    found = sorted(set(faults(document)))
    for fault in found:
        print(f"{Path(file).name}: {fault}")
    count = sum(1 for _ in operations(document))
    print(f"{count} operations, {sum(1 for _ in examples(document))} examples, {len(found)} faults")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
