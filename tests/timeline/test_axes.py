"""The time axis and the step axis."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from building import Recording
from loopviz.events import Flag, StepEnd
from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.ladder import rung_at_least, rung_value
from loopviz.timeline.viewport import Viewport
from loopviz.trace.trace import Trace
from timeline.programs import growing, programs

times = st.lists(st.integers(0, 2_000), min_size=2, max_size=30)


def axes_of(trace: Trace) -> tuple[Axis, Axis]:
    return TimeAxis(trace), StepAxis(trace)


def moments_of(trace: Trace) -> list[int]:
    """Moments all over a trace, and a little beyond."""
    return list(range(0, trace.end_ns + 2, max(1, trace.end_ns // 100)))


@given(programs(), times)
def test_positions_never_fall_as_time_goes_on(made: Recording, moments: list[int]) -> None:
    for axis in axes_of(made.trace()):
        positions = [axis.position(time_ns) for time_ns in sorted(moments)]
        assert positions == sorted(positions)
        assert list(axis.positions(sorted(moments))) == positions
        assert list(axis.positions(moments)) == [axis.position(time_ns) for time_ns in moments]


def starts_of(trace: Trace) -> list[int]:
    return sorted(trace.records.step(record).start_ns for record in trace.step_records)


@given(programs(shortest_tick=1), st.floats(0, 1))
def test_the_moment_at_a_position_lies_there(made: Recording, part: float) -> None:
    trace = made.trace()
    # Of steps that start at the same nanosecond, no moment belongs to the earlier ones.
    assume(len(set(starts_of(trace))) == len(trace.step_records) > 0)
    for axis in axes_of(trace):
        position = part * axis.extent
        time_ns = axis.time_at(position)
        assert axis.position(time_ns) <= position + 1e-6
        assert axis.position(time_ns + 1) >= position - 1e-6 or time_ns >= axis.trace.end_ns


@given(programs(shortest_tick=1), st.floats(0.001, 1))
def test_the_first_moment_at_a_position_is_the_first(made: Recording, part: float) -> None:
    trace = made.trace()
    assume(len(set(starts_of(trace))) == len(trace.step_records) > 0)
    for axis in axes_of(trace):
        position = part * axis.extent
        time_ns = axis.reached_at(position)
        assert axis.position(time_ns) >= position - 1e-6
        assert axis.position(time_ns - 1) < position


@given(programs())
def test_each_step_has_one_unit_in_the_order_of_starts(made: Recording) -> None:
    trace = made.trace()
    axis = StepAxis(trace)
    starts = starts_of(trace)
    assert axis.extent == max(1, len(starts))
    for k, (start_ns, next_ns) in enumerate(pairwise(starts)):
        if start_ns < next_ns:
            assert axis.position(start_ns) == k
            assert k <= axis.position(next_ns - 1) <= k + 1


@given(programs())
def test_a_step_axis_that_grows_ends_like_one_made_at_once(made: Recording) -> None:
    snapshots = growing(made)
    axis = StepAxis(next(snapshots))
    for _ in snapshots:
        axis.update()
    trace = made.trace()
    whole = StepAxis(trace)
    assert axis.extent == whole.extent
    assert axis.positions(moments_of(trace)) == whole.positions(moments_of(trace))


@given(programs(), st.integers(1, 5))
def test_a_step_axis_may_be_made_a_few_steps_at_a_time(made: Recording, at_most: int) -> None:
    snapshots = growing(made)
    axis = StepAxis(next(snapshots))
    for _ in snapshots:
        axis.update(at_most)
    trace = made.trace()
    for _ in trace.step_records:
        axis.update(at_most)
    whole = StepAxis(trace)
    assert axis.extent == whole.extent
    assert axis.positions(moments_of(trace)) == whole.positions(moments_of(trace))


@given(programs(), st.integers(0, 8))
def test_positions_before_a_change_stay_where_they_were(made: Recording, seen: int) -> None:
    snapshots = growing(made)
    trace = next(snapshots)
    axis = StepAxis(trace)
    for _, _ in zip(range(seen), snapshots, strict=False):
        axis.update()
    moments = moments_of(made.trace())
    before, revision = axis.positions(moments), axis.revision
    for _ in snapshots:
        axis.update()
    moved_from = axis.changed_since(revision)
    for then, now in zip(before, axis.positions(moments), strict=True):
        assert then == now or min(then, now) >= moved_from


def test_gaps_between_steps_have_no_width() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, ready=0)
    axis = StepAxis(made.step(1, 1_000_000, 1_000_010, StepEnd.RETURNED, ready=1_000).trace())
    assert [axis.position(t) for t in (5, 10, 15, 20, 500_000, 1_000_000, 1_000_005, 1_000_010)] == [
        0, 0, 0.5, 1, 1, 1, 1.5, 2,
    ]  # fmt: skip
    assert axis.reached_at(1) == 20
    assert axis.time_at(1) == 1_000_000


def test_an_eager_step_takes_its_unit_out_of_the_creator_s() -> None:
    made = Recording().created(1, 0).created(2, 4, flags=Flag.EAGER).step(2, 4, 6, eager=True).step(1, 0, 10)
    axis = StepAxis(made.trace())
    assert [axis.position(t) for t in (0, 2, 4, 5, 6, 9, 10)] == [0, 0.5, 1, 1.5, 2, 2, 2]


def test_a_late_step_moves_those_behind_it_and_says_from_where() -> None:
    made = Recording()
    for task, start in ((1, 0), (2, 100), (3, 200)):
        made.created(task, start).step(task, start, start + 10, StepEnd.RETURNED)
    snapshots = growing(made.on(2).created(4, 120).step(4, 120, 130, StepEnd.RETURNED))
    next(snapshots)
    axis = StepAxis(next(snapshots))
    while axis.extent < 3:
        next(snapshots)
        axis.update()
    revision = axis.revision
    for _ in snapshots:
        assert axis.position(200) == 2
    axis.update()
    assert (axis.position(120), axis.position(200)) == (2, 3)
    assert axis.changed_since(revision) == 1
    assert axis.changed_since(axis.revision) == float("inf")


def test_a_step_in_progress_has_its_unit_and_keeps_it_when_it_ends() -> None:
    made = Recording().created(1, 0).step(1, 0, 10).running(1, 30)
    made.on(2).callback(1, 40, 130).on(1).step(1, 30, 150, StepEnd.RETURNED)
    places = []
    axis: StepAxis | None = None
    for trace in growing(made):
        axis = axis or StepAxis(trace)
        axis.update()
        places.append((axis.extent, axis.position(30), axis.position(40)))
    assert places[-3:] == [(2, 1, 2), (3, 1, 2), (3, 1, 2)]


def test_the_time_axis_reaches_as_far_as_now() -> None:
    axis = TimeAxis(Recording().created(1, 500).trace())
    assert axis.extent == 500
    axis.now_ns = 7_000
    assert axis.extent == 7_000


def test_an_empty_trace_has_an_extent_all_the_same() -> None:
    assert [axis.extent for axis in axes_of(Trace())] == [1, 1]


@given(programs(), st.integers(1, 300), st.integers(-6, 12), st.integers(0, 300))
def test_labels_keep_apart_and_stand_where_they_belong(made: Recording, columns: int, zoom: int, pan: int) -> None:
    for axis in axes_of(made.trace()):
        viewport = axis.viewport(columns).zoom(zoom, columns // 2).pan(pan)
        ticks = axis.ticks(viewport)
        for left, right in pairwise(ticks):
            assert left.column + len(left.label) < right.column
        for tick in ticks:
            assert 0 <= tick.column <= columns - len(tick.label)
            assert viewport.column_of(tick.position) == tick.column


@given(st.integers(1, 10**13), st.integers(20, 300))
def test_a_wide_viewport_has_labels(end_ns: int, columns: int) -> None:
    axis = TimeAxis(Recording().created(1, end_ns).trace())
    assert len(axis.ticks(axis.viewport(columns))) >= 1


@pytest.mark.parametrize(
    ("axis", "width", "words"),
    [
        (TimeAxis, 20_000_000, "20 ms/cell"),
        (TimeAxis, 1, "1 ns/cell"),
        (TimeAxis, 2_000_000_000, "2 s/cell"),
        (StepAxis, 2, "2 steps/cell"),
        (StepAxis, 1, "1 step/cell"),
        (StepAxis, 1 / 3, "3 cells/step"),
    ],
)
def test_the_scale_says_how_much_a_cell_is(axis: type[Axis], width: float, words: str) -> None:
    assert axis(Trace()).scale_label(Viewport(0, width, 80)) == words


@given(programs(), st.integers(1, 300))
def test_a_viewport_shows_the_whole_trace_in_no_wider_cells_than_the_ladder_s(made: Recording, columns: int) -> None:
    for axis in axes_of(made.trace()):
        viewport = axis.viewport(columns)
        assert viewport.right >= axis.extent * (1 - 1e-9)
        assert viewport.per_column <= rung_value(rung_at_least(max(axis.extent / columns, axis.finest))) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("width", "labels"),
    [
        (20, ["0", "200 ns", "400 ns"]),
        (25, ["0", "200 ns", "400 ns", "600 ns"]),
        (40, ["0", "500 ns", "1 µs"]),
        (80, ["0", "1 µs", "2 µs"]),
    ],
)
def test_labels_count_by_ones_twos_or_fives_whatever_the_width_of_a_cell(width: int, labels: list[str]) -> None:
    ticks = TimeAxis(Recording().created(1, 10_000).trace()).ticks(Viewport(0, width, 30))
    assert [tick.label for tick in ticks] == labels


def test_a_label_stands_in_the_column_that_holds_its_position() -> None:
    ticks = TimeAxis(Recording().created(1, 10_000).trace()).ticks(Viewport(0, 80, 60))
    assert [tick.column for tick in ticks] == [0, 12, 25, 37, 50]
