"""What a reader refuses, and the bounds that most kinds share."""


class Fault(Exception):
    """A refusal under one of the codes of registry/errors.csv."""

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}")
        self.code = code


def demand(holds, code, detail=""):
    if not holds:
        raise Fault(code, detail)


U128 = (1 << 128) - 1


def shown_octets(octets):
    """Hexadecimal; runs of more than 48 equal octets as [octet, times] (vectors/README.md)."""
    parts, start, at = [], 0, 0
    while at < len(octets):
        end = at
        while end < len(octets) and octets[end] == octets[at]:
            end += 1
        if end - at > 48:
            if at > start:
                parts.append(octets[start:at].hex())
            parts.append([octets[at:at + 1].hex(), end - at])
            start = end
        at = end
    if not parts:
        return octets.hex()
    if start < len(octets):
        parts.append(octets[start:].hex())
    return parts


def octets_of(value):
    if isinstance(value, str):
        return bytes.fromhex(value)
    return b"".join(bytes.fromhex(part) if isinstance(part, str) else bytes.fromhex(part[0]) * part[1] for part in value)
