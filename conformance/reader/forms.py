"""Identifiers, times, counts, quantities and ratios: chapters 01 and 02."""
import csv
import datetime
import math
import re

from faults import U128, Fault, demand

UPPER, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
ALNUM = UPPER + DIGITS
DTI = "0123456789BCDFGHJKLMNPQRSTVWXZ"
MAX_SCALE = 30
BOUNDS = {"gateway": 64, "ledger": 64, "participant": 64, "authority": 64, "account": 140}
CFI = {}


def load_cfi(path):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            CFI[row["category"] + row["group"]] = [row[f"attribute_{i}"] for i in range(1, 5)]


def only(text, alphabet):
    return all(c in alphabet for c in text)


def number(c):
    return int(c, 36)


def is_lei(text):
    return (len(text) == 20 and only(text[:18], ALNUM) and only(text[18:], DIGITS) and
            int("".join(str(number(c)) for c in text)) % 97 == 1)


def is_isin(text):
    if not (len(text) == 12 and only(text[:2], UPPER) and only(text[2:11], ALNUM) and text[11] in DIGITS):
        return False
    total = 0
    for place, digit in enumerate(reversed("".join(str(number(c)) for c in text))):
        total += sum(map(int, str(int(digit) * (1 + place % 2))))
    return total % 10 == 0


def is_dti(text):
    if not (len(text) == 9 and only(text, DTI) and text[0] != "0"):
        return False
    if text == "4H95J0R2X":
        return True
    p = 30
    for c in text[:-1]:
        p = 2 * ((p + DTI.index(c)) % 30 or 30) % 31
    return (p + DTI.index(text[-1])) % 30 == 1


def is_bic(text):
    return len(text) in (8, 11) and only(text, ALNUM) and only(text[4:6], UPPER)


def is_cfi(text):
    if not (len(text) == 6 and only(text, UPPER) and text[:2] in CFI):
        return False
    return all(c == "X" or c in allowed for c, allowed in zip(text[2:], CFI[text[:2]]))


def is_uti(text):
    return is_lei(text[:20]) and 21 <= len(text) <= 52 and only(text[20:], ALNUM)


STANDARD = {"isin": is_isin, "lei": is_lei, "dti": is_dti, "bic": is_bic, "cfi": is_cfi, "uti": is_uti,
            "mic": lambda text: len(text) == 4 and only(text, ALNUM)}


def standard(scheme, text):
    demand(STANDARD[scheme](text), "invalid_" + scheme, text)
    return text


def instrument(text):
    return standard("dti" if len(text) == 9 else "isin", text)


def text_id(scheme, text):
    """`text` may be octets of a message or a str (USTP-IDN-001)."""
    octets = text if isinstance(text, bytes) else text.encode()
    demand(len(octets) > 0, "missing_field", scheme)
    demand(len(octets) <= BOUNDS[scheme], "too_long", scheme)
    demand(all(0x21 <= c <= 0x7E and c not in (0x22, 0x5C) for c in octets), "invalid_character", scheme)
    return octets.decode()


def fixed(text, size):
    demand(len(text) % 2 == 0, "malformed_text")
    demand(all(c in "0123456789abcdefABCDEF" for c in text), "invalid_character")
    demand(len(text) == 2 * size, "malformed_text")
    return text.lower()


def identifier(scheme, text):
    if scheme == "instrument":
        return instrument(text)
    if scheme in STANDARD:
        return standard(scheme, text)
    if scheme in BOUNDS:
        return text_id(scheme, text)
    return fixed(text, {"transfer": 16, "hash": 32}[scheme])


# --- times ----------------------------------------------------------------------------------------------------------

def valid_day(year, month, day):
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def date(text):
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    demand(found, "invalid_time", text)
    parts = tuple(map(int, found.groups()))
    demand(valid_day(*parts), "invalid_time", text)
    return parts


def time(text):
    found = re.fullmatch(r"(.{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z", text)
    demand(found, "invalid_time", text)
    hour, minute, second = (int(found[i]) for i in (2, 3, 4))
    demand(hour <= 23 and minute <= 59 and second <= 59, "invalid_time", text)
    days = datetime.date(*date(found[1])).toordinal() - datetime.date(1970, 1, 1).toordinal()
    ns = (days * 86400 + hour * 3600 + minute * 60 + second) * 10**9 + int((found[5] or "0").ljust(9, "0"))
    demand(-(1 << 63) <= ns < 1 << 63, "invalid_time", text)
    return ns


def shown_time(ns):
    seconds, fraction = divmod(ns, 10**9)
    days, seconds = divmod(seconds, 86400)
    day = datetime.date.fromordinal(datetime.date(1970, 1, 1).toordinal() + days)
    text = f"{day.isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (("." + f"{fraction:09}".rstrip("0")) if fraction else "") + "Z"


# --- amounts --------------------------------------------------------------------------------------------------------

def count(text):
    demand(len(text) <= 100, "too_long")
    demand(re.fullmatch(r"0|[1-9][0-9]*", text, re.ASCII), "malformed_text", text)
    demand(int(text) <= U128, "overflow")
    return int(text)


def scale_of(scale):
    demand(scale <= MAX_SCALE, "out_of_range", "scale")
    return scale


def quantity(text, scale):
    scale_of(scale)
    demand(len(text) <= 100, "too_long")
    whole, point, places = text.partition(".")
    demand(not point or re.fullmatch(r"[0-9]+", places, re.ASCII), "malformed_text", text)
    units = count(whole)
    demand(not places[scale:].strip("0"), "inexact", text)
    units = units * 10**scale + int(places[:scale].ljust(scale, "0") or "0")
    demand(units <= U128, "overflow")
    return units


def shown_quantity(units, scale):
    text = str(units)
    if scale:
        text = text.rjust(scale + 1, "0")
        text = text[:-scale] + "." + text[-scale:]
    return {"units": str(units), "scale": scale, "text": text}


def ratio(value):
    token, security = int(value["token"]), int(value["security"])
    demand(token > 0 and security > 0 and math.gcd(token, security) == 1 and value["version"] > 0, "out_of_range", "ratio")
    return token, security


def converted(amount, by, to):
    demand(amount % by == 0, "inexact")
    demand(amount // by * to <= U128, "overflow")
    return amount // by * to


def combined(kind, a, b):
    demand(a["scale"] == b["scale"], "scale_mismatch")
    units = int(a["units"]) + int(b["units"]) if kind == "sum" else int(a["units"]) - int(b["units"])
    demand(units <= U128, "overflow")
    demand(units >= 0, "negative")
    return shown_quantity(units, a["scale"])


# --- texts of messages and statements -------------------------------------------------------------------------------

def text(octets, most, what):
    demand(len(octets) <= most, "too_long", what)
    try:
        found = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("invalid_character", what) from error
    demand(all(ord(c) >= 0x20 and ord(c) != 0x7F for c in found), "invalid_character", what)
    return found


def form(kind, given):
    """Judges a vector of this module's kinds; None for others."""
    if kind == "identifier":
        return {"text": identifier(given["scheme"], given["text"])}
    if kind == "time":
        ns = time(given["text"])
        return {"ns": str(ns), "text": shown_time(ns)}
    if kind == "date":
        return dict(zip(("year", "month", "day"), date(given["text"])))
    if kind == "count":
        return {"text": str(count(given["text"]))}
    if kind == "quantity":
        return shown_quantity(quantity(given["text"], given["scale"]), given["scale"])
    if kind in ("sum", "difference"):
        return combined(kind, given["a"], given["b"])
    if kind == "ratio":
        ratio(given)
        return given
    if kind == "to_base":
        token, security = ratio(given["ratio"])
        return {"base_units": str(converted(int(given["quantity"]["units"]), security, token))}
    if kind == "from_base":
        token, security = ratio(given["ratio"])
        scale_of(given["scale"])
        return shown_quantity(converted(int(given["base_units"]), token, security), given["scale"])
    return None
