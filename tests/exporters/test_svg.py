"""The SVG timeline: well-formed, self-contained, complete, and small."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task, by_timer
from loopviz.events import RECORD, ChunkKind, RecordKind, StepEnd, WakeKind
from loopviz.exporters import ExportOptions
from loopviz.exporters.sheet import Sheet
from loopviz.exporters.svg import Svg
from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS
from loopviz.trace.lifecycle import State
from loopviz.trace.trace import Trace
from timeline.programs import programs

NAMESPACE = "{http://www.w3.org/2000/svg}"
AXES = ("time", "steps")
anything = st.text(st.characters(exclude_categories=()))
axes = pytest.mark.parametrize("axis", AXES)


def drawn(trace: Trace, axis: str = "time", width: int | None = None, filter: str = "") -> str:
    out = io.StringIO()
    Svg().write(trace, out, ExportOptions(axis=axis, width=width, filter=filter))  # type: ignore[arg-type]
    return out.getvalue()


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode("utf-8"))


def titles(text: str) -> list[str]:
    return [title.text or "" for title in parsed(text).iter(f"{NAMESPACE}title")]


def texts(text: str) -> list[str]:
    return [element.text or "" for element in parsed(text).iter(f"{NAMESPACE}text")]


def shapes(text: str, letter: str) -> list[ElementTree.Element]:
    """The bars and marks of a class."""
    return [element for element in parsed(text).iter() if letter in (element.get("class") or "").split()]


def sleeper() -> Recording:
    """``main`` creates ``nap``, which sleeps for a second; then both end."""
    made = Recording(title="naps.py").loop_defined().loop_started(0)
    site = made.chain(("nap", "naps.py", 4), ("sleep", "asyncio/tasks.py", 660))
    gathering = made.chain(("main", "naps.py", 9))
    made.created(1, 1_000, "main").created(2, 5_000, "nap", by=by_task(1))
    made.step(1, 2_000, 9_000, StepEnd.ON_GATHER, ready=1_000, target=1, site=gathering)
    made.timer(1, 12_000, 1_000_000_000, by=by_task(2))
    made.step(2, 10_000, 14_000, ready=5_000, by=by_task(1), site=site).idle(15_000, 1_000_012_000)
    made.step(2, 1_000_014_000, 1_000_016_000, StepEnd.RETURNED, ready=1_000_013_000, by=by_timer(1), result="42")
    made.step(1, 1_000_020_000, 1_000_030_000, StepEnd.RAISED, ready=1_000_015_000, by=by_task(2), result="ValueError")
    return made.loop_stopped(1_000_040_000)


@settings(max_examples=60)
@given(anything, anything, st.sampled_from(AXES))
def test_it_is_well_formed_whatever_things_are_called(name: str, value: str, axis: str) -> None:
    made = Recording(title=name).loop_defined(thread=name).created(1, 0, name, coroutine=value, arguments=value)
    made.call(1, 1, 5, value, name).step(1, 0, 10, site=made.chain((name, value, 3)), result=value)
    made.step(1, 1_000, 1_001, StepEnd.RAISED, result=value)
    parsed(drawn(made.trace(), axis))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>&\"'", "<b>&\"'"),
        ("]]>", "]]>"),
        ("bell\a and \x1b[31m", "bell\\x07 and \\x1b[31m"),
        ("two\nlines", "two\\nlines"),
        ("turn \u202eround", "turn \\u202eround"),
        ("half \ud800", "half \\ud800"),
        ("nothing \ufffe", "nothing \\ufffe"),
        ("日本語 Ω 🐍", "日本語 Ω 🐍"),
    ],
)
def test_names_are_shown_and_not_obeyed(name: str, shown: str) -> None:
    assert shown in texts(drawn(Recording().created(1, 0, name).step(1, 0, 10).trace()))


@settings(max_examples=40)
@given(programs(), st.sampled_from(AXES), st.integers(1, 3_000))
def test_everything_lies_on_the_sheet(made: Recording, axis: str, width: int) -> None:
    sheet = parsed(drawn(made.trace(), axis, width))
    right, bottom = float(sheet.get("width", "")), float(sheet.get("height", ""))
    for bar in sheet.iter(f"{NAMESPACE}rect"):
        if bar.get("width") != "100%":
            assert float(bar.get("x", "")) >= 0
            assert float(bar.get("x", "")) + float(bar.get("width", "")) <= right
            assert float(bar.get("y", "")) + float(bar.get("height", "")) <= bottom


@axes
def test_the_same_trace_gives_the_same_bytes(axis: str) -> None:
    assert drawn(sleeper().trace(), axis) == drawn(sleeper().trace(), axis)


@axes
def test_it_needs_nothing_from_outside(axis: str) -> None:
    text = drawn(sleeper().trace(), axis).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//|url\(|@import|@font-face|href|<script|<image|<foreignObject|<!", text)


def test_it_says_what_it_is_to_those_who_do_not_see_it() -> None:
    sheet = parsed(drawn(sleeper().trace()))
    assert sheet.get("role") == "img"
    named = {element.get("id"): element.text or "" for element in sheet if element.get("id")}
    assert [*named] == (sheet.get("aria-labelledby") or "").split()
    assert named["title"] == "naps.py"
    assert "2 tasks, 4 steps, 1 s" in named["desc"]


def test_it_has_colours_for_a_light_and_a_dark_ground() -> None:
    style = parsed(drawn(sleeper().trace())).find(f"{NAMESPACE}style")
    assert style is not None and style.text is not None
    light, dark = style.text.split("@media(prefers-color-scheme:dark)")
    assert GLYPHS[Cell.READY].on_light in light
    assert GLYPHS[Cell.READY].on_dark in dark


def test_a_title_tells_a_span_s_facts() -> None:
    told = titles(drawn(sleeper().trace()))
    assert "nap: suspended for 1 s\nfrom 14 µs to 1.000013 s\non sleep(1) at naps.py:4 in nap" in told
    assert "main: suspended for 1 s\nfrom 9 µs to 1.000015 s\non gather of 1 at naps.py:9 in main" in told
    assert "main: raised at 1.00003 s\nValueError" in told
    assert "nap: returned at 1.000016 s\n42" in told


def test_a_title_on_the_step_axis_tells_who_made_a_task_ready() -> None:
    told = titles(drawn(sleeper().trace(), "steps"))
    assert "nap: running for 4 µs\nfrom 10 µs to 14 µs\nmade ready by main" in told
    assert "nap: running for 2 µs\nfrom 1.000014 s to 1.000016 s\nmade ready by a timer" in told
    assert "main: ready, waits for its turn for 5 µs\nfrom 1.000015 s to 1.00002 s\nmade ready by nap" in told


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (WakeKind.IO, "I/O"),
        (WakeKind.THREAD, "another thread"),
        (WakeKind.OUTSIDE, "code outside of the loop"),
        (WakeKind.UNKNOWN, "something not recorded"),
    ],
)
def test_a_waker_that_is_no_task_has_a_name(kind: WakeKind, words: str) -> None:
    trace = Recording().created(1, 0).step(1, 5, 10).step(1, 50, 60, ready=40, by=(kind, 0)).trace()
    assert any(title.endswith(f"made ready by {words}") for title in titles(drawn(trace, "steps")))


def test_merged_steps_have_one_title() -> None:
    made = Recording().created(1, 0, "busy")
    for start in range(0, 1_000, 10):
        made.step(1, start, start + 5)
    told = titles(drawn(made.created(2, 10_000_000).trace()))
    parts = ["from 0 to 995 ns", "running 500 ns", "ready, waits for its turn 0", "suspended 495 ns"]
    assert "\n".join(["busy: 100 steps in 995 ns", *parts]) in told


def test_states_differ_in_height() -> None:
    text = drawn(sleeper().trace(), "steps")
    heights = {letter: {shape.get("height") for shape in shapes(text, letter)} for letter in "rqs"}
    assert all(len(found) == 1 for found in heights.values())
    assert len(set.union(*heights.values())) == 3


def test_the_legend_explains_what_occurs_and_nothing_else() -> None:
    words = texts(drawn(sleeper().trace(), "steps"))
    assert {"running", "ready", "suspended", "returned", "raised", "loop busy"} <= set(words)
    assert not {"cancelled", "unknown", "loop runs callbacks", "loop idle"} & set(words)
    assert "loop idle" in texts(drawn(sleeper().trace(), "time"))


def test_a_long_suspension_says_what_it_waits_on() -> None:
    assert {"sleep(1)", "gather of 1"} <= set(texts(drawn(sleeper().trace())))


def test_arrows_lead_to_whom_another_task_made_ready() -> None:
    text = drawn(sleeper().trace(), "steps")
    assert [shape.get("d", "").count("z") for shape in shapes(text, "w")] == [2]


def test_too_many_arrows_are_not_drawn() -> None:
    made = Recording().created(1, 0)
    for task in range(2, 200):
        made.created(task, task, by=by_task(1)).step(task, 1_000 * task, 1_000 * task + 10, ready=task, by=by_task(1))
    assert shapes(drawn(made.trace()), "w") == []


def test_a_filter_leaves_what_it_matches() -> None:
    words = texts(drawn(sleeper().trace(), filter="nap"))
    assert "nap" in words and "main" in words
    assert "nap" not in texts(drawn(sleeper().trace(), filter="main"))


def test_an_empty_trace_is_a_sheet_all_the_same() -> None:
    for axis in AXES:
        assert "0 tasks · 0 steps · 0" in texts(drawn(Trace(), axis))


def test_lost_records_are_told() -> None:
    assert any("7 records lost" in words for words in texts(drawn(sleeper().lost(7, "disk full").trace())))


def test_a_recording_that_is_not_whole_is_told_where_nobody_counted_what_is_missing() -> None:
    assert any("recording not whole" in words for words in texts(drawn(sleeper().lost(0, "it ended").trace())))


def test_rows_that_are_left_out_are_counted() -> None:
    made = Recording()
    for task in range(1, 2_501):
        made.created(task, task)
    assert "501 more rows are not drawn; a filter chooses which are" in texts(drawn(made.trace()))


def many_steps(tasks: int, steps: int) -> Trace:
    """Tasks that take turns."""
    data = bytearray()
    for task in range(1, tasks + 1):
        fields = (RecordKind.TASK_CREATED, WakeKind.OUTSIDE, 0, 0, task, 0, task, task, 0, 0, 0, 0)
        data += RECORD.pack(*fields)
    for step in range(steps):
        start_ns = 10_000 + step * 30_000
        end_ns = start_ns + 1_000 + step * 7919 % 20_000
        times = start_ns - 900, start_ns, end_ns
        data += RECORD.pack(RecordKind.STEP, 3, StepEnd.ON_FUTURE, 0, step * 31 % tasks + 1, *times, 0, 0, 0, 0)
    trace = Trace()
    trace.feed(ChunkKind.RECORDS, 1, bytes(data))
    return trace


@axes
@pytest.mark.parametrize("tasks", [1, 100, 5_000])
def test_a_hundred_thousand_spans_stay_below_three_megabytes(tasks: int, axis: str) -> None:
    trace = many_steps(tasks, 33_400)
    assert sum(task.span_count for task in trace.tasks.values()) > 100_000
    text = drawn(trace, axis)
    assert len(text.encode()) < 3_000_000
    parsed(text)


def green(text: str) -> dict[float, list[tuple[float, float]]]:
    """By height: the stretches that are drawn as running."""
    found: dict[float, list[tuple[float, float]]] = {}
    for shape in shapes(text, "r"):
        boxes = [(shape.get("x", ""), shape.get("y", ""), shape.get("width", ""))]
        if shape.tag.endswith("path"):
            boxes = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", shape.get("d", ""))
        for x, y, width in boxes:
            found.setdefault(float(y), []).append((float(x), float(x) + float(width)))
    return found


def test_no_step_of_a_crowd_disappears() -> None:
    trace = many_steps(40, 20_000)
    text = drawn(trace)
    sheet = Sheet(trace, ExportOptions())
    rows = sorted((y, sorted(stretches)) for y, stretches in green(text).items() if y > sheet.middles[0])
    assert len(rows) == 40
    for task, (_, stretches) in zip(trace.tasks.values(), rows, strict=True):
        for boundary in task.boundaries:
            if boundary & 7 == State.RUNNING:
                x = sheet.x(boundary >> 3)
                place = bisect_right(stretches, (x + 0.06, float("inf"))) - 1
                assert stretches[place][1] > x - 0.06
