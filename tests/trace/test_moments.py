"""The state of a loop at any moment is what it was."""

from __future__ import annotations

from random import Random
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_callback, by_task, by_timer
from loopviz.events import ChunkKind, Flag, StepEnd, WakeKind
from loopviz.trace import moments as moments_module
from loopviz.trace import timers as timers_module
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.lives import Lives
from loopviz.trace.moments import Moment, Moments
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace
from loopviz.trace.wakes import Wake
from simulating import Snapshot, simulate

seeds = st.integers(0, 10**9).map(Random)


def as_snapshot(moment: Moment) -> Snapshot:
    """A moment in the words of the simulation."""

    def entry(task: int | None, callback: int | None) -> tuple[str, int]:
        return ("task", task) if task is not None else ("callback", callback or 0)

    return Snapshot(
        moment.t_ns,
        moment.loop,
        entry(moment.running.task, moment.running.callback) if moment.running else None,
        moment.idle is not None,
        tuple(entry(queued.task, queued.callback) for queued in moment.ready),
        frozenset(suspended.task for suspended in moment.suspended),
        frozenset(timer.timer for timer in moment.timers),
    )


@settings(max_examples=40)
@given(seeds, st.integers(1, 3))
def test_every_moment_is_as_it_was(random: Random, loops: int) -> None:
    simulated = simulate(random, loops=loops)
    moments = Moments(simulated.recording.trace())
    for snapshot in simulated.snapshots:
        assert as_snapshot(moments.at(snapshot.t_ns, snapshot.loop)) == snapshot


@settings(max_examples=30)
@given(seeds)
def test_moments_of_a_growing_trace_are_those_of_the_whole(random: Random) -> None:
    simulated = simulate(random, loops=2)
    whole, growing = simulated.recording.trace(), Trace(dict(simulated.recording.header))
    moments = Moments(growing)
    for kind, loop, payload in simulated.recording.chunks:
        growing.feed(kind, loop, payload)
        if kind == ChunkKind.RECORDS:
            moments.update()
    expected = Moments(whole)
    for snapshot in simulated.snapshots:
        assert moments.at(snapshot.t_ns, snapshot.loop) == expected.at(snapshot.t_ns, snapshot.loop)


@settings(max_examples=30)
@given(seeds, st.integers(1, 2))
def test_a_moment_made_of_another_is_that_made_of_all(random: Random, loops: int) -> None:
    simulated = simulate(random, loops=loops)
    growing = Trace(dict(simulated.recording.header))
    moments, chronicle = Moments(growing), Chronicle(growing)
    moments.chronicle = chronicle
    as_if_changes_cost_nothing = [mock.patch.object(at, "_COST_OF_CHANGE", 0) for at in (moments_module, timers_module)]
    with as_if_changes_cost_nothing[0], as_if_changes_cost_nothing[1]:
        for chunk in simulated.recording.chunks:
            growing.feed(*chunk)
            moments.update()
            chronicle.update()
            for snapshot in random.choices(simulated.snapshots, k=20):
                alone = Moments(growing).at(snapshot.t_ns, snapshot.loop)
                assert moments.known_at(snapshot.t_ns, snapshot.loop) == alone


def test_a_step_through_time_looks_at_no_task_that_nothing_happens_to() -> None:
    looked_at: list[int] = []

    class Watched(dict[int, Task]):
        def __getitem__(self, number: int) -> Task:
            looked_at.append(number)
            return super().__getitem__(number)

    made = Recording()
    for number in range(1, 1_001):
        made.created(number, number).step(number, 2_000 + number, 2_000 + number)
    trace = made.step(7, 4_000, 4_010, ready=3_500).trace()
    trace.tasks = Watched(trace.tasks)
    moments = Moments(trace)
    moments.chronicle = Chronicle(trace)
    assert moments.at(4_005, 1, most=2).suspended_count == 999
    looked_at.clear()
    before = moments.at(3_600, 1, most=2)
    assert ([queued.task for queued in before.ready], before.suspended_count) == ([7], 999)
    assert set(looked_at) <= {1, 2, 7}


def test_a_timer_that_is_told_late_counts_from_its_time_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers_module, "_COST_OF_CHANGE", 0)
    made = Recording().timer(1, 3, 900).timer_cancelled(1, 60).on(2).timer(2, 11, 900).on(1)
    made.timer(3, 5, 900).timer_cancelled(3, 8)
    moments = Moments(made.trace())
    times = (70, 9, 59, 7, 4, 60)
    assert [[timer.timer for timer in moments.at(t_ns, 1).timers] for t_ns in times] == [[], [1], [1], [1, 3], [1], []]


def test_callbacks_in_the_queue_are_counted_without_looking_at_each() -> None:
    made = Recording().created(1, 0).step(1, 5, 20)
    for number in range(1, 501):
        made.callback(number, 30 + number, 30 + number, ready=10, by=by_task(1))
    moment = Moments(made.trace()).at(15, 1, most=3)
    assert ([queued.callback for queued in moment.ready], moment.ready_count) == ([1, 2, 3], 500)
    assert Moments(made.trace()).at(230, 1).ready_count == 300


def test_moments_are_known_as_far_as_records_were_taken_in() -> None:
    made = Recording().created(1, 0).timer(1, 5, 100, by=by_task(1)).timer(2, 6, 200, by=by_task(1))
    moments = Moments(made.trace())
    assert moments.known_at(50, 1).timer_count == 0
    moments.update(2)
    assert moments.known_at(50, 1).timer_count == 1
    assert moments.at(50, 1).timer_count == 2


def at(made: Recording, t_ns: int, loop: int = 1) -> Moment:
    return Moments(made.trace()).at(t_ns, loop)


def test_the_queue_says_since_when_and_by_whom() -> None:
    made = Recording().created(1, 0, "main").created(2, 5, "two", by=by_task(1)).step(1, 1, 20)
    made.callback(1, 30, 40, "call", ready=8, by=by_task(1)).step(2, 50, 60, ready=5, by=by_task(1))
    first, second = at(made, 10).ready
    assert (first.task, first.name, first.since_ns) == (2, "two", 5)
    assert first.wake == Wake(WakeKind.TASK, 1, None, None, 5)
    assert (second.callback, second.name, second.since_ns) == (1, "call", 8)


def test_what_is_ready_at_the_end_of_the_trace_stays_in_the_queue() -> None:
    made = Recording().created(1, 0).created(2, 1).step(1, 5, 9, StepEnd.YIELDED).ready(1, 9).ready(2, 1)
    assert [queued.task for queued in at(made, 100).ready] == [2, 1]


def test_of_steps_inside_each_other_the_innermost_runs() -> None:
    made = Recording().created(1, 0).created(2, 20, by=by_task(1), flags=Flag.EAGER)
    made.step(2, 20, 30, eager=True, by=by_task(1)).step(1, 10, 40)
    running = [at(made, t_ns).running for t_ns in (5, 10, 20, 29, 30, 39, 40)]
    assert [now and now.task for now in running] == [None, 1, 2, 2, 1, 1, None]


def test_a_step_that_has_not_ended_is_running() -> None:
    made = Recording().created(1, 0, "main").step(1, 10, 20).running(1, 30)
    running = at(made, 99).running
    assert running is not None and (running.task, running.name, running.since_ns) == (1, "main", 30)


def test_a_callback_that_has_not_ended_is_running_on_its_loop_alone() -> None:
    made = Recording().created(1, 0).running(4, 30, callback="stuck").on(2).created(2, 0)
    running = at(made, 99).running
    assert running is not None and (running.callback, running.name, running.since_ns) == (4, "stuck", 30)
    assert at(made, 99, loop=2).running is None
    assert at(made, 29).running is None


def test_timers_stand_in_the_order_in_which_they_are_due() -> None:
    made = Recording().created(1, 0).timer(1, 11, 900, "late", by=by_task(1)).timer(2, 12, 100, by=by_task(1))
    made.step(1, 10, 20)
    timers = at(made, 15).timers
    assert [(timer.timer, timer.task, timer.set_ns, timer.due_ns) for timer in timers] == [
        (2, 1, 12, 112),
        (1, 1, 11, 911),
    ]
    assert timers[1].callback == "late"


def test_a_timer_is_set_until_it_fires_or_is_cancelled_and_longer_than_it_is_due() -> None:
    made = Recording().timer(1, 10, 5).timer(2, 10, 90).timer_cancelled(2, 30)
    made.callback(1, 50, 60, ready=40, by=by_timer(1)).timer_cancelled(1, 70)
    assert [[timer.timer for timer in at(made, t_ns).timers] for t_ns in (9, 10, 29, 30, 39, 40)] == [
        [],
        [1, 2],
        [1, 2],
        [1],
        [1],
        [],
    ]


def test_who_waits_for_whom_is_said_in_words() -> None:
    made = Recording().created(1, 0, "main").created(2, 1, "worker").step(1, 5, 9, StepEnd.ON_TASK, target=2)
    (suspended,) = at(made, 9).suspended
    assert (suspended.task, suspended.name, suspended.since_ns) == (1, "main", 9)
    assert suspended.wait is not None and (suspended.wait.words, suspended.wait.task) == ("task worker", 2)


def test_idle_says_since_when_and_how_long_was_asked_for() -> None:
    made = Recording().idle(10, 20, 500).idle(30, 40)
    assert [at(made, t_ns).idle for t_ns in (9, 20, 29)] == [None, None, None]
    idle, endless = at(made, 10).idle, at(made, 30).idle
    assert idle is not None and (idle.since_ns, idle.timeout_ns) == (10, 500)
    assert endless is not None and endless.timeout_ns is None


def test_lists_are_cut_to_what_is_asked_for_and_counts_are_not() -> None:
    made = Recording()
    for number in range(1, 8):
        made.created(number, number).timer(number, number, 100 - number)
    for number in range(8, 13):
        made.created(number, number).step(number, 20 + number, 20 + number)
    moment = Moments(made.trace()).at(50, 1, most=2)
    assert (moment.ready_count, moment.timer_count, moment.suspended_count) == (7, 7, 5)
    assert [queued.task for queued in moment.ready] == [1, 2]
    assert [timer.timer for timer in moment.timers] == [1, 2]
    assert [suspended.task for suspended in moment.suspended] == [8, 9]


def test_a_loop_that_is_not_known_has_empty_moments() -> None:
    moment = at(Recording().created(1, 0), 5, loop=9)
    assert (moment.running, moment.idle, moment.ready, moment.timers, moment.suspended) == (None, None, (), (), ())


# Lives


@settings(max_examples=30)
@given(seeds, st.integers(1, 4_000), st.integers(1, 300))
def test_the_living_are_those_born_and_not_ended(random: Random, count: int, longest: int) -> None:
    births = [index + random.randint(-5, 5) for index in range(count)]
    ends = [None if random.random() < 0.01 else birth + random.randint(0, longest) for birth in births]
    lives = Lives(ends.__getitem__)
    for number, birth in enumerate(births):
        lives.born(number, birth)
    for time_ns in [random.randint(-10, count + longest) for _ in range(10)]:
        expected = [
            number
            for number, (birth, end) in enumerate(zip(births, ends, strict=True))
            if birth <= time_ns and (end is None or end > time_ns)
        ]
        assert sorted(lives.at(time_ns)) == expected
        assert [births[number] for number in lives.at(time_ns)] == sorted(births[number] for number in expected)


def test_finding_the_living_does_not_look_at_all_the_dead() -> None:
    looked_at: list[int] = []

    def ended(number: int) -> int:
        looked_at.append(number)
        return number + 10

    lives = Lives(ended)
    for number in range(100_000):
        lives.born(number, number)
    looked_at.clear()
    assert lives.at(70_005) == list(range(69_996, 70_006))
    assert len(looked_at) < 1_500


def test_an_end_that_becomes_known_later_counts() -> None:
    ends: dict[int, int] = {}
    lives = Lives(ends.get)
    for number in range(2_000):
        lives.born(number, number)
    ends[7] = 1_000
    assert 7 in lives.at(999) and 7 not in lives.at(1_000)


def test_a_callback_of_another_task_is_named_behind_a_wake() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).callback(1, 30, 40, "wake", by=by_task(9))
    made.step(1, 60, 70, ready=35, by=by_callback(1))
    (queued,) = at(made, 50).ready
    assert queued.wake == Wake(WakeKind.TASK, 9, None, "wake", 35)
