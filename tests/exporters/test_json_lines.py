"""The JSON Lines format: what its documentation says, on every line."""

from __future__ import annotations

import io
import json
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task, everything
from loopviz.events import StepEnd
from loopviz.exporters import json_lines
from loopviz.exporters.base import ExportOptions
from loopviz.exporters.json_lines import JsonLines
from loopviz.trace.trace import Trace
from simulating import simulate

TABLE_LINE = re.compile(r"^    (\w+) +(.*)$", re.MULTILINE)
TYPES: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "text": str,
    "boolean": bool,
    "list": list,
    "null": type(None),
}


def written(trace: Trace) -> str:
    out = io.StringIO()
    JsonLines().write(trace, out, ExportOptions())
    return out.getvalue()


def lines(recording: Recording, note: str | None = None) -> list[dict[str, Any]]:
    trace = recording.trace()
    trace.note = note
    return [json.loads(line) for line in written(trace).splitlines()]


def documented() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """From the module's docstring: the fields of each event, in order, and the types of each field."""
    text = json_lines.__doc__ or ""
    every, events, origin, others = re.split(
        r"^(?:The fields of each event|ORIGIN stands|The other fields)", text, flags=re.M
    )
    types = {
        name: re.split(r"\s{2,}", rest)[0].split(", ")
        for table in (every, origin, others)
        for name, rest in TABLE_LINE.findall(table)
    }
    common, by = ([name for name, _ in TABLE_LINE.findall(table)] for table in (every, origin))
    fields = {
        event: [*common, *(field for word in rest.split() for field in (by if word == "ORIGIN" else [word]))]
        for event, rest in TABLE_LINE.findall(re.sub(r"\n {5,}", " ", events))
    }
    return fields, types


def test_every_event_has_the_fields_that_are_documented_in_their_order() -> None:
    fields, _ = documented()
    seen: dict[str, set[tuple[str, ...]]] = {}
    for line in lines(everything(), note="cut off"):
        seen.setdefault(line["event"], set()).add(tuple(line))
    assert seen == {event: {tuple(names)} for event, names in fields.items()}


def test_every_field_has_the_type_that_is_documented() -> None:
    _, types = documented()
    for line in lines(everything(), note="cut off"):
        for name, value in line.items():
            allowed = [TYPES[word] for word in types[name]]
            assert type(value) in allowed, f"{line['event']}.{name} is {value!r}"


def test_every_documented_field_is_used() -> None:
    fields, types = documented()
    assert {name for names in fields.values() for name in names} == set(types)


@settings(max_examples=30)
@given(st.integers(0, 10**9).map(Random))
def test_every_event_of_any_trace_is_a_line_and_times_never_fall(random: Random) -> None:
    simulated = simulate(random, loops=2)
    told = lines(simulated.recording)
    assert len(told) == len(simulated.truth)
    assert [line["t"] for line in told] == [event[0] for event in simulated.truth]


def test_a_line_looks_as_documented() -> None:
    made = Recording().created(3, 5).step(3, 10, 20, StepEnd.ON_GATHER, target=2)
    assert written(made.trace()).splitlines()[-1] == (
        '{"t": 20, "event": "task_suspended", "loop": 1, "task": 3, "wait": "gather", "words": "gather of 2", '
        '"wait_task": null, "wait_count": 2, "delay_ns": null, "yielded": false, "ran_ns": 10, "frames": []}'
    )


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_name_and_output_make_plain_ascii_lines(name: str, text: str) -> None:
    recording = Recording().created(1, 0, name or "x").output(text, 5, by=by_task(1))
    told = written(recording.trace())
    assert told.isascii() and all(character.isprintable() or character == "\n" for character in told)
    assert told.count("\n") == 3
    by_event = {line["event"]: line for line in map(json.loads, told.splitlines())}
    if not re.search("[\ud800-\udfff]", name + text):
        assert (by_event["task_created"]["name"], by_event["output"]["text"]) == (name or "x", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\udc80", "\\udc80"),
        ("\ud83d", "\\ud83d"),
        ("\U0001f600\udc80", "\U0001f600\\udc80"),
        ("\ud83d\U0001f600", "\\ud83d\U0001f600"),
        ("\\ud800", "\\ud800"),
        ("\\\udc80", "\\\\udc80"),
        ("\x00\x1b[31m\x85\u2028", "\x00\x1b[31m\x85\u2028"),
    ],
)
def test_half_a_surrogate_pair_becomes_six_plain_characters(text: str, expected: str) -> None:
    (line,) = lines(Recording().output(text, 5))
    assert line["text"] == expected


def test_what_is_missing_is_told_first_by_its_reason_and_a_file_that_is_not_whole_last() -> None:
    made = Recording().lost(3, "bounded").lost(4, "disk full").lost(5, "bounded").mark("here", 5)
    assert lines(made, note="cut off: its last 20 bytes are an incomplete chunk and were left out") == [
        {"t": 0, "event": "records_lost", "loop": None, "task": None, "records": 8, "reason": "bounded"},
        {"t": 0, "event": "records_lost", "loop": None, "task": None, "records": 4, "reason": "disk full"},
        *lines(Recording().mark("here", 5)),
        {
            "t": 5,
            "event": "trace_incomplete",
            "loop": None,
            "task": None,
            "reason": "cut off: its last 20 bytes are an incomplete chunk and were left out",
        },
    ]


def test_the_same_trace_gives_the_same_text() -> None:
    assert written(everything().trace()) == written(everything().trace())


def test_lines_are_written_as_they_are_made() -> None:
    class Watched(io.StringIO):
        longest = 0

        def write(self, text: str) -> int:
            self.longest = max(self.longest, text.count("\n"))
            return super().write(text)

    out = Watched()
    JsonLines().write(everything().trace(), out, ExportOptions())
    assert out.longest == 1


def test_an_empty_trace_is_no_lines() -> None:
    assert written(Trace()) == ""
