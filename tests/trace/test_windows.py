"""A part of the chronicle, made without the rest: it has the same events."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task, everything
from loopviz.trace import windows
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.trace import Trace
from loopviz.trace.windows import records_around, window
from simulating import simulate

seeds = st.integers(0, 10**9).map(Random)


def assert_same_events(trace: Trace, first: int, last: int) -> None:
    # What is told in advance of a step belongs to the chronicle's end alone.
    within = {*range(first, last)} - {*trace.pending_tasks.values(), *trace.pending_callbacks.values()}
    assert list(window(trace, first, last)) == [event for event in Chronicle(trace) if event.record in within]


@given(seeds, st.data())
def test_a_window_has_the_events_of_its_records_in_their_order(random: Random, data: st.DataObject) -> None:
    trace = simulate(random).recording.trace()
    last = data.draw(st.integers(1, max(1, len(trace.records) - 1)))
    assert_same_events(trace, data.draw(st.integers(0, last)), last)


@settings(max_examples=40)
@given(seeds, st.data())
def test_so_does_one_of_several_loops(random: Random, data: st.DataObject) -> None:
    trace = simulate(random, loops=3).recording.trace()
    last = data.draw(st.integers(1, max(1, len(trace.records) - 1)))
    assert_same_events(trace, data.draw(st.integers(0, last)), last)


def test_so_does_one_of_every_kind_of_record_wherever_it_begins() -> None:
    trace = everything().trace()
    for first in range(len(trace.records)):
        assert_same_events(trace, first, len(trace.records) - 1)


@given(seeds, st.integers(1, 30))
def test_a_window_to_the_end_has_what_is_told_in_advance(random: Random, records: int) -> None:
    trace = simulate(random).recording.trace()
    first = max(0, len(trace.records) - records)
    told = {*range(first, len(trace.records)), *trace.pending_tasks.values(), *trace.pending_callbacks.values()}
    assert list(window(trace, first, len(trace.records))) == [
        event for event in Chronicle(trace) if event.record in told
    ]


def test_the_window_around_a_moment_is_so_many_records_before_and_after_it() -> None:
    made = Recording().created(1, 0)
    for step in range(1, 2_000):
        made.step(1, step * 100, step * 100 + 50)
    trace = made.trace()
    first, last = records_around(trace, 100_060)
    assert (first, last) == (1_001 - windows._BEFORE, 1_001 + windows._AFTER)
    assert records_around(trace, 0) == (0, 1 + windows._AFTER)
    assert records_around(trace, 10**12)[1] == len(trace.records)
    assert records_around(trace, 10**12, until=700) == (700 - windows._BEFORE, 700)


def test_a_timer_is_placed_by_the_time_at_which_it_was_set() -> None:
    made = Recording().created(1, 0)
    for step in range(1, 2_000):
        made.timer(step, step * 100 + 40, 10**12, by=by_task(1)).step(1, step * 100, step * 100 + 50)
    trace = made.trace()
    for moment in range(60, 199_000, 977):
        first, last = records_around(trace, moment)
        times = [event.t_ns for event in window(trace, first, last)]
        assert times[0] <= moment <= times[-1]


def test_the_window_of_an_empty_trace_is_empty() -> None:
    trace = Trace()
    assert list(window(trace, *records_around(trace, 5))) == []
