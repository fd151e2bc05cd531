"""The ready queue's length and everybody's place in it, against the truth of made-up loops."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from building import Recording
from loopviz.events import RECORD, ChunkKind, RecordKind
from loopviz.trace.trace import Trace
from loopviz.trace.turns import Turns
from simulating import simulate

seeds = st.integers(0, 10**9).map(Random)


def turns_of(trace: Trace) -> Turns:
    turns = Turns(trace)
    turns.update(len(trace.records))
    return turns


#: Loop, time, what is in the queue then.
Queued = tuple[int, int, tuple[tuple[str, int], ...]]


def record_of_turn(trace: Trace, entry: tuple[str, int], time_ns: int) -> int | None:
    """The record of the turn that what is in the queue at a time takes next; None where the trace ends before."""
    kind = RecordKind.STEP if entry[0] == "task" else RecordKind.CALLBACK
    for record, raw in enumerate(trace.records):
        if (raw.kind, raw.who) == (kind, entry[1]) and trace.records.since_start(raw.start_ns) > time_ns:
            return record
    return None


@given(seeds, st.integers(1, 3))
def test_everybody_in_the_queue_stands_behind_as_many_as_came_before(random: Random, loops: int) -> None:
    simulated = simulate(random, loops=loops, turns=15)
    trace = simulated.recording.trace()
    turns = turns_of(trace)
    for snapshot in simulated.snapshots:
        for place, entry in enumerate(snapshot.queue):
            record = record_of_turn(trace, entry, snapshot.t_ns)
            assert record is None or turns.ahead(snapshot.loop, record, snapshot.t_ns) == place


@given(seeds)
def test_a_turn_is_taken_from_a_queue_as_long_as_it_was(random: Random) -> None:
    simulated = simulate(random, turns=15)
    trace = simulated.recording.trace()
    turns = turns_of(trace)
    for before, taken in pairwise(simulated.snapshots):
        if before.running is None and taken.running is not None:
            record = record_of_turn(trace, taken.running, before.t_ns)
            lasting = [entry for entry in before.queue if record_of_turn(trace, entry, before.t_ns) is not None]
            if record is not None:
                assert turns.queue_length(1, record) == len(lasting)


@given(seeds)
def test_growing_by_pieces_gives_the_same_as_all_at_once(random: Random) -> None:
    simulated = simulate(random, loops=2, turns=15)
    whole = turns_of(simulated.recording.trace())
    trace = Trace(dict(simulated.recording.header))
    growing = Turns(trace)
    for kind, loop, payload in simulated.recording.chunks:
        piece = RECORD.size if kind == ChunkKind.RECORDS else len(payload)
        for start in range(0, len(payload), piece):
            trace.feed(kind, loop, payload[start : start + piece])
            growing.update(len(trace.records))
    for record in range(len(trace.records)):
        loop = trace.records.loop_of(record)
        assert growing.queue_length(loop, record) == whole.queue_length(loop, record)


def test_an_eager_first_step_is_no_turn() -> None:
    made = Recording().created(1, 0).created(2, 12).step(2, 12, 15, eager=True).step(1, 10, 20, ready=0)
    turns = turns_of(made.trace())
    assert [turns.queue_length(1, record) for record in range(4)] == [None, None, None, 1]


def test_a_turn_that_says_it_was_ready_before_its_predecessor_was_ready_when_that_was() -> None:
    made = Recording().callback(1, 10, 11, ready=1).callback(2, 60, 61, ready=50).callback(3, 70, 71, ready=5)
    turns = turns_of(made.callback(4, 80, 81, ready=65).trace())
    assert [turns.queue_length(1, record) for record in range(4)] == [1, 2, 2, 1]


def test_turns_are_found_by_what_was_written_around_them() -> None:
    made = Recording().mark("a", 1).callback(1, 10, 11).mark("b", 12).callback(2, 20, 21).mark("c", 30)
    turns = turns_of(made.trace())
    assert [turns.last_before(1, record) for record in range(5)] == [None, None, 1, 1, 3]
    assert [turns.first_after(1, record) for record in range(5)] == [1, 3, 3, None, None]
    assert (turns.between(1, 1, 3), turns.between(1, 0, 3), turns.between(2, 1, 3)) == (0, None, None)
