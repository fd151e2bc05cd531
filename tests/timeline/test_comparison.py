"""Bands: each from its own zero, all on one scale, with the figures and rows that tell programs apart."""

from __future__ import annotations

from itertools import pairwise
from math import floor

import pytest
from hypothesis import given, settings

from building import Recording, by_callback, by_task
from comparing import BEFORE, MS, at_once, compared, entrant, in_a_row
from loopviz.events import Flag, StepEnd
from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.cells import Cell
from loopviz.timeline.comparison import Band, Comparison, Entrant
from loopviz.timeline.comparison_axis import BandAxis
from loopviz.timeline.outcomes import Outcome, pending
from loopviz.timeline.rows import RowKind
from loopviz.trace.statistics import Statistics
from timeline.programs import programs

FAILED = Outcome("exit status 1", "exit status 1", False, 1)


def test_a_band_begins_with_the_first_task_and_ends_with_the_last() -> None:
    band = Band(entrant("row", in_a_row()))
    assert (band.begin_ns, band.end_ns) == (BEFORE, BEFORE + 30 * MS + 4_000)
    axis = band.axis("time")
    assert axis.position(BEFORE) == 0
    assert axis.extent == 30 * MS + 4_000
    assert axis.time_at(5.0) == BEFORE + 5
    assert axis.reached_at(0) == BEFORE


def test_on_the_step_axis_the_first_tasks_first_step_is_at_zero_and_no_callback_before_it() -> None:
    made = Recording().loop_defined().loop_started(0).callback(1, 10, 20).callback(2, 30, 40)
    made.created(1, 50).step(1, 60, 70).step(1, 80, 90, StepEnd.RETURNED)
    axis = Band(entrant("late", made)).axis("steps")
    assert (axis.position(60), axis.position(80), axis.extent) == (0.0, 1.0, 2.0)
    assert axis.position(15) < 0


def test_a_callback_that_created_the_first_task_is_the_bands_first_step() -> None:
    made = Recording().loop_defined().created(1, 15, by=by_callback(1)).callback(1, 10, 20)
    axis = Band(entrant("called", made.step(1, 60, 70, StepEnd.RETURNED))).axis("steps")
    assert (axis.position(10), axis.position(15), axis.position(60)) == (0.0, 0.5, 1.0)


@settings(max_examples=60)
@given(programs())
def test_an_axis_of_a_band_is_that_of_its_trace_moved(recording: Recording) -> None:
    trace = recording.trace()
    statistics = Statistics(trace)
    inners: tuple[Axis, ...] = (TimeAxis(trace), StepAxis(trace))
    for inner in inners:
        axis = BandAxis(inner, statistics.begin_ns, statistics.end_ns)
        zero = floor(inner.position(statistics.begin_ns))
        times = [statistics.begin_ns, statistics.end_ns, (statistics.begin_ns + statistics.end_ns) // 2]
        assert [axis.position(time) + zero for time in times] == [inner.position(time) for time in times]
        assert list(axis.positions(times)) == [axis.position(time) for time in times]
        assert 0 <= axis.position(statistics.begin_ns) < 1
        assert axis.extent > 0
        for position in (0.0, axis.extent / 3, axis.extent):
            assert axis.reached_at(position) == inner.reached_at(position + zero)
            assert axis.time_at(position) == inner.time_at(position + zero)


def test_figures_are_those_of_the_programs_own_tasks() -> None:
    figures = Band(entrant("once", at_once((10 * MS, 10 * MS)))).figures
    assert figures is not None
    assert (figures.tasks, figures.peak_concurrency) == (3, 3)
    assert figures.makespan_ns == 10 * MS + 7_000
    assert 2.9 < figures.mean_concurrency <= 3


def test_a_speed_up_is_over_the_first_program() -> None:
    comparison = compared(row=in_a_row(), once=at_once())
    row, once = comparison.bands
    assert row.figures is not None
    assert once.figures is not None
    assert comparison.speed_up(row) == 1
    assert comparison.speed_up(once) == row.figures.makespan_ns / once.figures.makespan_ns > 2.9


@pytest.mark.parametrize("failed", [0, 1])
def test_a_program_that_failed_has_no_speed_up_and_gives_none(failed: int) -> None:
    entrants = [entrant("row", in_a_row()), entrant("once", at_once())]
    entrants[failed] = entrant("failed", at_once(), FAILED)
    comparison = Comparison(list(map(Band, entrants)))
    assert comparison.speed_up(comparison.bands[1]) is None
    assert not comparison.is_good


def test_a_program_that_was_not_run_has_no_figures_and_takes_no_room() -> None:
    comparison = compared(once=at_once(), missing=None)
    missing = comparison.bands[1]
    assert (missing.figures, missing.items.all, missing.all_rows, missing.printed) == (None, (), [], [])
    assert comparison.speed_up(missing) is None
    assert comparison.widest("time") is comparison.bands[0].axis("time")
    assert not comparison.is_good


def test_what_has_not_ended_is_pending_and_no_success_yet() -> None:
    band = Band(entrant("later", None, pending("recording")))
    assert band.outcome.is_pending
    assert not Comparison([band]).is_good


@pytest.mark.parametrize("axis", ["time", "steps"])
def test_all_bands_fit_into_one_viewport(axis: str) -> None:
    comparison = compared(row=in_a_row(5), once=at_once())
    viewport = comparison.viewport(axis, 70)
    extents = [band.axis(axis).extent for band in comparison.bands]
    assert viewport.left == 0
    assert viewport.right >= max(extents)
    assert comparison.widest(axis).extent == max(extents)


def test_awaits_in_a_row_are_stairs_and_tasks_at_once_a_stack() -> None:
    comparison = compared(row=in_a_row(), once=at_once())
    viewport = comparison.viewport("time", 60)

    def first_and_last(band: Band) -> list[tuple[int, int]]:
        rows = [row for row in band.all_rows if row.label.startswith("work")]
        painted = [band.layout.cells(row, viewport, band.axis("time")) for row in rows]
        return [(len(cells) - len(cells.lstrip(b"\0")), len(cells.rstrip(b"\0"))) for cells in painted]

    stairs, stack = map(first_and_last, comparison.bands)
    assert [first for first, _last in stairs] == sorted({first for first, _last in stairs})
    assert all(here[1] - 1 <= after[0] for here, after in pairwise(stairs))
    assert len(stack) == 3
    assert len(set(stack)) == 1


def test_rows_are_tasks_and_their_calls_without_loop_and_housekeeping() -> None:
    row, once = compared(row=in_a_row(2), once=at_once((MS, MS))).bands
    assert [(one.kind, one.label) for one in row.all_rows] == [
        (RowKind.TASK, "main"),
        (RowKind.CALL, "work(0)"),
        (RowKind.CALL, "work(1)"),
    ]
    assert [one.label for one in once.all_rows] == ["main", "work(0)", "work(1)"]


def test_calls_of_a_task_that_creates_others_are_left_out() -> None:
    made = Recording().loop_defined().created(1, 0, "main").created(2, 5, "child", by=by_task(1))
    made.call(1, 1, 6, "nap").call(2, 2, 20, "nap")
    band = Band(entrant("both", made.step(1, 2, 10).step(2, 15, 25)))
    assert [one.label for one in band.all_rows] == ["main", "child", "nap()"]


def test_loops_are_listed_where_there_are_several() -> None:
    made = Recording().loop_defined(1).loop_defined(2, thread="other").created(1, 0, "a").step(1, 0, 1)
    band = Band(entrant("loops", made.on(2).created(2, 5, "b").step(2, 6, 7)))
    assert [row.label for row in band.all_rows] == ["loop MainThread", "a", "loop other", "b"]


def test_rows_beyond_the_most_are_counted() -> None:
    rows, left_out = Band(entrant("once", at_once((MS,) * 30))).rows(10)
    assert (len(rows), left_out) == (10, 21)


def test_no_cell_is_painted_past_the_last_task() -> None:
    band = Band(entrant("once", at_once()))
    viewport = band.axis("time").viewport(50)
    cells = [band.layout.cells(row, viewport, band.axis("time")) for row in band.all_rows]
    last = viewport.cells_to(band.axis("time").extent) - 1
    assert {max(place for place, cell in enumerate(row) if cell) for row in cells} == {last}
    assert all(row[last] == Cell.RETURNED for row in cells)


def test_printed_lines_know_when_and_whether_main_printed_them() -> None:
    band = Band(entrant("once", at_once((2 * MS, MS))))
    assert [(line.text, line.by_main, line.task) for line in band.printed] == [
        ("done 1", False, 3),
        ("got 1", True, 1),
        ("done 0", False, 2),
        ("got 0", True, 1),
    ]
    assert [line.t_ns for line in band.printed] == sorted(line.t_ns for line in band.printed)


def test_what_is_printed_before_the_first_task_and_after_the_last_is_no_part_of_the_band() -> None:
    made = Recording().output("before\n", 5).created(1, 10).output("within\n", 25, by=by_task(1))
    made.step(1, 20, 30, StepEnd.RETURNED).output("after\n", 40)
    assert [line.text for line in Band(entrant("prints", made)).printed] == ["within"]


def test_stretches_are_lives_on_the_time_axis_and_steps_on_the_step_axis() -> None:
    row, once = compared(row=in_a_row(2), once=at_once((MS, MS))).bands
    assert row.stretches("time") == [[(0.0, 10 * MS + 4_000)], [(10 * MS, 20 * MS + 4_000)]]
    assert row.stretches("steps") == [[(0.0, 1.0), (1.0, 2.0)], [(1.0, 2.0), (2.0, 3.0)]]
    assert [[(start, end - start) for start, end in item] for item in once.stretches("steps")] == [
        [(1.0, 1.0), (3.0, 1.0)],
        [(2.0, 1.0), (5.0, 1.0)],
    ]


def test_a_program_without_items_has_the_stretch_of_its_main_task() -> None:
    band = Band(entrant("one", Recording().created(1, 10).step(1, 20, 30, StepEnd.RETURNED)))
    assert band.stretches("time") == [[(0.0, 20.0)]]


def test_an_unfinished_item_lasts_to_the_end_of_its_band() -> None:
    made = Recording().created(1, 0).created(2, 1, by=by_task(1)).step(2, 2, 3).step(1, 5, 9, StepEnd.RETURNED)
    assert Band(entrant("open", made.mark("later", 100))).stretches("time") == [[(1.0, 100.0)]]


def test_an_eager_task_is_a_row_and_an_item_like_any_other() -> None:
    made = Recording().created(1, 0, "main").created(2, 20, "eager", by=by_task(1), flags=Flag.EAGER)
    made.step(2, 20, 30, StepEnd.RETURNED, eager=True, by=by_task(1)).step(1, 10, 40, StepEnd.RETURNED, ready=0)
    band = Band(entrant("eager", made))
    assert [row.label for row in band.all_rows] == ["main", "eager"]
    assert band.items.completion == (0,)


@settings(max_examples=60)
@given(programs())
def test_a_band_can_be_made_of_any_program(recording: Recording) -> None:
    trace = recording.trace()
    band = Band(Entrant("any", FAILED, trace))
    comparison = Comparison([band, band])
    for axis in ("time", "steps"):
        viewport = comparison.viewport(axis, 40)
        for row in band.all_rows:
            assert len(band.layout.cells(row, viewport, band.axis(axis))) == 40
        for stretches in band.stretches(axis):
            assert all(0 <= start <= end <= band.axis(axis).extent for start, end in stretches)
    assert sorted(band.items.completion) == [
        place for place, item in enumerate(band.items.all) if item.end_ns is not None
    ]
