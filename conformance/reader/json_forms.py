"""The forms of chapter 03c, section 2: of each a way in and a way out. What is read has the shape that schema.py gives a
FlatBuffers table, so that both encodings are judged by the same code; what says nothing is written as None."""
import base64
import csv
import re

import forms
from faults import demand

NAMES, CODES = {}, {}
U32, U64 = (1 << 32) - 1, (1 << 64) - 1


def load_registries(folder):
    with open(folder / "enumerations.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            NAMES.setdefault(row["enumeration"], {})[row["name"]] = int(row["value"])
    with open(folder / "errors.csv", encoding="utf-8") as file:
        for line in list(file)[1:]:
            number, name, _, _, status, satp, text = line.rstrip("\n").split(",", 6)
            CODES[name] = {"number": int(number), "name": name, "status": int(status), "satp": satp, "text": text}


def octets_of(text):
    """base64url in its one form."""
    demand(re.fullmatch(r"[A-Za-z0-9_-]*", text, re.ASCII) and len(text) % 4 != 1, "base64_form")
    out = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    demand(text_of(out) == text, "base64_form", "unused bits")
    return out


def text_of(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


class Form:
    kind = str

    def typed(self, value):
        demand(type(value) is self.kind, "json_type", f"{value!r:.40}")

    def read(self, value):
        self.typed(value)
        return self.taken(value)


class Text(Form):
    empty = b""

    def taken(self, value):
        return value.encode()

    def write(self, held):
        return held or None


class Hex(Form):
    def __init__(self, size, zeros=False):
        self.size, self.empty, self.zeros = size, bytes(size), zeros

    def taken(self, value):
        found = forms.fixed(value, self.size)
        demand(found == value, "json_not_canonical", "upper case")
        demand(self.zeros or found.strip("0"), "zero_hash")
        return bytes.fromhex(found)

    def write(self, held):
        return held.hex() if self.zeros or any(held) else None


class Octets(Form):
    empty = b""

    def __init__(self, most):
        self.most = most

    def taken(self, value):
        demand(len(value) <= (self.most * 4 + 2) // 3, "too_long", "octets")
        return octets_of(value)

    def write(self, held):
        return text_of(held) if held else None


class Small(Form):
    kind, empty = int, 0

    def taken(self, value):
        demand(value != 0, "json_default", "0")
        demand(value <= U32, "out_of_range")
        return value

    def write(self, held):
        return held or None


class Large(Form):
    empty = 0

    def taken(self, value):
        found = forms.count(value)
        demand(found <= U64, "out_of_range")
        demand(found != 0, "json_default", "0")
        return found

    def write(self, held):
        return str(held) if held else None


class Flag(Form):
    kind, empty = bool, False

    def taken(self, value):
        demand(value, "json_default", "false")
        return True

    def write(self, held):
        return True if held else None


class Time(Form):
    empty = 0

    def taken(self, value):
        found = forms.time(value)
        demand(found != 0, "json_default", "the zero instant")
        demand(forms.shown_time(found) == value, "json_not_canonical", value)
        return found

    def write(self, held):
        return forms.shown_time(held) if held else None


class Date(Form):
    empty = (0, 0, 0)

    def taken(self, value):
        return forms.date(value)

    def write(self, held):
        return "%04d-%02d-%02d" % held if any(held) else None


class Quantity(Form):
    empty = (0, 0)

    def taken(self, value):
        _, point, places = value.partition(".")
        demand(len(places) <= forms.MAX_SCALE, "out_of_range", "scale")
        return forms.quantity(value, len(places)), len(places)

    def write(self, held):
        return forms.shown_quantity(*held)["text"]


class Name(Form):
    empty = 0

    def __init__(self, enumeration):
        self.enumeration = enumeration

    def taken(self, value):
        found = NAMES[self.enumeration].get(value, 0)
        demand(found != 0, "unknown_tag", value)
        return found

    def write(self, held):
        return next(name for name, value in NAMES[self.enumeration].items() if value == held) if held else None


class ErrorCode(Form):
    def taken(self, value):
        demand(value in CODES, "unknown_tag", value)
        return CODES[value]["number"]

    def write(self, held):
        return next(code["name"] for code in CODES.values() if code["number"] == held)


class MessageType(Form):
    empty = 0

    @staticmethod
    def urn(name):
        own = NAMES["message_type"][name] >= 14
        return ("urn:ustp:msgtype:" if own else "urn:ietf:params:satp:core:msgtype:") + name

    def taken(self, value):
        found = {self.urn(name): number for name, number in NAMES["message_type"].items()}
        demand(value in found, "unknown_tag", value)
        return found[value]

    def write(self, held):
        return next(self.urn(name) for name, number in NAMES["message_type"].items() if number == held) if held else None
