"""The text timeline: the same rows in characters."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from building import Recording, by_task
from loopviz.events import StepEnd
from loopviz.exporters import ExportOptions
from loopviz.exporters.text import Text
from loopviz.timeline.axes import StepAxis, TimeAxis
from loopviz.timeline.glyphs import GLYPH_OF
from loopviz.timeline.layout import Layout
from loopviz.timeline.rows import RowKind, RowOptions, rows_of
from loopviz.trace.trace import Trace
from timeline.programs import programs


def drawn(trace: Trace, axis: str = "time", width: int | None = None, filter: str = "") -> list[str]:
    out = io.StringIO()
    Text().write(trace, out, ExportOptions(axis=axis, width=width, filter=filter))  # type: ignore[arg-type]
    return out.getvalue().split("\n")


def two_tasks() -> Recording:
    made = Recording(title="two.py", clock="virtual").loop_defined().loop_started(0)
    made.created(1, 0, "main").created(2, 1_000, "child", by=by_task(1))
    made.step(1, 0, 4_000).step(2, 5_000, 7_000, ready=1_000, by=by_task(1)).idle(8_000, 30_000)
    made.step(2, 31_000, 33_000, StepEnd.RETURNED, ready=30_500)
    return made.step(1, 34_000, 39_000, StepEnd.CANCELLED, ready=32_000).loop_stopped(40_000)


def test_a_label_that_is_cut_keeps_the_number_that_tells_it_from_others() -> None:
    made = Recording().loop_defined()
    for task in (1, 2):
        made.created(task, task, f"Task-{task}", coroutine="A.very_long_name_of_a_coroutine_that_many_tasks_run")
    labels = [line.split("  ")[0] for line in drawn(made.trace(), width=60) if "#" in line]
    assert labels == ["A.very_long_name_of_… #1", "A.very_long_name_of_… #2"]


def test_the_time_axis_is_drawn_to_scale() -> None:
    assert drawn(two_tasks().trace(), width=61) == [
        "two.py",
        "2 tasks · 4 steps · 40 µs · virtual clock · 1 µs/cell",
        "",
        "                 0         10 µs     20 µs     30 µs",
        "loop MainThread  ▄▄▄▄▄▄▄▄······················▄▄▄▄▄▄▄▄▄▄",
        "main             ████────────────────────────────▒▒████⊘",
        "└ child           ▒▒▒▒██───────────────────────░█✓",
        "                 0         10 µs     20 µs     30 µs",
        "",
        "─ suspended   ░ partly ready   ▒ ready   █ running",
        "✓ returned   ⊘ cancelled   · loop idle   ▄ loop busy",
        "",
    ]


def test_the_step_axis_gives_each_step_the_same_width() -> None:
    assert drawn(two_tasks().trace(), "steps", 38) == [
        "two.py",
        "2 tasks · 4 steps · 40 µs · virtual clock · 5 cells/step",
        "",
        "                 0    1    2    3    4",
        "loop MainThread  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "main             █████───────▒▒▒████⊘",
        "└ child           ▒▒▒▒█████████✓",
        "                 0    1    2    3    4",
        "",
        "─ suspended   ▒ ready   █ running",
        "✓ returned   ⊘ cancelled   ▄ loop busy",
        "",
    ]


@given(programs(), st.integers(30, 200), st.sampled_from(["time", "steps"]))
def test_no_line_is_wider_than_asked_for(made: Recording, width: int, axis: str) -> None:
    lines = drawn(made.trace(), axis, width)
    assert all(cell_len(line) <= width for line in lines[3:])
    assert all(line == line.rstrip() for line in lines)


@given(programs(), st.integers(60, 200), st.sampled_from(["time", "steps"]))
def test_it_shows_the_cells_of_the_layout(made: Recording, width: int, axis: str) -> None:
    trace = made.trace()
    rows = rows_of(trace, RowOptions(expanded=frozenset(trace.tasks)))
    lines = drawn(trace, axis, width)[4 : 4 + len(rows)]
    label = max((len(row.guide + row.label) for row in rows), default=0)
    axes = StepAxis(trace) if axis == "steps" else TimeAxis(trace)
    viewport = axes.viewport(width - label - 2)
    for row, line in zip(rows, lines, strict=True):
        cells = "".join(GLYPH_OF[code] for code in Layout(trace).cells(row, viewport, axes))
        assert line == f"{(row.guide + row.label).ljust(label)}  {cells}".rstrip()


@given(st.text(st.characters(exclude_categories=())))
def test_names_are_shown_and_not_obeyed(name: str) -> None:
    lines = drawn(Recording(title=name).created(1, 0, name, coroutine=name).step(1, 0, 10).trace())
    assert len(lines) == 10
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "".join(lines))
    "".join(lines).encode("utf-8")


@pytest.mark.parametrize("name", ["日本語の名前", "e\u0301te\u0301", "🐍🐍🐍", "x" * 300, "日" * 200])
def test_cells_stand_below_each_other_whatever_the_names(name: str) -> None:
    lines = drawn(Recording().created(1, 0, name).created(2, 0, "plain").step(1, 100, 200).step(2, 300, 400).trace())
    first = [cell_len(re.split("[▒█─]", line)[0]) for line in lines if name[:3] in line or line.startswith("plain")]
    assert len(first) == 2
    assert len(set(first)) == 1


def test_a_filter_leaves_what_it_matches() -> None:
    assert not any(line.startswith("└ child") for line in drawn(two_tasks().trace(), filter="main"))
    assert any(line.startswith("└ child") for line in drawn(two_tasks().trace(), filter="child"))


def test_calls_are_shown_where_there_are_few() -> None:
    few = Recording().created(1, 0, "main").call(1, 1, 5, "work", "3").trace()
    many = Recording().created(1, 0, "main")
    for number in range(1, 100):
        many.call(number, 1, 5, "work", "3")
    assert any("work(3)" in line for line in drawn(few))
    assert not any("work(3)" in line for line in drawn(many.trace()))


def test_an_empty_trace_says_so() -> None:
    assert drawn(Trace())[:2] == ["asyncio timeline", "0 tasks · 0 steps · 0 · 1 ns/cell"]


def test_a_task_row_ends_where_the_task_does() -> None:
    rows = [row for row in rows_of(two_tasks().trace()) if row.kind == RowKind.TASK]
    assert [row.label for row in rows] == ["main", "child"]
