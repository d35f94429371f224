"""The API reference from spec/openapi.yaml: plain pages that the site's search and link checker see."""
import json
import re

import yaml

METHODS = ("get", "post", "put", "patch", "delete")


def anchor(name):
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


class Api:
    def __init__(self, document):
        self.document = document

    def follow(self, node):
        """The node, or what its $ref points at; members beside a $ref win."""
        if isinstance(node, dict) and "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            return {**self.follow(found), **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def type_of(self, schema):
        """In words, with links to the schemas that have a name."""
        if not isinstance(schema, dict):
            return "anything"
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return f"[{name}](#schema-{anchor(name)})"
        for word, joint in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
            if word in schema:
                return joint.join(self.type_of(one) for one in schema[word])
        kind = schema.get("type", "object" if "properties" in schema else "anything")
        if isinstance(kind, list):
            kind = " or ".join(kind)
        if kind == "array":
            return "array of " + self.type_of(schema.get("items", {}))
        if schema.get("format"):
            kind += f" ({schema['format']})"
        return kind

    def bounds(self, schema):
        out = []
        if not isinstance(schema, dict):
            return ""
        if "enum" in schema:
            out.append("one of " + ", ".join(f"`{v}`" for v in schema["enum"]))
        if "const" in schema:
            out.append(f"`{schema['const']}`")
        if "pattern" in schema:
            out.append(f"pattern `{schema['pattern']}`".replace("|", "\\|"))
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None or high is not None:
            out.append(f"{low if low is not None else ''} to {high if high is not None else ''}".strip())
        if "maxLength" in schema:
            out.append(f"at most {schema['maxLength']} characters")
        if "maxItems" in schema:
            out.append(f"at most {schema['maxItems']} entries")
        if "default" in schema:
            out.append(f"default `{json.dumps(schema['default'])}`")
        return "; ".join(out)

    def members(self, schema, prefix=""):
        """Rows of a table; objects without a name of their own are shown with their members."""
        schema = self.follow(schema)
        rows, required = [], set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            rows += self.members(part, prefix)
        for name, one in (schema.get("properties") or {}).items():
            note = " ".join(filter(None, [text(one), self.bounds(one)]))
            rows.append(f"| `{prefix}{name}`{'' if name in required else ' *optional*'} | {self.type_of(one)} | {note} |")
            inner, suffix = one, "."
            if isinstance(one, dict) and one.get("type") == "array" and isinstance(one.get("items"), dict):
                inner, suffix = one["items"], "[]."
            if isinstance(inner, dict) and "$ref" not in inner and inner.get("properties"):
                rows += self.members(inner, f"{prefix}{name}{suffix}")
        return rows

    def content(self, content, heading):
        out = []
        for media, one in (content or {}).items():
            schema = one.get("schema", {})
            out += [f"{heading} `{media}`: {self.type_of(schema)}" + (f". {text(schema)}" if text(schema) else ""), ""]
            rows = self.members(schema) if "$ref" not in schema else []
            if rows:
                out += ["| member | type | |", "|---|---|---|", *rows, ""]
            examples = {"": {"value": one["example"]}} if "example" in one else one.get("examples", {})
            for name, example in examples.items():
                example = self.follow(example)
                value = example.get("value")
                shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
                out += [f"Example{': ' + (example.get('summary') or name) if name else ''}", "", "```json", *shown.splitlines(),
                        "```", ""]
        return out

    def operation(self, method, path, common, one):
        name = one.get("operationId", f"{method}-{path}")
        out = [f"### {one.get('summary', name)} {{ #{anchor(name)} }}", "",
               f'<span class="method">{method.upper()}</span> `{path}`', ""]
        if one.get("description"):
            out += [one["description"].rstrip(), ""]
        security = one.get("security", self.document.get("security"))
        if security is not None:
            out += ["Authenticated by: " + (" or ".join("+".join(s) or "nothing" for s in security) or "nothing"), ""]
        parameters = [self.follow(p) for p in [*common, *one.get("parameters", ())]]
        if parameters:
            out += ["| parameter | in | type | |", "|---|---|---|---|"]
            for p in parameters:
                schema = self.follow(p.get("schema", {}))
                note = " ".join(filter(None, [text(p), self.bounds(schema)]))
                out.append(f"| `{p['name']}`{'' if p.get('required') else ' *optional*'} | {p['in']} | "
                           f"{self.type_of(p.get('schema', {}))} | {note} |")
            out.append("")
        if "requestBody" in one:
            body = self.follow(one["requestBody"])
            out += self.content(body.get("content"), "**Body**")
        out += ["**Answers**", ""]
        for status, answer in one.get("responses", {}).items():
            answer = self.follow(answer)
            headers = ", ".join(f"`{h}`" for h in answer.get("headers", {}))
            out += [f"`{status}` {text(answer)}" + (f" Headers: {headers}." if headers else ""), ""]
            out += self.content(answer.get("content"), "")
        return out


def text(node):
    value = node.get("description", "") if isinstance(node, dict) else ""
    return " ".join(value.split()).replace("|", "\\|")


def page(file):
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    api, info = Api(document), document["info"]
    out = [f"# {info['title']}", info.get("summary", ""), "", info.get("description", "").rstrip(), "",
           f"Version {info['version']} of the contract. The machine-readable form: [openapi.yaml](openapi.yaml). Every code of "
           "an error: [Errors](errors.md). A first call: [First transfer by API](../guides/first-transfer-api.md).", ""]
    schemes = document.get("components", {}).get("securitySchemes", {})
    if schemes:
        out += ["## Authentication", "", "| name | how | |", "|---|---|---|"]
        out += [f"| `{n}` | {s['type']}{' ' + s['scheme'] if 'scheme' in s else ''} | {text(s)} |" for n, s in schemes.items()] + [""]
    out += ["## Operations", ""]
    for heading, group in (("", document.get("paths", {})), ("## Webhooks", document.get("webhooks", {}))):
        if heading and group:
            out += [heading, ""]
        for path, item in group.items():
            item = api.follow(item)
            for method in METHODS:
                if method in item:
                    out += api.operation(method, path, item.get("parameters", []), item[method])
    out += ["## Schemas", ""]
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        out += [f"### {name} {{ #schema-{anchor(name)} }}", ""]
        words = ". ".join(filter(None, [api.type_of(schema), api.bounds(schema)]))
        out += [" ".join(filter(None, [text(schema), f"({words})" if not schema.get("properties") else ""])), ""]
        rows = api.members(schema)
        if rows:
            out += ["| member | type | |", "|---|---|---|", *rows, ""]
    return "\n".join(out) + "\n"
