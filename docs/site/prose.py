"""What the pages' Markdown needs to read the same on the site as on a forge: blank lines before lists, links that follow
the pages to their new places, requirement ids that can be linked to."""
import os
import re
from pathlib import Path

ID = re.compile(r"\bUSTP-[A-Z]{2,4}-\d{3}\b")
DEFINED = re.compile(r"^- \*{0,2}\[(USTP-[A-Z]{2,4}-\d{3})\]\*{0,2}")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
LIST = re.compile(r"^(- |\d+\. )")


def lines(text):
    """(line, inside a code block)"""
    fence = None
    for line in text.splitlines():
        mark = re.match(r"^\s*(```+)", line)
        if mark and fence is None:
            fence = mark[1]
            yield line, True
        elif mark and line.strip() == fence:
            fence = None
            yield line, True
        else:
            yield line, fence is not None


def apart(text):
    """A list or a table that follows a paragraph without a blank line gets one: Python-Markdown wants it."""
    out, before = [], ""
    for line, code in lines(text):
        if not code and before.strip() and not before.startswith((" ", "#")):
            if (LIST.match(line) and not LIST.match(before)) or (line.startswith("|") and not before.startswith("|")):
                out.append("")
            elif line.strip() and not line.startswith("|") and before.startswith("|"):
                out.append("")
        out.append(line)
        before = line
    return "\n".join(out) + "\n"


def title(text, fallback):
    for line, code in lines(text):
        if not code and line.startswith("# "):
            return line[2:].strip()
    return fallback


def outside_code(line, change):
    """`change` on what is not between backticks."""
    parts = re.split(r"(`+[^`]*`+)", line)
    return "".join(part if part.startswith("`") else change(part) for part in parts)


def relative(source, target):
    return os.path.relpath(target, Path(source).parent).replace(os.sep, "/")


def with_requirements(text, page, homes):
    """Definitions become anchors; every other mention becomes a link to its definition. `homes`: id -> page."""
    out = []
    for line, code in lines(text):
        if not code and not line.startswith("#"):
            defined = DEFINED.match(line)
            if defined:
                one, rest = defined[1], line[defined.end():]
                line = (f'- <a class="req" id="{one}" href="#{one}"><strong>{one}</strong></a>'
                        + outside_code(rest, lambda part: mentions(part, page, homes)))
            else:
                line = outside_code(line, lambda part: mentions(part, page, homes))
        out.append(line)
    return "\n".join(out) + "\n"


def mentions(text, page, homes):
    def link(match):
        home = homes.get(match[0])
        if home is None:
            return match[0]
        return f"[{match[0]}]({'' if home == page else relative(page, home)}#{match[0]})"
    # What stands inside a link's text already stays as it is.
    return "".join(part if part.startswith("[") else ID.sub(link, part)
                   for part in re.split(r"(\[[^\]]*\]\([^)]*\))", text))


def with_links(text, source, page, resolve):
    """`resolve(path in the tree) -> page of the site | None`; None leaves the words without a link."""
    def one(match):
        words, target = match[1], match[2]
        if "://" in target or target.startswith(("#", "mailto:")):
            return match[0]
        path, _, anchor = target.partition("#")
        found = resolve(os.path.normpath(os.path.join(os.path.dirname(source), path)))
        if found is None:
            return words
        return f"[{words}]({relative(page, found)}{'#' + anchor if anchor else ''})"
    out = []
    for line, code in lines(text):
        out.append(line if code else outside_links(line, one))
    return "\n".join(out) + "\n"


def outside_links(line, one):
    return LINK.sub(one, line)
