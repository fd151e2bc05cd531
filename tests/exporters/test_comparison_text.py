"""A comparison as text: the table and the bands, in the columns there are."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task
from comparing import MS, at_once, compared, entrant, in_a_row
from loopviz.events import StepEnd
from loopviz.exporters import ExportOptions
from loopviz.exporters.aligning import width_of
from loopviz.exporters.comparison_text import ComparisonText
from loopviz.timeline.comparison import Band, Comparison, Entrant
from loopviz.timeline.outcomes import Outcome, not_run
from timeline.programs import programs


def drawn(comparison: Comparison, axis: str = "time", width: int | None = None) -> list[str]:
    out = io.StringIO()
    ComparisonText().write(comparison, out, ExportOptions(axis=axis, width=width))  # type: ignore[arg-type]
    return out.getvalue().split("\n")


def test_bands_stand_below_the_table_on_one_scale() -> None:
    assert drawn(compared("--items", "2", row=in_a_row(2), once=at_once((10 * MS, 8 * MS))), width=72) == [
        "row, once: --items 2",
        "time axis, 400 µs/cell; each begins with its first task",
        "",
        "program  makespan  speed-up  alive  peak  completed  outcome",
        "row         20 ms        1x      1     1  0 1        returned",
        "once        10 ms        2x    2.8     3  ≠ 1 0      returned",
        "",
        "program  tasks  steps  switches  loop busy  latency  worst",
        "row          1      3         0      4.9 %        0      0",
        "once         3      7         5      6.5 %        0   6 µs",
        "",
        "             0           5 ms         10 ms       15 ms        20 ms",
        "row          20 ms",
        "  main       ▌────────────────────────▌────────────────────────✓",
        "  ├ work(0)  ▌────────────────────────▌",
        "  └ work(1)                           ▌────────────────────────▌",
        "  printed                             ●                        ●",
        "             main: done 0 · done 1",
        "once         10 ms · 2x",
        "  main       ▌───────────────────▌────✓",
        "  ├ work(0)  ▌────────────────────────✓",
        "  └ work(1)  ▌───────────────────✓",
        "  printed                        ●    ●",
        "             main: got 1 · got 0",
        "             0           5 ms         10 ms       15 ms        20 ms",
        "",
        "─ suspended   ▌ partly running   ✓ returned",
        "● main prints   ○ another task prints",
        "≠: completed in another order than that of creation",
        "virtual clock: sleeps take no time, and every recorded fact counts 1 µs;",
        "latency and loop busy count facts, not the machine's time",
        "",
    ]


def test_the_step_axis_gives_each_step_the_same_width() -> None:
    lines = drawn(compared(row=in_a_row(2)), "steps", 60)
    assert "step axis, 10 cells/step; each begins with its first task" in lines
    assert f"  main       {'█' * 29}✓" in lines
    assert f"  └ work(1)  {' ' * 10}{'█' * 20}" in lines


def test_one_table_has_all_columns_where_there_is_room_and_two_where_not() -> None:
    comparison = compared(row=in_a_row(), once=at_once())
    wide, narrow = drawn(comparison, width=140), drawn(comparison, width=80)
    assert sum(line.startswith("program") for line in wide) == 1
    assert sum(line.startswith("program") for line in narrow) == 2
    assert max(map(width_of, narrow)) <= 80


def test_a_program_that_failed_or_is_missing_says_so_in_its_band() -> None:
    reason = "no scenario or file is called 'nosuch'; 'loopviz list' shows the scenarios"
    failed = Outcome("exit status 1", "exit status 1: ValueError: boom", False, 1)
    entrants = [
        entrant("once", at_once()), entrant("nosuch", None, not_run(reason)), entrant("failing", at_once(), failed),
    ]  # fmt: skip
    lines = drawn(Comparison(list(map(Band, entrants))), width=60)
    at = lines.index("nosuch")
    assert " ".join(line.strip() for line in lines[at + 1 : at + 3]) == reason
    assert lines[at + 3].startswith("failing")
    assert lines[at + 4].strip() == "exit status 1: ValueError: boom"
    assert lines[at + 5].startswith("  main")


def test_without_any_trace_there_is_no_axis() -> None:
    lines = drawn(compared(one=None, other=None))
    assert not any("axis" in line for line in lines)
    assert lines.count("one") == lines.count("other") == 1


def test_rows_beyond_the_most_are_counted() -> None:
    lines = drawn(compared(once=at_once((MS,) * 80)))
    assert sum("work(" in line for line in lines) == 59
    assert "21 more rows" in [line.strip() for line in lines]


def test_names_are_cut_and_made_visible() -> None:
    name = "\x1b[31m" + "漢" * 60
    made = Recording().created(1, 0, name).output(f"{name}\n", 5, by=by_task(1)).step(1, 0, 10, StepEnd.RETURNED)
    comparison = Comparison([Band(entrant(name, made))], [name])
    for width in (80, 120):
        lines = drawn(comparison, width=width)
        assert max(map(width_of, lines)) <= width
        assert all(line.isprintable() for line in lines)


@settings(max_examples=40)
@given(st.lists(programs(), min_size=1, max_size=3), st.integers(40, 160), st.sampled_from(["time", "steps"]))
def test_any_programs_fit_into_any_width(recordings: list[Recording], width: int, axis: str) -> None:
    entrants = [
        Entrant(f"run {number}", Outcome("unfinished", "main unfinished", False), recording.trace())
        for number, recording in enumerate(recordings)
    ]
    lines = drawn(Comparison(list(map(Band, entrants))), axis, width)
    last_table = max(place for place, line in enumerate(lines) if line.startswith("program "))
    bands = lines[last_table + len(entrants) + 2 :] if width < 80 else lines
    assert max(map(width_of, bands)) <= width
    assert all(line == line.rstrip() for line in lines)


def test_the_same_comparison_gives_the_same_text() -> None:
    assert drawn(compared(row=in_a_row(), once=at_once())) == drawn(compared(row=in_a_row(), once=at_once()))


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_picture_keeps_some_cells(width: int) -> None:
    lines = drawn(compared(row=in_a_row()), width=width)
    main = next(line for line in lines if line.startswith("  main"))
    assert len(main) > 20
