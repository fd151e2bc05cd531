"""Segments: exact spans, merged where they are too narrow."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from building import Recording
from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.cells import Cell
from loopviz.timeline.layout import Layout
from loopviz.timeline.rows import RowKind, RowOptions, rows_of
from loopviz.timeline.tracks import STEP
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.trace import Trace
from timeline.programs import programs

widths = st.one_of(st.just(0.0), st.floats(0, 30), st.floats(0, 3_000))


def axes_of(trace: Trace) -> tuple[Axis, Axis]:
    return TimeAxis(trace), StepAxis(trace)


def time_per_state(trace: Trace, boundaries: list[int], start_ns: int, end_ns: int) -> Counter[int]:
    """How long each state lasts between two moments, straight from the boundaries."""
    lasted: Counter[int] = Counter()
    for place, boundary in enumerate(boundaries):
        last = place + 1 == len(boundaries)
        begin, end = boundary >> STATE_BITS, end_ns if last else boundaries[place + 1] >> STATE_BITS
        lasted[boundary & STATE_MASK] += max(0, min(end, end_ns) - max(begin, start_ns))
    return +lasted


@given(programs(), widths, st.integers(0, 500), st.integers(0, 2_000))
def test_merging_loses_no_time(made: Recording, narrowest: float, start_ns: int, length_ns: int) -> None:
    trace = made.trace()
    layout = Layout(trace)
    end_ns = min(start_ns + length_ns, trace.end_ns)
    for axis in axes_of(trace):
        for row in rows_of(trace, RowOptions(expanded=frozenset(trace.tasks))):
            track = layout.track(row)
            spans = list(track.boundaries)
            if track.final is not None:
                end_of_life = spans[-1] >> STATE_BITS
                spans[-1] = end_of_life << STATE_BITS | 7
            expected = time_per_state(trace, spans, start_ns, end_ns)
            if track.final is not None:
                del expected[7]
            summed: Counter[int] = Counter()
            for segment in layout.segments(row, start_ns, end_ns, axis, narrowest):
                summed.update(segment.lengths_ns)
            assert +summed == expected


@given(programs(), widths)
def test_segments_follow_each_other_without_gap_or_overlap(made: Recording, narrowest: float) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in axes_of(trace):
        for row in rows_of(trace):
            segments = layout.segments(row, 0, trace.end_ns, axis, narrowest)
            for left, right in pairwise(segments):
                assert left.end_ns == right.start_ns
                assert left.right == right.left
            for segment in segments:
                assert segment.left == axis.position(segment.start_ns)
                assert sum(segment.lengths_ns.values()) == segment.end_ns - segment.start_ns


@given(programs(), widths)
def test_no_step_is_lost_and_each_is_seen(made: Recording, narrowest: float) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in axes_of(trace):
        for row in rows_of(trace):
            segments = layout.segments(row, 0, trace.end_ns, axis, narrowest)
            boundaries = layout.track(row).boundaries
            assert sum(segment.steps for segment in segments) == sum(b & STATE_MASK == STEP for b in boundaries)
            for segment in segments:
                if segment.steps and row.kind == RowKind.TASK:
                    assert segment.cell in (Cell.RUNNING, Cell.RUNNING_PART)
                if segment.steps == 1:
                    assert boundaries[segment.span] & STATE_MASK == STEP


@given(programs(), st.floats(0.1, 3_000))
def test_what_is_wide_enough_stands_alone(made: Recording, narrowest: float) -> None:
    trace = made.trace()
    layout = Layout(trace)
    for axis in axes_of(trace):
        for row in rows_of(trace):
            for segment in layout.segments(row, 0, trace.end_ns, axis, narrowest):
                if segment.spans > 1:
                    first = segment.span if segment.steps == 1 else None
                    assert segment.right - segment.left < narrowest * 4 or first is not None


@given(programs())
def test_without_a_least_width_every_span_is_by_itself(made: Recording) -> None:
    trace = made.trace()
    layout, axis = Layout(trace), TimeAxis(trace)
    for task in trace.tasks.values():
        row = next(row for row in rows_of(trace) if row.kind == RowKind.TASK and row.number == task.number)
        segments = layout.segments(row, 0, trace.end_ns, axis)
        ends = [trace.end_ns if span.end_ns is None else span.end_ns for span in task.spans()]
        spans = [(span.start_ns, end_ns, int(span.state)) for span, end_ns in zip(task.spans(), ends, strict=True)]
        told = [(segment.start_ns, segment.end_ns, *segment.lengths_ns) for segment in segments]
        assert told == [span for span in spans if span[0] <= trace.end_ns]


def test_narrow_spans_merge_until_one_can_stand_alone() -> None:
    made = Recording().created(1, 0)
    for start in range(0, 50, 10):
        made.step(1, start, start + 5)
    trace = made.step(1, 1_000, 1_005).created(2, 2_000).trace()
    row = next(row for row in rows_of(trace) if row.kind == RowKind.TASK)
    segments = Layout(trace).segments(row, 0, trace.end_ns, TimeAxis(trace), 20)
    assert [(segment.start_ns, segment.end_ns, segment.steps) for segment in segments] == [
        (0, 45, 5), (45, 1_000, 0), (1_000, 1_005, 1), (1_005, 2_000, 0),
    ]  # fmt: skip
    assert [segment.cell for segment in segments] == [
        Cell.RUNNING, Cell.SUSPENDED, Cell.RUNNING, Cell.SUSPENDED,
    ]  # fmt: skip
