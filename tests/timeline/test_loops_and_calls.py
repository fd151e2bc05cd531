"""The histories of loops and calls, which no record tells directly."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from building import Recording
from loopviz.events import RecordKind, StepEnd
from loopviz.timeline.axes import StepAxis, TimeAxis
from loopviz.timeline.calls import CallTracks
from loopviz.timeline.glyphs import GLYPH_OF
from loopviz.timeline.layout import Layout
from loopviz.timeline.loops import LoopTracks
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.tracks import ABSENT, CALLBACK, IDLE, OVERHEAD, STEP
from loopviz.timeline.viewport import Viewport
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.trace import Trace
from timeline.programs import growing, programs

Told = list[tuple[int, int]]


def told(boundaries: list[int]) -> Told:
    return [(boundary >> STATE_BITS, boundary & STATE_MASK) for boundary in boundaries]


def loop_of(trace: Trace, number: int = 1) -> Told:
    return told(list(LoopTracks(trace).track(number).boundaries))


def lane(trace: Trace, call: int, columns: int) -> str:
    row = Row(RowKind.CALL, call, "", "", 1)
    cells = Layout(trace).cells(row, Viewport(0, 1, columns), TimeAxis(trace))
    return "".join(GLYPH_OF[code] for code in cells)


def test_a_loop_is_busy_wherever_it_is_not_in_select() -> None:
    made = Recording().loop_started(5).created(1, 8).step(1, 10, 20).callback(1, 20, 25).idle(27, 90)
    trace = made.step(1, 95, 99).loop_stopped(100).trace()
    assert loop_of(trace) == [
        (5, OVERHEAD), (10, STEP), (20, CALLBACK), (25, OVERHEAD), (27, IDLE), (90, OVERHEAD), (95, STEP),
        (99, OVERHEAD), (100, ABSENT),
    ]  # fmt: skip


def test_a_loop_idles_after_its_last_record_until_more_is_known() -> None:
    made = Recording().created(1, 0).step(1, 10, 20)
    assert loop_of(made.trace()) == [(10, STEP), (20, IDLE)]
    assert loop_of(made.running(1, 30).trace()) == [(10, STEP), (20, OVERHEAD), (30, STEP)]
    assert loop_of(made.step(1, 30, 44).trace()) == [(10, STEP), (20, OVERHEAD), (30, STEP), (44, IDLE)]


def test_an_eager_step_is_part_of_its_creator_s() -> None:
    made = Recording().created(1, 0).step(2, 14, 16, eager=True).step(1, 10, 20)
    assert loop_of(made.trace()) == [(10, STEP), (20, IDLE)]


def test_a_step_that_the_trace_refused_is_not_drawn() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.RETURNED).step(1, 30, 40).callback(1, 50, 60)
    assert loop_of(made.trace()) == [(10, STEP), (20, OVERHEAD), (50, CALLBACK), (60, IDLE)]


def test_loops_side_by_side_have_histories_of_their_own() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).on(2).created(2, 0).step(2, 15, 30).on(1).step(1, 40, 50)
    assert loop_of(made.trace(), 1) == [(10, STEP), (20, OVERHEAD), (40, STEP), (50, IDLE)]
    assert loop_of(made.trace(), 2) == [(15, STEP), (30, IDLE)]


@given(programs())
def test_boundaries_of_a_loop_never_go_back(made: Recording) -> None:
    trace = made.trace()
    for number in (1, 2):
        times = [time_ns for time_ns, _ in loop_of(trace, number)]
        assert times == sorted(times)


@given(programs())
def test_a_loop_s_steps_are_its_tasks_steps(made: Recording) -> None:
    trace = made.trace()
    for number in (1, 2):
        lasted = sum(after[0] - here[0] for here, after in pairwise(loop_of(trace, number)) if here[1] == STEP)
        steps = [trace.records.step(record) for record in trace.step_records]
        own = [step for step in steps if step.loop == number and step.task is not None]
        outer = [step for step in own if not trace.records.raw(step.record).flags & 1]
        assert lasted == sum(step.length_ns for step in outer)


@given(programs())
def test_loops_that_grow_are_those_of_the_whole_trace(made: Recording) -> None:
    snapshots = growing(made)
    trace = next(snapshots)
    tracks = LoopTracks(trace)
    for _ in snapshots:
        for number in (1, 2):
            assert told(list(tracks.track(number).boundaries)) == loop_of(trace, number)


def test_the_loop_s_row_tells_steps_callbacks_and_idling_apart() -> None:
    made = Recording().loop_started(0).created(1, 2).step(1, 10, 30).callback(1, 40, 50).idle(60, 90)
    trace = made.callback(2, 91, 93).idle(95, 110).step(1, 110, 111).idle(114, 118).loop_stopped(120).trace()
    row = Row(RowKind.LOOP, 1, "", "", 1)
    layout = Layout(trace)
    time = layout.cells(row, Viewport(0, 10, 13), TimeAxis(trace))
    steps = layout.cells(row, Viewport(0, 1, 5), StepAxis(trace))
    assert "".join(GLYPH_OF[code] for code in time) == "▄▄▄▄▪▄···▪·▄ "
    assert "".join(GLYPH_OF[code] for code in steps) == "▄▪▪▄ "


def sequence() -> Recording:
    """``main`` awaits ``work(0)`` and then ``work(1)``; each waits once. A chunk for every step."""
    made = Recording().created(1, 0, "main").cut()
    awaiting(made.call(1, 1, 4, "work", "0"), 2, 4, call=1).cut()
    awaiting(made.call(2, 1, 14, "work", "1"), 12, 14, call=2, ready=10).cut()
    return made.step(1, 22, 24, StepEnd.RETURNED, ready=20).cut()


def awaiting(made: Recording, start: int, ended: int, call: int = 0, ready: int | None = None) -> Recording:
    """A step of task 1 that ends suspended inside of a call."""
    since = start if ready is None else ready
    end = StepEnd.ON_FUTURE
    return made.record(RecordKind.STEP, 1, end=end, call=call, ready=since, start=start, ended=ended)


def test_calls_in_a_row_are_lanes_one_after_the_other() -> None:
    trace = sequence().created(2, 30).trace()
    assert lane(trace, 1, 25) == "  ██──────▒▒██           "
    assert lane(trace, 2, 25) == "            ██──────▒▒██ "


def test_a_call_lasts_as_long_as_what_it_awaits() -> None:
    made = Recording().created(1, 0, "main").call(1, 1, 4, "outer").call(2, 1, 4, "inner", parent=1)
    awaiting(awaiting(made, 2, 4, call=2), 6, 8, call=1)
    trace = made.step(1, 10, 12, StepEnd.RAISED).created(2, 20).trace()
    assert lane(trace, 2, 13) == "  ██──██     "
    assert lane(trace, 1, 13) == "  ██──██──██ "


def test_a_generator_is_absent_while_its_task_waits_elsewhere() -> None:
    made = Recording().created(1, 0, "main").call(1, 1, 2, "numbers")
    awaiting(awaiting(awaiting(made, 0, 2, call=1), 4, 6), 8, 10, call=1)
    assert lane(made.created(2, 14).trace(), 1, 14) == "██──██  ██────"


def test_a_call_of_a_task_that_was_cancelled_ends_with_it() -> None:
    made = awaiting(Recording().created(1, 0, "main").call(1, 1, 2, "work"), 0, 2, call=1)
    trace = made.step(1, 4, 6, StepEnd.CANCELLED).created(2, 10).trace()
    assert lane(trace, 1, 10) == "██──██    "


def test_calls_that_await_each_other_in_a_circle_are_drawn_all_the_same() -> None:
    made = Recording().created(1, 0).call(1, 1, 2, "f", parent=2).call(2, 1, 2, "g", parent=1)
    trace = awaiting(made, 0, 2, call=1).trace()
    assert lane(trace, 1, 2) == lane(trace, 2, 2) == "██"


def test_a_call_runs_on_while_a_step_in_progress_has_not_told_where_it_ends() -> None:
    made = awaiting(Recording().created(1, 0).call(1, 1, 2, "work"), 0, 2, call=1)
    assert lane(made.running(1, 4).created(2, 8).trace(), 1, 8) == "██──████"


def test_lanes_that_grow_are_those_of_the_whole_trace() -> None:
    made = sequence()
    made.created(2, 30).cut()
    awaiting(made.running(2, 40).cut().call(3, 1, 50, "late"), 22, 24, call=3).cut()
    snapshots = growing(made)
    trace = next(snapshots)
    tracks = CallTracks(trace)
    seen = 0
    for _ in snapshots:
        for number in trace.calls:
            seen += 1
            assert list(tracks.track(number).boundaries) == list(CallTracks(trace).track(number).boundaries)
    assert seen > 5
