"""Every event once, in order of time, causes first; the same however the trace came in."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_callback, by_task, everything
from loopviz.events import RECORD, ChunkKind, Flag, StepEnd, WakeKind, WarningKind
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.facts import Event
from loopviz.trace.trace import Trace
from simulating import Happened, simulate

seeds = st.integers(0, 10**9).map(Random)


def happened(events: list[Event]) -> list[Happened]:
    return [(event.t_ns, event.name, event.loop, event.task) for event in events]


def names(recording: Recording) -> list[str]:
    return [event.name for event in Chronicle(recording.trace())]


@given(seeds)
def test_one_loops_events_come_in_the_order_in_which_they_happened(random: Random) -> None:
    simulated = simulate(random)
    assert happened(list(Chronicle(simulated.recording.trace()))) == simulated.truth


@settings(max_examples=40)
@given(seeds)
def test_several_loops_events_come_in_order_of_time(random: Random) -> None:
    simulated = simulate(random, loops=3)
    events = happened(list(Chronicle(simulated.recording.trace())))
    assert [event[0] for event in events] == [event[0] for event in simulated.truth]
    for loop in (1, 2, 3):
        assert [event for event in events if event[2] == loop] == [
            event for event in simulated.truth if event[2] == loop
        ]


ENTERS = {"task_started", "task_resumed", "callback_started"}
LEAVES = {"task_suspended", "task_finished", "callback_finished"}
DONE_BY_A_STEP = {"task_created", "timer_set", "output", "cancel_requested"}


@given(seeds)
def test_in_one_instant_causes_precede_effects(random: Random) -> None:
    simulated = simulate(random, shortest_tick=0)
    trace = simulated.recording.trace()
    events = list(Chronicle(trace))
    assert sorted(happened(events), key=str) == sorted(simulated.truth, key=str)
    steps: list[tuple[int, int]] = []
    for event in events:
        raw = trace.records.raw(event.record)
        what = (WakeKind.TASK, event.task or 0) if event.task else (WakeKind.CALLBACK, raw.who)
        if event.name in ENTERS:
            steps.append(what)
        elif event.name in LEAVES:
            assert steps.pop() == what
        elif event.name in DONE_BY_A_STEP and raw.waker_kind != WakeKind.OUTSIDE:
            assert steps[-1] == (raw.waker_kind, raw.waker)


@given(seeds)
def test_in_one_instant_a_task_goes_through_its_states_in_order(random: Random) -> None:
    simulated = simulate(random, shortest_tick=0)
    events = happened(list(Chronicle(simulated.recording.trace())))
    for task in {event[3] for event in simulated.truth}:
        assert _life(events, task) == _life(simulated.truth, task)


def _life(events: list[Happened], task: int | None) -> list[Happened]:
    return [event for event in events if event[3] == task and event[1].startswith("task_")]


@settings(max_examples=40)
@given(seeds, st.booleans())
def test_growing_by_pieces_gives_the_same_as_all_at_once(random: Random, record_by_record: bool) -> None:
    simulated = simulate(random, loops=2, turns=15, shortest_tick=0)
    whole = simulated.recording.trace()
    growing = Trace(dict(simulated.recording.header))
    chronicle = Chronicle(growing)
    for kind, loop, payload in simulated.recording.chunks:
        piece = RECORD.size if record_by_record and kind == ChunkKind.RECORDS else len(payload)
        for start in range(0, len(payload), piece):
            growing.feed(kind, loop, payload[start : start + piece])
            chronicle.update()
    assert list(chronicle) == list(Chronicle(whole))


@given(seeds, st.integers(1, 40))
def test_taking_in_a_trace_piece_by_piece_gives_the_same_as_all_at_once(random: Random, piece: int) -> None:
    trace = simulate(random, loops=2, turns=15, shortest_tick=0).recording.trace()
    chronicle = Chronicle(trace, at_most=piece)
    while chronicle.taken < len(trace.records):
        before = chronicle.taken
        chronicle.update(piece)
        assert chronicle.taken == min(before + piece, len(trace.records))
    assert list(chronicle) == list(Chronicle(trace))


@given(seeds, st.integers(0, 5))
def test_lagging_behind_a_growing_trace_gives_the_same_in_the_end(random: Random, piece: int) -> None:
    simulated = simulate(random, loops=2, turns=15, shortest_tick=0)
    whole = simulated.recording.trace()
    growing = Trace(dict(simulated.recording.header))
    chronicle = Chronicle(growing)
    for chunk in simulated.recording.chunks:
        growing.feed(*chunk)
        chronicle.update(piece)
    chronicle.update()
    assert list(chronicle) == list(Chronicle(whole))


@given(seeds, st.integers(1, 40), st.integers(0, 8))
def test_where_what_comes_late_is_put_in_makes_no_difference(random: Random, piece: int, few: int) -> None:
    trace = simulate(random, loops=3, turns=15, shortest_tick=0).recording.trace()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loopviz.trace.chronicle._FAR_BACK", 4)
        patch.setattr("loopviz.trace.chronicle._FEW_LATE", few)
        chronicle = Chronicle(trace, at_most=0)
        while chronicle.taken < len(trace.records):
            chronicle.update(piece)
    assert list(chronicle) == list(Chronicle(trace))


def test_an_event_is_found_again_after_earlier_ones_have_come() -> None:
    trace = Recording().loop_defined(1).loop_defined(2).mark("a", 10).mark("b", 10).trace()
    chronicle = Chronicle(trace)
    place = chronicle.place(1)
    earlier = Recording().on(2).mark("c", 5)
    earlier.cut()
    for chunk in earlier.chunks:
        trace.feed(*chunk)
    chronicle.update()
    assert chronicle.position_of(*place) == 2
    assert chronicle.position_of(10, 99, place[2]) == 1


def test_every_name_of_the_event_table_is_told() -> None:
    assert set(names(everything())) == {
        "loop_started",
        "loop_stopped",
        "loop_idle",
        "loop_woken",
        "task_created",
        "task_renamed",
        "task_ready",
        "task_started",
        "task_resumed",
        "task_suspended",
        "task_finished",
        "cancel_requested",
        "callback_started",
        "callback_finished",
        "timer_set",
        "timer_cancelled",
        "output",
        "mark",
        "blocked",
        "warning",
    }


def test_a_yield_is_a_suspension_that_is_ready_at_the_same_time() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.YIELDED).step(1, 30, 40, StepEnd.RETURNED, ready=19)
    assert happened(list(Chronicle(made.trace()))) == [
        (0, "task_created", 1, 1),
        (0, "task_ready", 1, 1),
        (10, "task_started", 1, 1),
        (20, "task_suspended", 1, 1),
        (20, "task_ready", 1, 1),
        (30, "task_resumed", 1, 1),
        (40, "task_finished", 1, 1),
    ]


def test_a_task_that_yielded_made_itself_ready() -> None:
    made = Recording().step(1, 10, 20, StepEnd.YIELDED, ready=5, by=by_task(7))
    woken = [event.facts["by_task"] for event in Chronicle(made.trace()) if event.name == "task_ready"]
    assert woken == [7, 1]


def test_a_task_alive_before_the_recording_is_ready_when_that_is_told_and_no_sooner() -> None:
    made = Recording().created(1, 6, flags=Flag.ALIVE_BEFORE)
    trace = made.trace()
    chronicle = Chronicle(trace)
    ready = Recording().ready(1, 3)
    trace.feed(*ready.cut().chunks[0])
    chronicle.update()
    assert [(event.name, event.record) for event in chronicle] == [("task_created", 0), ("task_ready", 1)]
    assert list(chronicle) == list(Chronicle(trace))


def test_a_step_that_comes_late_goes_where_it_belongs() -> None:
    made = Recording().on(1).created(1, 0).on(2).created(2, 1)
    for start in range(100, 1_000, 100):
        made.step(2, start, start + 50, ready=start - 10)
    trace = made.trace()
    chronicle = Chronicle(trace)
    late = Recording().on(1).step(1, 5, 1_000)
    late.cut()
    trace.feed(*late.chunks[0])
    chronicle.update()
    times = [event.t_ns for event in chronicle]
    assert times == sorted(times)
    assert [event.name for event in chronicle.between(5, 6)] == ["task_started"]
    assert happened(list(chronicle))[-1] == (1_000, "task_suspended", 1, 1)


def test_what_was_told_in_advance_gives_way_to_the_step_itself() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).running(1, 40)
    trace = made.trace()
    chronicle = Chronicle(trace)
    assert happened(list(chronicle))[-2:] == [(40, "task_ready", 1, 1), (40, "task_resumed", 1, 1)]
    step = Recording().step(1, 40, 90, ready=35)
    step.cut()
    trace.feed(*step.chunks[0])
    chronicle.update()
    assert happened(list(chronicle))[-3:] == [
        (35, "task_ready", 1, 1),
        (40, "task_resumed", 1, 1),
        (90, "task_suspended", 1, 1),
    ]


def test_a_window_holds_its_start_and_not_its_end() -> None:
    chronicle = Chronicle(Recording().mark("a", 10).mark("b", 20).mark("c", 30).trace())
    assert [event.facts["label"] for event in chronicle.between(10, 30)] == ["a", "b"]
    assert list(chronicle.between(31, 99)) == []


def test_stepping_goes_to_the_next_and_the_previous_moment_that_has_an_event() -> None:
    chronicle = Chronicle(Recording().mark("a", 10).mark("b", 20).trace())
    assert [event and event.t_ns for event in map(chronicle.next_after, (0, 10, 15, 20))] == [10, 20, 20, None]
    assert [event and event.t_ns for event in map(chronicle.last_before, (10, 11, 20, 99))] == [None, 10, 10, 20]


def test_a_task_that_was_alive_before_the_recording_is_resumed_and_not_started() -> None:
    made = Recording().created(1, 5, flags=Flag.ALIVE_BEFORE).step(1, 10, 20).step(9, 30, 40)
    assert [event.name for event in Chronicle(made.trace()) if event.name.endswith("ed")] == [
        "task_created",
        "task_resumed",
        "task_suspended",
        "task_resumed",
        "task_suspended",
    ]


def test_a_creation_that_is_told_again_is_one_event() -> None:
    made = Recording().created(1, 5, flags=Flag.CARRIED).created(1, 5).step(1, 10, 20)
    assert names(made) == ["task_created", "task_ready", "task_started", "task_suspended"]


def test_what_the_trace_refused_is_no_event() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).step(1, 15, 12).step(1, 12, 30).idle(9, 5)
    assert names(made) == ["task_created", "task_ready", "task_started", "task_suspended"]


def test_a_request_to_cancel_that_was_recorded_late_precedes_the_wake_that_it_caused() -> None:
    made = Recording().created(1, 0).created(2, 1).step(2, 5, 8).step(1, 10, 30).cancel_requested(2, 10, by=by_task(1))
    made.step(2, 40, 50, StepEnd.CANCELLED, ready=10, by=by_task(1))
    assert [event.name for event in Chronicle(made.trace()).between(10, 11)] == [
        "task_started",
        "cancel_requested",
        "task_ready",
    ]


def test_facts_of_a_wake_lead_back_to_who_set_the_timer() -> None:
    made = Recording().created(1, 0).timer(7, 12, 100, by=by_task(1)).step(1, 10, 20)
    made.callback(3, 120, 125, "set_result", by=(WakeKind.TIMER, 7)).step(1, 130, 140, ready=122, by=by_callback(3))
    wake = next(event for event in Chronicle(made.trace()) if event.t_ns == 122)
    assert wake.facts == {"by": "timer", "by_task": 1, "by_timer": 7, "by_callback": "set_result"}


def test_a_loop_that_runs_again_is_told_with_the_thread_of_its_last_start() -> None:
    made = Recording().loop_defined(1).loop_started(0, "first").loop_stopped(5).loop_started(10, "second")
    made.loop_stopped(15)
    assert [event.facts["thread"] for event in Chronicle(made.trace())] == ["first", "first", "second", "second"]


def facts(recording: Recording, name: str) -> dict[str, object]:
    """The facts of the only event of a name."""
    (event,) = [event for event in Chronicle(recording.trace()) if event.name == name]
    return event.facts


def test_a_suspension_tells_the_await_chain_from_the_outermost_frame_in() -> None:
    made = Recording()
    site = made.chain(("main", "app.py", 9), ("sleep", "asyncio/tasks.py", 0))
    assert facts(made.step(1, 10, 35, site=site), "task_suspended") == {
        "wait": "sleep",
        "words": "sleep",
        "wait_task": None,
        "wait_count": None,
        "delay_ns": None,
        "yielded": False,
        "ran_ns": 25,
        "frames": [
            {"name": "main", "file": "app.py", "line": 9, "library": False},
            {"name": "sleep", "file": "asyncio/tasks.py", "line": None, "library": True},
        ],
    }


def test_an_end_tells_the_outcome_and_its_text() -> None:
    made = Recording().step(1, 10, 35, StepEnd.RAISED, result="ValueError: no")
    assert facts(made, "task_finished") == {"outcome": "raised", "result": "ValueError: no", "ran_ns": 25}


def test_a_blocked_step_tells_how_long_it_runs_and_where_it_is() -> None:
    made = Recording()
    told = facts(made.blocked(1, 100, 350, made.chain(("main", "app.py", 9))), "blocked")
    assert (told["callback"], told["running_ns"]) == (None, 250)
    assert told["frames"] == [{"name": "main", "file": "app.py", "line": 9, "library": False}]


def test_a_blocking_callback_is_no_task() -> None:
    (event,) = Chronicle(Recording().blocked(4, 100, 350, callback=True).trace())
    assert (event.task, event.facts["callback"]) == (None, 4)


def test_a_timer_tells_when_it_is_due_and_who_set_it() -> None:
    told = facts(Recording().timer(7, 100, 50, "call_me", by=by_task(3)), "timer_set")
    assert told == {
        "timer": 7,
        "name": "call_me",
        "due_ns": 150,
        "delay_ns": 50,
        "by": "task",
        "by_task": 3,
        "by_timer": None,
        "by_callback": None,
    }


def test_an_idle_loop_tells_how_long_it_meant_to_wait_and_did() -> None:
    made = Recording().idle(100, 350, 300)
    assert facts(made, "loop_idle") == {"timeout_ns": 300}
    assert facts(made, "loop_woken") == {"timeout_ns": 300, "idle_ns": 250}
    assert facts(Recording().idle(100, 350), "loop_idle") == {"timeout_ns": None}


def test_a_coroutine_never_awaited_is_named_with_where_it_is() -> None:
    made = Recording()
    code = made.code("forgotten", "app.py", 30)
    told = facts(made.warned("it was never awaited", 5, WarningKind.NEVER_AWAITED, call=code), "warning")
    assert [told[name] for name in ("warning", "text", "coroutine", "file", "line")] == [
        "never_awaited",
        "it was never awaited",
        "forgotten",
        "app.py",
        30,
    ]


def test_a_creation_tells_what_where_and_by_whom() -> None:
    made = Recording().created(1, 0, "main")
    site = made.chain(("main", "app.py", 9))
    made.created(2, 5, "first", coroutine="work", arguments="3", by=by_task(1), site=site).renamed(2, "last", 8)
    event = next(event for event in Chronicle(made.trace()) if event.task == 2)
    expected = {
        "name": "last",
        "coroutine": "work",
        "arguments": "3",
        "file": "app.py",
        "line": 1,
        "created_file": "app.py",
        "created_line": 9,
        "parent": 1,
        "eager": False,
        "alive_before": False,
        "inferred": False,
    }
    assert {name: event.facts[name] for name in expected} == expected


@settings(max_examples=20)
@given(seeds)
def test_positions_and_times_lead_to_the_same_events(random: Random) -> None:
    chronicle = Chronicle(simulate(random).recording.trace())
    events = list(chronicle)
    assert [chronicle[position] for position in range(len(chronicle))] == events
    for time_ns in {event.t_ns for event in events}:
        assert chronicle.position_at(time_ns) == sum(event.t_ns < time_ns for event in events)
    with pytest.raises(IndexError):
        chronicle[len(chronicle)]


def test_a_rename_tells_the_new_name_and_the_one_before_it() -> None:
    made = Recording().created(1, 1).renamed(1, "first", 5).renamed(1, "second", 9).renamed(2, "of nobody", 10)
    renames = [event for event in Chronicle(made.trace()) if event.name == "task_renamed"]
    assert [(event.t_ns, event.task, event.facts) for event in renames] == [
        (5, 1, {"name": "first", "previous_name": "Task-1"}),
        (9, 1, {"name": "second", "previous_name": "first"}),
        (10, 2, {"name": "of nobody", "previous_name": None}),
    ]


def test_a_name_that_was_asked_for_at_the_creation_is_no_rename() -> None:
    made = Recording().created(1, 1).renamed(1, "given", 2, Flag.AT_CREATION).renamed(1, "another", 3)
    (rename,) = (event for event in Chronicle(made.trace()) if event.name == "task_renamed")
    assert rename.facts == {"name": "another", "previous_name": "given"}
