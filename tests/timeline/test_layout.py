"""Cells: what each of them shows, kept or made anew."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording
from loopviz.events import Flag, StepEnd
from loopviz.timeline import layout as layout_module
from loopviz.timeline import painting
from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.cells import Cell, runs
from loopviz.timeline.glyphs import GLYPH_OF
from loopviz.timeline.layout import Layout
from loopviz.timeline.rows import Row, RowKind, RowOptions, rows_of
from loopviz.timeline.viewport import Viewport
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace
from timeline.programs import growing, programs

ENDS = {State.RETURNED: Cell.RETURNED, State.RAISED: Cell.RAISED, State.CANCELLED: Cell.CANCELLED}
STEPS = frozenset({Cell.RUNNING, Cell.RUNNING_PART, *ENDS.values()})

columns = st.integers(1, 200)
zooms = st.integers(-2, 8)
pans = st.integers(-20, 400)


def rows_with_calls(trace: Trace) -> list[Row]:
    return rows_of(trace, RowOptions(expanded=frozenset(trace.tasks)))


def view(axis: Axis, columns: int, zoom: int, pan: int) -> Viewport:
    return axis.viewport(columns).zoom(zoom, 0).pan(pan)


def row_of(kind: RowKind, number: int) -> Row:
    return Row(kind, number, "", "", 1)


def drawn(trace: Trace, axis: Axis, kind: RowKind, number: int, width: float, columns: int) -> str:
    cells = Layout(trace).cells(row_of(kind, number), Viewport(0, width, columns), axis)
    return "".join(GLYPH_OF[code] for code in cells)


def by_hand(task: Task, left: int, right: int) -> Cell:
    """A cell of the time axis from the rule's words: who is there at all, and who fills more than half."""
    filled: dict[State, int] = {}
    for span in task.spans():
        end_ns = right if span.end_ns is None else span.end_ns
        start_ns, end_ns = max(span.start_ns, left), min(end_ns, right)
        if start_ns < end_ns or (start_ns == end_ns == span.start_ns and left <= span.start_ns < right):
            filled[span.state] = filled.get(span.state, 0) + end_ns - start_ns
    for state, whole, part in (
        (State.RUNNING, Cell.RUNNING, Cell.RUNNING_PART),
        (State.READY, Cell.READY, Cell.READY_PART),
        (State.SUSPENDED, Cell.SUSPENDED, Cell.SUSPENDED),
        (State.UNKNOWN, Cell.UNKNOWN, Cell.UNKNOWN),
    ):
        if state in filled:
            return whole if 2 * filled[state] > right - left else part
    return Cell.EMPTY


def expected_cells(trace: Trace, task: Task, viewport: Viewport) -> bytes:
    cells = bytearray()
    last_ns = None
    if task.state in FINISHED:
        assert task.finished_ns is not None
        last_ns = max(task.finished_ns - 1, task.boundaries[-2] >> 3)
    for column in range(viewport.columns):
        left, right = int(viewport.position_of(column)), int(viewport.position_of(column + 1))
        if left >= max(trace.end_ns, 1) or (last_ns is not None and left > last_ns):
            cells.append(Cell.EMPTY)
        elif last_ns is not None and left <= last_ns < right:
            cells.append(ENDS[task.state])
        else:
            cells.append(by_hand(task, left, right))
    return bytes(cells)


@given(programs(), columns, zooms, pans)
def test_cells_are_what_the_rule_says(made: Recording, columns: int, zoom: int, pan: int) -> None:
    trace = made.trace()
    layout, axis = Layout(trace), TimeAxis(trace)
    viewport = view(axis, columns, zoom, max(0, pan))
    for task in trace.tasks.values():
        if task.boundaries:
            cells = layout.cells(row_of(RowKind.TASK, task.number), viewport, axis)
            assert cells == expected_cells(trace, task, viewport)


@given(programs(), columns, zooms)
def test_no_step_disappears(made: Recording, columns: int, zoom: int) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in (TimeAxis(trace), StepAxis(trace)):
        viewport = axis.viewport(columns).zoom(zoom, 0)
        for task in trace.tasks.values():
            cells = layout.cells(row_of(RowKind.TASK, task.number), viewport, axis)
            for span in task.spans():
                column = viewport.column_of(axis.position(span.start_ns))
                # A step that takes no time at the very end of its task lies in the cell of that end, or just before.
                if span.state == State.RUNNING and 0 <= column < columns and span.start_ns < trace.end_ns:
                    assert STEPS.intersection(cells[max(0, column - 1) : column + 1])


@settings(max_examples=60)
@given(programs(), columns, zooms, pans)
def test_a_layout_that_grows_with_its_trace_shows_what_a_new_one_would(
    made: Recording, columns: int, zoom: int, pan: int
) -> None:
    snapshots = growing(made)
    trace = next(snapshots)
    layout, axes = Layout(trace), (TimeAxis(trace), StepAxis(trace))
    for _ in snapshots:
        for axis in axes:
            axis.update()
            for viewport in (view(axis, columns, zoom, pan), Viewport(0, 2, columns), Viewport(64, 1, columns)):
                for row in rows_with_calls(trace):
                    fresh = Layout(trace).cells(row, viewport, axis)
                    assert layout.cells(row, viewport, axis) == fresh


@given(programs(), columns, zooms, pans, st.integers(-100, 100))
def test_panning_shifts_cells_and_changes_none(made: Recording, columns: int, zoom: int, pan: int, by: int) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in (TimeAxis(trace), StepAxis(trace)):
        viewport = view(axis, columns, zoom, pan)
        wide = viewport.pan(min(0, by)).resized(columns + abs(by))
        for row in rows_with_calls(trace):
            cells = layout.cells(row, wide, axis)
            assert layout.cells(row, viewport, axis) == cells[max(0, -by) :][:columns]
            assert layout.cells(row, viewport.pan(by), axis) == cells[max(0, by) :][:columns]


@given(programs(), st.integers(1, 12), st.integers(0, 3))
def test_crowded_cells_are_what_a_closer_look_shows(made: Recording, columns: int, crowd: int) -> None:
    trace = made.trace()
    axis = TimeAxis(trace)
    rows = rows_with_calls(trace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(painting, "_CROWD", 10**9)
        close = [Layout(trace).cells(row, axis.viewport(columns), axis) for row in rows]
        patch.setattr(painting, "_CROWD", crowd)
        summed = [Layout(trace).cells(row, axis.viewport(columns), axis) for row in rows]
    assert summed == close


def test_memory_is_bounded_and_cells_stay_right(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Recording().created(1, 0)
    for start in range(0, 100_000, 100):
        made.step(1, start, start + 40)
    trace = made.trace()
    axis, row = TimeAxis(trace), row_of(RowKind.TASK, 1)
    monkeypatch.setattr(layout_module, "_MOST_KEPT", 5)
    layout, first = Layout(trace), Layout(trace).cells(row, Viewport(0, 20, 64), axis)
    for cell in range(0, 5_000, 64):
        layout.cells(row, Viewport(cell * 20, 20, 64), axis)
        assert len(layout._tiles) <= 5
    assert layout.cells(row, Viewport(0, 20, 64), axis) == first


@given(programs(), columns)
def test_cells_have_one_code_per_column_wherever_one_looks(made: Recording, columns: int) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in (TimeAxis(trace), StepAxis(trace)):
        for cell in (-200, -3, 0, 10**6):
            for row in rows_with_calls(trace):
                assert len(layout.cells(row, Viewport(float(cell), 1, columns), axis)) == columns


def test_nothing_is_drawn_before_the_start_and_after_the_end() -> None:
    trace = Recording().created(1, 10).step(1, 12, 14).created(2, 20).trace()
    axis = TimeAxis(trace)
    assert drawn(trace, axis, RowKind.TASK, 1, 1, 25) == " " * 10 + "▒▒██──────" + " " * 5


def test_a_row_of_nothing_known_is_empty() -> None:
    trace = Recording().created(1, 10).trace()
    for kind in RowKind:
        assert drawn(trace, TimeAxis(trace), kind, 77, 1, 5) == " " * 5


@pytest.mark.parametrize(
    ("end", "glyph"), [(StepEnd.RETURNED, "✓"), (StepEnd.RAISED, "✗"), (StepEnd.CANCELLED, "⊘")]
)
def test_the_end_is_marked_in_the_last_cell_of_a_task(end: StepEnd, glyph: str) -> None:
    trace = Recording().created(1, 0).step(1, 4, 10, end).created(2, 20).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 1, 12) == f"▒▒▒▒█████{glyph}  "
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 10, 3) == f"{glyph}  "
    assert drawn(trace, StepAxis(trace), RowKind.TASK, 1, 0.2, 6) == f"████{glyph} "


def test_a_step_of_no_time_that_ends_its_task_is_marked_where_it_is() -> None:
    trace = Recording().created(1, 0).step(1, 10, 10, StepEnd.RETURNED).created(2, 20).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 10, 3) == "▒✓ "


def test_a_short_step_shows_beside_a_long_wait() -> None:
    made = Recording().created(1, 0).step(1, 1, 2)
    trace = made.step(1, 5_000, 5_001, ready=4_999).created(2, 10_000).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 1000, 10) == "▌───░▌────"


def test_a_short_wait_for_the_turn_shows_where_nothing_runs() -> None:
    trace = Recording().created(1, 0).step(1, 0, 1_000).step(1, 2_000, 3_000, ready=1_990).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 1000, 3) == "█░█"


def test_half_of_a_cell_is_a_part() -> None:
    trace = Recording().created(1, 0).step(1, 0, 50).step(1, 100, 151).created(2, 200).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 100, 2) == "▌█"


def test_on_the_step_axis_two_tasks_that_alternate_share_a_cell_of_two_steps() -> None:
    made = Recording().created(1, 0).created(2, 0)
    for start in range(0, 8_000, 2_000):
        made.step(1, start, start + 10, ready=start).step(2, start + 100, start + 110, ready=start)
    trace = made.trace()
    axis = StepAxis(trace)
    assert drawn(trace, axis, RowKind.TASK, 1, 1, 8) == "█─█─█─█─"
    assert drawn(trace, axis, RowKind.TASK, 2, 1, 8) == "▒█▒█▒█▒█"
    assert drawn(trace, axis, RowKind.TASK, 1, 2, 4) == "▌▌▌▌"


def test_cells_of_fifths_of_a_step_begin_where_steps_do() -> None:
    made = Recording().created(1, 0).created(2, 0)
    for start in range(0, 40_000, 2_000):
        made.step(1, start, start + 7, ready=start).step(2, start + 100, start + 107, ready=start)
    trace = made.trace()
    assert drawn(trace, StepAxis(trace), RowKind.TASK, 1, 0.2, 200) == "█████─────" * 20


def test_an_open_span_lasts_until_now() -> None:
    trace = Recording().created(1, 0).step(1, 0, 10).trace()
    axis = TimeAxis(trace)
    axis.now_ns = 40
    assert drawn(trace, axis, RowKind.TASK, 1, 10, 6) == "█───  "


def test_a_task_alive_before_the_recording_begins_unknown() -> None:
    trace = Recording().created(1, 0, flags=Flag.ALIVE_BEFORE).step(1, 20, 30).trace()
    assert drawn(trace, TimeAxis(trace), RowKind.TASK, 1, 10, 3) == "??█"


@given(st.lists(st.sampled_from(list(Cell)), max_size=60))
def test_runs_are_the_cells_again(codes: list[Cell]) -> None:
    cells = bytes(codes)
    merged = runs(cells)
    assert b"".join(bytes([code]) * length for _, length, code in merged) == cells
    assert all(start == sum(length for _, length, _ in merged[:i]) for i, (start, _, _) in enumerate(merged))
    assert all(left[2] != right[2] for left, right in pairwise(merged))
