"""FlatBuffers by the schemas of spec/schema: verify and read (chapter 03, section 3), and build with the flatbuffers package.

A table becomes a dict of its fields by name; an absent field has its default (USTP-MSG-018). Structs become: Hash and Id16
octets, Quantity (units, scale), Date (year, month, day).
"""
import re
import struct

import flatbuffers

from faults import demand, octets_of, shown_octets

SCALARS = {"bool": ("?", 1), "ubyte": ("B", 1), "short": ("<h", 2), "ushort": ("<H", 2), "uint": ("<I", 4),
           "long": ("<q", 8), "ulong": ("<Q", 8)}
MAX_DEPTH = 16


class Schema:
    def __init__(self, folder, name):
        self.tables, self.structs, self.unions = {}, {}, {}
        self.identifier = self.root = None
        self._load(folder, name)

    def _load(self, folder, name):
        text = re.sub(r"//[^\n]*", "", (folder / name).read_text(encoding="utf-8"))
        for other in re.findall(r'include\s+"([^"]+)"', text):
            self._load(folder, other)
        for kind, title, body in re.findall(r"(struct|table|union)\s+(\w+)\s*\{([^}]*)\}", text):
            if kind == "union":
                self.unions[title] = [word.strip() for word in body.split(",")]
                continue
            fields = []
            for field, of, options in re.findall(r"(\w+)\s*:\s*([\w\[\]:]+)\s*(?:\(([^)]*)\))?\s*;", body):
                number = re.search(r"id:\s*(\d+)", options or "")
                fields.append((int(number[1]) if number else len(fields), field, of, "required" in (options or "")))
            if kind == "struct":
                self.structs[title] = self._layout(fields)
            else:
                self.tables[title] = sorted(fields)
        for key, value in re.findall(r"(root_type|file_identifier)\s+\"?(\w+)\"?\s*;", text):
            if key == "root_type":
                self.root = value
            else:
                self.identifier = value.encode()

    @staticmethod
    def _layout(fields):
        """(size, alignment, struct format)"""
        if len(fields) == 1 and fields[0][2].startswith("[ubyte:"):
            return int(fields[0][2][7:-1]), 1, None
        form, align = "<", 1
        for _, _, of, _ in fields:
            code, width = SCALARS[of]
            form += code.strip("<")
            align = max(align, width)
        return struct.calcsize(form), align, form

    # --- verifying and reading -------------------------------------------------------------------------------------

    def read(self, octets, max_tables=256):
        demand(len(octets) >= 12, "frame_truncated", "less than 12 octets")
        declared = 4 + int.from_bytes(octets[:4], "little")
        demand(declared <= len(octets), "frame_truncated")
        demand(declared >= len(octets), "buffer_trailing")
        demand(octets[8:12] == self.identifier, "frame_magic")
        return Walk(self, octets, max_tables).table(self.root, 4, 1)

    # --- showing and taking back -----------------------------------------------------------------------------------

    def shown(self, table, value):
        """In the forms of vectors/README.md."""
        if value is None:
            return None
        out = {}
        fields = self.tables[table]
        for _, name, of, _ in fields:
            if of in self.unions:
                out[name + "_type"] = value[name + "_type"]
                out[name] = self.shown(self.unions[of][value[name + "_type"] - 1], value[name])
            else:
                out[name] = self._shown(of, value[name])
        return out

    def _shown(self, of, value):
        if of in self.tables:
            return self.shown(of, value)
        if of == "[ubyte]":
            return shown_octets(value)
        if of.startswith("["):
            return [self._shown(of[1:-1], one) for one in value]
        if of in ("long", "ulong"):
            return str(value)
        if of == "Quantity":
            return {"units": str(value[0]), "scale": value[1]}
        if of == "Date":
            return "" if value == (0, 0, 0) else "%04d-%02d-%02d" % value
        if of in self.structs:
            return value.hex()
        return value

    # --- building ---------------------------------------------------------------------------------------------------

    def build(self, shown):
        builder = flatbuffers.Builder(1024)
        root = self._build(builder, self.root, shown)
        builder.FinishSizePrefixed(root, self.identifier)
        return bytes(builder.Output())

    def _build(self, builder, table, shown):
        fields, parts = self.tables[table], {}
        for number, name, of, required in fields:
            value = shown[name]
            if of in self.unions:
                parts[number] = self._build(builder, self.unions[of][shown[name + "_type"] - 1], value)
            elif of in self.tables:
                if value is not None:
                    parts[number] = self._build(builder, of, value)
            elif of == "string":
                if value or required:
                    parts[number] = builder.CreateString(value)
            elif of == "[ubyte]":
                octets = octets_of(value)
                builder.StartVector(1, len(octets), 8)  # nested buffers keep their alignment
                builder.head -= len(octets)
                builder.Bytes[builder.Head():builder.Head() + len(octets)] = octets
                parts[number] = builder.EndVector()
            elif of.startswith("["):
                parts[number] = self._build_list(builder, of[1:-1], value)
        builder.StartObject(max(number for number, *_ in fields) + 1 if fields else 0)
        for number, name, of, _ in fields:
            if number in parts:
                builder.PrependUOffsetTRelativeSlot(number, parts[number], 0)
                if of in self.unions:
                    builder.PrependUint8Slot(number - 1, shown[name + "_type"], 0)
            elif of in self.structs:
                builder.PrependStructSlot(number, self._struct(builder, of, shown[name]), 0)
            elif of in SCALARS:
                self._scalar(builder, number, of, shown[name])
        return builder.EndObject()

    def _build_list(self, builder, of, values):
        if of in self.structs:
            size, align, _ = self.structs[of]
            builder.StartVector(size, len(values), align)
            for value in reversed(values):
                self._struct(builder, of, value)
            return builder.EndVector()
        offsets = [self._build(builder, of, value) for value in values]
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return builder.EndVector()

    def _struct(self, builder, of, shown):
        size, align, form = self.structs[of]
        if of == "Quantity":
            units = int(shown["units"])
            octets = struct.pack(form, units >> 64, units & (1 << 64) - 1, shown["scale"])
        elif of == "Date":
            octets = struct.pack(form, *((int(part) for part in shown.split("-")) if shown else (0, 0, 0)))
        else:
            octets = bytes.fromhex(shown)
        builder.Prep(align, size)
        builder.head -= size
        builder.Bytes[builder.Head():builder.Head() + size] = octets
        return builder.Offset()

    @staticmethod
    def _scalar(builder, number, of, value):
        slot = {"bool": builder.PrependBoolSlot, "ubyte": builder.PrependUint8Slot, "ushort": builder.PrependUint16Slot,
                "uint": builder.PrependUint32Slot, "long": builder.PrependInt64Slot, "ulong": builder.PrependUint64Slot}[of]
        slot(number, int(value) if of != "bool" else value, 0)


class Walk:
    """One pass over a buffer that checks every place before it is read (USTP-MSG-017)."""

    def __init__(self, schema, octets, max_tables):
        self.schema, self.octets, self.left = schema, octets, max_tables

    def at(self, place, form, width, align=None):
        demand(place % (align or width) == 0 and 0 <= place and place + width <= len(self.octets), "buffer_invalid",
               f"octet {place}")
        return struct.unpack_from(form, self.octets, place)[0]

    def follow(self, place):
        offset = self.at(place, "<I", 4)
        demand(0 < offset < 1 << 31 and place + offset < len(self.octets), "buffer_invalid", f"offset at {place}")
        return place + offset

    def table(self, name, place, depth):
        """`place` holds the offset of the table."""
        start = self.follow(place)
        self.left -= 1
        demand(depth <= MAX_DEPTH and self.left >= 0, "buffer_invalid", "too deep or too many tables")
        vtable = start - self.at(start, "<i", 4)
        size = self.at(vtable, "<H", 2)
        demand(size % 2 == 0 and size >= 4 and vtable + size <= len(self.octets), "buffer_invalid", "vtable")
        entry = lambda number: self.at(vtable + 4 + 2 * number, "<H", 2) if 4 + 2 * number < size else 0
        out = {}
        for number, field, of, required in self.schema.tables[name]:
            offset = entry(number)
            demand(offset != 0 or not required, "buffer_invalid", f"{name}.{field} is required")
            if of in self.schema.unions:
                kind = entry(number - 1)
                kind = self.at(start + kind, "B", 1) if kind else 0
                out[field + "_type"] = kind
                known = self.schema.unions[of]
                out[field] = self.table(known[kind - 1], start + offset, depth + 1) if 1 <= kind <= len(known) and offset else None
            else:
                out[field] = self.value(of, start + offset, depth) if offset else self.default(of)
        return out

    def default(self, of):
        if of in self.schema.tables:
            return None
        if of == "string":
            return b""
        if of == "[ubyte]":
            return b""
        if of.startswith("["):
            return []
        if of in self.schema.structs:
            return {"Quantity": (0, 0), "Date": (0, 0, 0)}.get(of, bytes(self.schema.structs[of][0]))
        return False if of == "bool" else 0

    def value(self, of, place, depth):
        if of in SCALARS:
            return self.at(place, *SCALARS[of])
        if of in self.schema.structs:
            return self.struct(of, place)
        if of in self.schema.tables:
            return self.table(of, place, depth + 1)
        start = self.follow(place)
        count = self.at(start, "<I", 4)
        if of in ("string", "[ubyte]"):
            demand(start + 4 + count <= len(self.octets), "buffer_invalid", "reaches outside")
            if of == "string":
                end = start + 4 + count
                demand(end < len(self.octets) and self.octets[end] == 0, "buffer_invalid", "no zero after a text")
            return self.octets[start + 4:start + 4 + count]
        inner = of[1:-1]
        width = self.schema.structs[inner][0] if inner in self.schema.structs else 4
        demand(start + 4 + count * width <= len(self.octets), "buffer_invalid", "reaches outside")
        return [self.value(inner, start + 4 + i * width, depth) for i in range(count)]

    def struct(self, of, place):
        size, align, form = self.schema.structs[of]
        demand(place % align == 0 and place + size <= len(self.octets), "buffer_invalid", of)
        if form is None:
            return self.octets[place:place + size]
        held = struct.unpack_from(form, self.octets, place)
        return (held[0] << 64 | held[1], held[2]) if of == "Quantity" else held
