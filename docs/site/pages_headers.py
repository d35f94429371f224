"""The SDK's reference from its public headers: each declaration with the comment that stands before it. The headers keep
their contracts in plain comments, so they are read as they are written."""
import re

NAMES = (re.compile(r"^(?:template <.*>\s*)?(?:class|struct|enum class|enum)(?: \[\[\w+\]\])? (\w+)"), re.compile(r"^using (\w+) ="),
         re.compile(r"^#define (\w+)"), re.compile(r"([~\w]+|operator\S+?)\("), re.compile(r"(\w+)\s*(?:=|\{|;)"))
SKIPPED = ("std", "unique")  # hashes for the standard containers, compile-time checks of the table
ORDER = ("base", "domain", "token", "crypto", "wire", "ledger", "protocol", "proofs", "client", "testing")


def blocks(text):
    """(comment, code) of everything at namespace level, in order; the first pair is the head comment."""
    comment, code, depth, head = [], [], 0, True
    for line in text.splitlines():
        stripped = line.strip()
        if head and stripped == "#pragma once":
            continue
        outside = depth == 0 and not (code and code[-1].endswith("\\"))
        if outside and (stripped.startswith(("namespace", "#include", "// clang-format")) or stripped.startswith("}  // namespace")):
            if head and comment:
                yield "\n".join(comment), ""
                comment = []
            head = False
            continue
        if outside and stripped == "":
            if code or (comment and not head):
                yield "\n".join(comment), "\n".join(code)
                comment, code = [], []
            continue
        if outside and not code and stripped.startswith("//"):
            comment.append(stripped[2:].strip())
            continue
        code.append(line)
        bare = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])\'|//.*', "", line)
        depth = max(0, depth + bare.count("{") - bare.count("}") + bare.count("(") - bare.count(")"))
    if code or comment:
        yield "\n".join(comment), "\n".join(code)


def name_of(code):
    """What a block declares first."""
    text = "\n".join(line for line in code.splitlines() if not line.strip().startswith(("//", "class ", "template <>")) or "{" in line)
    text = text or code
    text = re.sub(r"^template <.*>\n", "", text)
    for pattern in NAMES[:3]:
        found = pattern.search(text)
        if found:
            return found[1]
    first = re.sub(r"USTP_\w+\((\w+)", r"\1(", text)
    for pattern in NAMES[3:]:
        found = pattern.search(first)
        if found and found[1] not in ("if", "for", "static_assert", "decltype"):
            return found[1]
    return ""


def header(root, path):
    parts = list(blocks(path.read_text(encoding="utf-8")))
    name = str(path.relative_to(root)).split("include/", 1)[1]
    out = [f"## {name} {{ #{name.rsplit('/', 1)[1].removesuffix('.hpp')} }}", "", f'`#include "{name}"`', ""]
    if parts and not parts[0][1]:
        out += [plain(parts.pop(0)[0]), ""]
    for comment, code in parts:
        called = name_of(code) if code else ""
        if called in SKIPPED:
            continue
        if called:
            out += [f"### {called}", ""]
        if comment:
            out += [plain(comment), ""]
        if code:
            out += ["```cpp", *code.splitlines(), "```", ""]
    return out


def plain(comment):
    """A comment as prose: nothing in it is markup but its requirement ids and what looks like code."""
    comment = re.sub(r"([\\*_<>\[\]#|])", r"\\\1", comment)
    return re.sub(r"(?<![\w`])([a-z_]\w*(?:::\w+)*\(\)|(?:\w+::)+\w+|k[A-Z]\w+)", lambda m: f"`{m[0]}`".replace("\\_", "_"), comment)


def pages(root):
    folders = {p.name: p for p in (root / "sdk/include/ustp").iterdir() if p.is_dir()}
    folders |= {p.name: p for p in (root / "sdk/testing/include/ustp").iterdir() if p.is_dir()}
    for name in sorted(folders, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n)):
        out = [f"# {name}", "", "How to link it: [the SDK](../../sdk/README.md).", ""]
        for path in sorted(folders[name].glob("*.hpp")):
            out += header(root, path)
        yield name, "\n".join(out) + "\n"
