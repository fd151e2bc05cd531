"""A Trace is what its records make it: spans without gap or overlap, and the same however the bytes came in."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, everything, state_of
from loopviz.events import RECORD, ChunkKind, Flag, StepEnd
from loopviz.trace.chunks import ChunkParser
from loopviz.trace.files import load
from loopviz.trace.lifecycle import FINISHED, State, is_legal
from loopviz.trace.tasks import STATE_BITS, STATE_MASK, Task
from loopviz.trace.trace import Trace
from simulating import Simulated, simulate

seeds = st.integers(0, 10**9).map(Random)
recordings = st.builds(
    simulate, seeds, loops=st.integers(1, 3), turns=st.integers(0, 40), shortest_tick=st.integers(0, 1)
)


def fed(data: bytes, piece: int) -> Trace:
    """The trace of a file that comes in pieces of so many bytes."""
    parser, trace = ChunkParser(), Trace()
    for start in range(0, len(data), piece):
        had_header = parser.header is not None
        chunks = list(parser.feed(data[start : start + piece]))
        if parser.header is not None and not had_header:
            trace = Trace(parser.header)
        for chunk in chunks:
            trace.feed(*chunk)
    assert parser.waiting == 0 and parser.damage is None
    return trace


@given(recordings)
def test_spans_of_a_task_leave_no_gap_and_never_overlap(simulated: Simulated) -> None:
    trace = simulated.recording.trace()
    assert trace.refused == 0
    for task in trace.tasks.values():
        spans = list(task.spans())
        assert all(span.end_ns == after.start_ns for span, after in pairwise(spans))
        assert all(span.end_ns is None or span.start_ns <= span.end_ns for span in spans)
        assert [span.end_ns is None for span in spans] == [
            task.state not in FINISHED and index == len(spans) - 1 for index in range(len(spans))
        ]
        states = [boundary & STATE_MASK for boundary in task.boundaries]
        assert all(is_legal(before, after) for before, after in pairwise(states))


STATES = {
    "task_ready": State.READY,
    "task_started": State.RUNNING,
    "task_resumed": State.RUNNING,
    "task_suspended": State.SUSPENDED,
}


@given(recordings)
def test_spans_tell_what_happened(simulated: Simulated) -> None:
    expected: dict[int, list[tuple[int, State]]] = {}
    for time_ns, name, _loop, number in simulated.truth:
        if number is not None and name in STATES:
            life = expected.setdefault(number, [])
            if name == "task_ready" and life and life[-1] == (time_ns, State.SUSPENDED):
                life.pop()  # it yielded, or was woken in the instant in which it would have been suspended
            life.append((time_ns, STATES[name]))
    trace = simulated.recording.trace()
    for task in trace.tasks.values():
        seen = [(boundary >> STATE_BITS, boundary & STATE_MASK) for boundary in task.boundaries]
        assert [change for change in seen if change[1] not in FINISHED] == expected[task.number]


@settings(max_examples=40)
@given(recordings, st.integers(1, 400))
def test_bytes_in_pieces_of_any_size_give_the_same_trace(simulated: Simulated, piece: int) -> None:
    data = simulated.recording.file()
    assert state_of(fed(data, piece)) == state_of(fed(data, len(data)))


def test_bytes_one_by_one_give_the_same_trace() -> None:
    data = everything().file()
    assert state_of(fed(data, 1)) == state_of(fed(data, len(data)))


@settings(max_examples=40)
@given(recordings)
def test_records_one_by_one_give_the_same_trace(simulated: Simulated) -> None:
    one_by_one = Trace(dict(simulated.recording.header))
    for kind, loop, payload in (*simulated.recording.cut().chunks,):
        size = RECORD.size if kind == ChunkKind.RECORDS else max(1, len(payload))
        for start in range(0, len(payload), size):
            one_by_one.feed(kind, loop, payload[start : start + size])
    assert state_of(one_by_one) == state_of(simulated.recording.trace())


@settings(max_examples=25)
@given(recordings)
def test_save_then_load_is_identity(tmp_path_factory, simulated: Simulated) -> None:  # type: ignore[no-untyped-def]
    path: Path = tmp_path_factory.mktemp("saved") / "it.loopviz"
    path.write_bytes(simulated.recording.file())
    assert state_of(load(path)) == state_of(simulated.recording.trace())


def states(task: Task) -> list[tuple[int, str]]:
    return [(boundary >> STATE_BITS, State(boundary & STATE_MASK).name) for boundary in task.boundaries]


def only_task(recording: Recording) -> Task:
    (task,) = recording.trace().tasks.values()
    return task


def test_a_task_that_yields_is_never_suspended() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.YIELDED).step(1, 30, 40, ready=18)
    assert states(only_task(made)) == [
        (0, "READY"),
        (10, "RUNNING"),
        (20, "READY"),
        (30, "RUNNING"),
        (40, "SUSPENDED"),
    ]


def test_a_task_woken_while_it_ran_is_never_suspended() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).step(1, 30, 40, StepEnd.RETURNED, ready=15, result="1")
    assert states(only_task(made))[2] == (20, "READY")
    assert only_task(made).result == "1"


def test_a_task_that_was_not_seen_before_has_no_beginning() -> None:
    task = only_task(Recording().step(7, 10, 20, ready=5))
    assert (task.name, task.created_ns, task.first_ns) == ("task 7", None, 5)


def test_a_task_alive_before_the_recording_is_unknown_up_to_its_first_fact() -> None:
    made = Recording().created(1, 3, "old", flags=Flag.ALIVE_BEFORE).step(1, 20, 30, ready=12)
    assert states(only_task(made))[:3] == [(3, "UNKNOWN"), (12, "READY"), (20, "RUNNING")]
    assert only_task(made).created_ns is None


def test_a_carried_task_is_unknown_between_its_creation_and_what_was_kept() -> None:
    made = Recording().created(1, 3, flags=Flag.CARRIED).step(1, 20, 30, ready=12)
    assert states(only_task(made))[:2] == [(3, "UNKNOWN"), (12, "READY")]
    assert only_task(made).created_ns == 3


def test_a_creation_that_was_carried_and_kept_too_is_known_whole() -> None:
    made = Recording().created(1, 3, flags=Flag.CARRIED).created(1, 3).step(1, 20, 30, ready=4)
    assert states(only_task(made))[:2] == [(3, "READY"), (20, "RUNNING")]


def test_an_eager_task_that_is_carried_is_unknown_until_what_was_kept() -> None:
    carried = Recording().created(1, 3, flags=Flag.CARRIED | Flag.EAGER)
    assert states(only_task(carried)) == [(3, "UNKNOWN")]
    carried.step(1, 20, 30, ready=12)
    assert states(only_task(carried))[:3] == [(3, "UNKNOWN"), (12, "READY"), (20, "RUNNING")]
    assert only_task(carried).eager


def test_an_eager_task_that_is_carried_may_have_its_first_step_kept() -> None:
    made = Recording().created(1, 3, flags=Flag.CARRIED | Flag.EAGER).step(1, 3, 9, StepEnd.RETURNED, eager=True)
    assert states(only_task(made))[-2:] == [(3, "RUNNING"), (9, "RETURNED")]
    assert made.trace().refused == 0


def test_an_eager_step_needs_no_ready() -> None:
    made = Recording().created(1, 3, flags=Flag.EAGER).step(1, 3, 9, StepEnd.RETURNED, eager=True)
    assert states(only_task(made)) == [(3, "RUNNING"), (9, "RETURNED")]


def test_a_provisional_step_is_replaced_by_the_step_itself() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).ready(1, 25)
    assert states(only_task(made))[-1] == (25, "READY")
    made.running(1, 31)
    assert states(only_task(made))[-2:] == [(31, "READY"), (31, "RUNNING")]
    made.step(1, 31, 50, ready=26)
    assert states(only_task(made))[3:] == [(26, "READY"), (31, "RUNNING"), (50, "SUSPENDED")]
    assert made.trace().pending_tasks == {}


def test_steps_that_contradict_the_ones_before_are_left_out_whole_and_counted() -> None:
    made = Recording().created(1, 0).step(1, 10, 20)
    before = made.trace()
    made.step(1, 15, 30).step(1, 40, 35).step(8, 9, 2)
    trace = made.trace()
    assert trace.refused == 3
    assert states(trace.tasks[1]) == states(before.tasks[1])
    assert list(trace.tasks) == [1]
    assert list(trace.step_records) == list(before.step_records)


def test_nothing_happens_after_a_task_is_over() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.CANCELLED).step(1, 30, 40).ready(1, 50)
    assert states(only_task(made))[-1] == (20, "CANCELLED")
    assert made.trace().refused == 2


def test_times_before_the_recording_count_as_its_start() -> None:
    made = Recording().step(1, 10, 20, ready=-500)
    assert states(only_task(made))[0] == (0, "READY")


def test_kinds_of_a_later_version_are_skipped() -> None:
    made = Recording().created(1, 0).record(99, 5, start=3).chunk(77, b"whatever")
    made.define(88, b"\xff\xfe")
    made.step(1, 10, 20)
    trace = made.trace()
    assert trace.refused == 0
    assert len(list(trace.tasks[1].spans())) == 3


def test_losses_are_summed_and_their_reasons_kept() -> None:
    trace = Recording().lost(5, "bounded").lost(3, "disk full").trace()
    assert (trace.lost_records, list(trace.losses)) == (8, ["bounded", "disk full"])


def test_a_task_is_described_by_its_creation_and_renamed_later() -> None:
    made = Recording().created(1, 0, "first", coroutine="mod.work", arguments="3, 'x'").renamed(1, "second", 5)
    task = only_task(made)
    assert (task.name, task.coroutine, task.arguments) == ("second", "mod.work", "3, 'x'")


def test_a_task_without_a_name_of_its_own_has_its_default_name() -> None:
    assert only_task(Recording().created(4, 0)).name == "Task-4"
