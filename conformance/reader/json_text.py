"""JSON as chapter 03c, section 1 has it: a parser that takes only the canonical form, and the writer of that form.

An object becomes a dict, a text a str, a number an int; the rest is Python's.
"""
import re

from faults import demand

MAX_NUMBER = (1 << 53) - 1
SHORT = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/"}
ESCAPED = {value: "\\" + key for key, value in SHORT.items() if key != "/"}
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
SPACE = re.compile(r"[ \t\n\r]*")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(?!u).|u)", re.DOTALL)


def is_noncharacter(c):
    return 0xFDD0 <= c <= 0xFDEF or c & 0xFFFE == 0xFFFE


def check_characters(text):
    """USTP-JSN-013, of the characters as they stand and of what the escapes mean."""
    demand(not any(is_noncharacter(ord(c)) for c in text), "invalid_character", "noncharacter")
    high = None  # (code, end) of a high surrogate that waits for its other half
    for found in ESCAPE.finditer(text):
        code = int(found[1], 16) if found[1] else None
        if high:
            demand(found.start() == high[1] and code is not None and 0xDC00 <= code <= 0xDFFF, "invalid_character", "half a pair")
            code, high = 0x10000 + (high[0] - 0xD800 << 10) + code - 0xDC00, None
        elif code is not None and 0xD800 <= code <= 0xDBFF:
            high = (code, found.end())
            continue
        demand(code is None or not (0xD800 <= code <= 0xDFFF or is_noncharacter(code)), "invalid_character", "escape")
    demand(high is None, "invalid_character", "half a pair")


class Parser:
    def __init__(self, text, depth, members, items):
        self.text, self.at = text, 0
        self.depth, self.members, self.items = depth, members, items

    def space(self):
        self.at = SPACE.match(self.text, self.at).end()

    def next(self):
        self.space()
        return self.text[self.at:self.at + 1]

    def expect(self, word):
        demand(self.text.startswith(word, self.at), "json_invalid", f"character {self.at}")
        self.at += len(word)

    def value(self, depth):
        first = self.next()
        if first == "{":
            return self.object(depth + 1)
        if first == "[":
            return self.list(depth + 1)
        if first == '"':
            return self.string()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self.number()

    def number(self):
        found = NUMBER.match(self.text, self.at)
        demand(found, "json_invalid", f"character {self.at}")
        self.at = found.end()
        demand(found[0].isdigit() and len(found[0]) <= 16 and int(found[0]) <= MAX_NUMBER, "json_number", found[0][:40])
        return int(found[0])

    def string(self):
        self.expect('"')
        out = []
        while True:
            demand(self.at < len(self.text), "json_invalid", "a text without end")
            c = self.text[self.at]
            self.at += 1
            if c == '"':
                return "".join(out).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            demand(c >= " ", "json_invalid", "control character")
            out.append(self.escape() if c == "\\" else c)

    def escape(self):
        c = self.text[self.at:self.at + 1]
        if c == "u":
            digits = self.text[self.at + 1:self.at + 5]
            demand(re.fullmatch("[0-9a-fA-F]{4}", digits), "json_invalid", "escape")
            self.at += 5
            return chr(int(digits, 16))
        demand(c in SHORT and c, "json_invalid", "escape")
        self.at += 1
        return SHORT[c]

    def object(self, depth):
        demand(depth <= self.depth, "nesting_too_deep")
        self.expect("{")
        out = {}
        if self.next() == "}":
            self.at += 1
            return out
        while True:
            demand(self.next() == '"', "json_invalid", f"character {self.at}")
            name = self.string()
            demand(name not in out, "duplicate_field", name)
            demand(len(out) < self.members, "too_long", "members")
            self.space()
            self.expect(":")
            out[name] = self.value(depth)
            if self.next() == "}":
                self.at += 1
                return out
            self.expect(",")

    def list(self, depth):
        demand(depth <= self.depth, "nesting_too_deep")
        self.expect("[")
        out = []
        if self.next() == "]":
            self.at += 1
            return out
        while True:
            demand(len(out) < self.items, "too_long", "entries")
            out.append(self.value(depth))
            if self.next() == "]":
                self.at += 1
                return out
            self.expect(",")


def parse(octets, size, depth=8, members=64, items=128):
    """Octets of a canonical JSON object as a dict, or a Fault."""
    demand(len(octets) <= size, "too_long", "document")
    demand(0 not in octets, "json_invalid", "zero octet")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        demand(False, "invalid_character", "no UTF-8")
    check_characters(text)
    demand(text.startswith("{"), "json_invalid", "no object")
    parser = Parser(text, depth, members, items)
    value = parser.value(0)
    parser.space()
    demand(parser.at == len(text), "json_invalid", "more behind the object")
    demand(canonical(value) == octets, "json_not_canonical")
    return value


def write(value):
    if value is True or value is False or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(ESCAPED.get(c) or (c if c >= " " else f"\\u{ord(c):04x}") for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(write(name) + ":" + write(value[name]) for name in names) + "}"


def canonical(value):
    """RFC 8785, for values without fractions."""
    return write(value).encode()
