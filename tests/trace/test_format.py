"""The documentation of the trace file is enough to read one, and says what is so."""

from __future__ import annotations

import inspect
import json
import re
import struct
from zlib import crc32

from building import everything
from loopviz import events
from loopviz.trace.records import Raw

SIZES = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q"}
LAYOUTS = {"header": events.HEADER, "chunk": events.CHUNK, "definition": events.DEFINITION, "record": events.RECORD}


def documented(what: str) -> tuple[str, list[str]]:
    """The layout of a part of the file as the docstring gives it: struct's letters, and the fields' names."""
    (text,) = re.findall(rf"^    {what} +(.*(?:\n      +.*)*)", events.__doc__ or "", re.MULTILINE)
    fields = re.findall(r"(8 bytes|u\d+) ([\w ]+)", text)
    return "<" + "".join("8s" if size == "8 bytes" else SIZES[size] for size, _ in fields), [name for _, name in fields]


def test_the_documented_layouts_are_those_in_use() -> None:
    for what, layout in LAYOUTS.items():
        letters, _ = documented(what)
        assert (what, struct.calcsize(letters)) == (what, layout.size)
        zeros = bytes(layout.size)
        assert struct.unpack(letters, zeros) == layout.unpack(zeros)


def test_the_documented_fields_of_a_record_are_those_that_are_read() -> None:
    assert tuple(documented("record")[1]) == Raw._fields


def test_a_reader_made_from_the_documentation_alone_reads_a_file() -> None:
    data = everything().file()
    magic, version, _zero, length = struct.unpack_from(documented("header")[0], data)
    assert (magic, version) == (b"LOOPVIZ\0", 2)
    position = 16 + length
    assert json.loads(data[16:position])["origin_ns"] == 5_000_000_000
    kinds, texts = [], {}
    while position < len(data):
        size, kind, _loop, checksum = struct.unpack_from(documented("chunk")[0], data, position)
        payload = data[position + 16 : position + 16 + size]
        assert crc32(data[position : position + 12] + payload) == checksum
        position += 16 + size
        if kind == 1:
            kinds += [fields[0] for fields in struct.iter_unpack(documented("record")[0], payload)]
        at = 0
        while kind == 2 and at < len(payload):
            defined, number, body_size = struct.unpack_from(documented("definition")[0], payload, at)
            if defined == 1:
                texts[number] = payload[at + 9 : at + 9 + body_size].decode("utf-8", "surrogatepass")
            at += 9 + body_size
    trace = everything().trace()
    assert kinds == [raw.kind for raw in trace.records]
    assert texts == trace.definitions.texts


def test_every_kind_of_record_says_which_fields_it_uses() -> None:
    source = inspect.getsource(events.RecordKind)
    for kind in events.RecordKind:
        (comment,) = re.findall(rf"((?:    #:.*\n)+)    {kind.name} = {kind.value}\n", source)
        assert re.search(r"\b(who|by|start_ns)\b", comment), kind.name
