"""Who gets the credit for a wake."""

from __future__ import annotations

import pytest

from building import OUTSIDE, By, Recording, by_callback, by_task, by_timer
from loopviz.events import StepEnd, WakeKind
from telling import USER, sentence_at, sleeping

Frame = tuple[str, str, int]
IO: By = (WakeKind.IO, 0)
THREAD: By = (WakeKind.THREAD, 0)


def frame(name: str, file: str) -> Frame:
    return name, f"asyncio/{file}.py", 100


def waits(
    *inside: Frame, end: StepEnd = StepEnd.ON_FUTURE, target: int = 0, python: str = "3.12.1"
) -> Recording:
    """``waiter`` (1) suspends at 20; ``other`` is task 2."""
    made = Recording(python=python).created(1, 0, "waiter").created(2, 0, "other")
    return made.step(1, 10, 20, end, site=made.chain(USER, *inside), target=target)


def woken(made: Recording, by: By, callback: str | None = None) -> str:
    """Why ``waiter`` wakes at 35, by a callback if one is named."""
    if callback is not None:
        made.callback(7, 34, 36, callback, by=by)
        by = by_callback(7)
    made.step(1, 50, 60, ready=35, by=by)
    who, _, why = sentence_at(made, 35, "task_ready").partition(" wakes: ")
    assert who == "waiter"
    return why


def other_runs(made: Recording, end: StepEnd = StepEnd.ON_FUTURE, result: str = "") -> Recording:
    """``other`` takes a step that lasts from 30 to 40."""
    return made.step(2, 30, 40, end, ready=25, result=result)


SYNCHRONISATION = [
    (frame("Lock.acquire", "locks"), "another task holds the lock", "other released the lock"),
    (frame("Semaphore.acquire", "locks"), "no permit is free", "other released a permit"),
    (frame("Event.wait", "locks"), "the event is not set", "other set the event"),
    (frame("Condition.wait", "locks"), "it waits to be notified", "other notified it"),
    (frame("Barrier.wait", "locks"), "not all are at the barrier yet", "other reached the barrier"),
    (frame("Queue.get", "queues"), "the queue is empty", "other put an item into the queue"),
    (frame("Queue.put", "queues"), "the queue is full", "other took an item out of the queue"),
    (frame("Queue.join", "queues"), "not every item is marked as done", "other marked the last item as done"),
]


@pytest.mark.parametrize(("inside", "missing", "done"), SYNCHRONISATION)
def test_what_is_missing_is_told_and_then_who_brought_it(inside: Frame, missing: str, done: str) -> None:
    assert sentence_at(waits(inside), 20, "task_suspended") == f"waiter suspends on {inside[0]}: {missing}"
    made = waits(inside)
    other_runs(made)
    assert woken(made, by_task(2)) == done


def test_who_brought_it_in_its_last_step_did_not_do_so_by_its_end() -> None:
    made = waits(frame("Lock.acquire", "locks"))
    other_runs(made, StepEnd.RETURNED)
    assert woken(made, by_task(2)) == "other released the lock"


@pytest.mark.parametrize("python", ["3.13.0", "3.14.2"])
def test_a_queue_may_have_been_shut_down_since_python_3_13(python: str) -> None:
    made = waits(frame("Queue.get", "queues"), python=python)
    assert woken(made, by_task(2)) == "other put an item into the queue, or shut it down"


def test_a_condition_ends_with_a_wait_for_its_lock() -> None:
    made = waits(frame("Condition.wait", "locks"), frame("Lock.acquire", "locks"))
    assert woken(made, by_task(2)) == "other released the lock"


def test_a_future_is_completed_by_a_task_a_callback_or_a_timer() -> None:
    assert woken(waits(), by_task(2)) == "other completed its Future"
    assert woken(waits(), by_task(2), "on_done") == "the callback on_done, scheduled by other, completed its Future"
    assert woken(waits().timer(3, 15, 50, "Future.set_result", by=by_task(1)), by_timer(3)) == (
        "the timer that it set completed its Future"
    )
    assert woken(waits().timer(3, 15, 50, "Future.set_result", by=by_task(2)), by_timer(3)) == (
        "the timer that other set completed its Future"
    )
    assert woken(waits(), by_timer(99)) == "a timer completed its Future"


@pytest.mark.parametrize(
    ("by", "who"),
    [
        (IO, "I/O"),
        (THREAD, "another thread"),
        (OUTSIDE, "code outside the loop's steps"),
        ((WakeKind.UNKNOWN, 0), "something that was not recorded"),
        (by_callback(99), "a callback"),
    ],
)
def test_a_waker_that_is_no_task_is_named_as_it_was_recorded(by: By, who: str) -> None:
    assert woken(waits(), by) == f"{who} completed its Future"


@pytest.mark.parametrize(
    ("end", "result", "how"),
    [
        (StepEnd.RETURNED, "3", "returned 3"),
        (StepEnd.RETURNED, "", "returned"),
        (StepEnd.RAISED, "ValueError: x", "raised ValueError: x"),
        (StepEnd.CANCELLED, "", "was cancelled"),
    ],
)
def test_an_awaited_task_wakes_its_waiter_by_its_end(end: StepEnd, result: str, how: str) -> None:
    made = waits(end=StepEnd.ON_TASK, target=2)
    assert sentence_at(waits(end=StepEnd.ON_TASK, target=2), 20, "task_suspended") == (
        "waiter suspends on other: it goes on when other is done"
    )
    other_runs(made, end, result)
    assert woken(made, by_task(2)) == f"other, which it waits for, {how}"


GATHER = "gather.<locals>._done_callback"


def test_gather_wakes_for_the_last_of_its_tasks() -> None:
    made = waits(end=StepEnd.ON_GATHER, target=3)
    made.step(2, 25, 30, StepEnd.RETURNED, result="3")
    assert woken(made, by_task(2), GATHER) == "the last of 3 gathered tasks, other, returned 3"


@pytest.mark.parametrize(
    ("end", "how"), [(StepEnd.RAISED, "raised ValueError: x"), (StepEnd.CANCELLED, "was cancelled")]
)
def test_gather_wakes_for_one_that_fails_whether_or_not_it_is_the_last(end: StepEnd, how: str) -> None:
    made = waits(end=StepEnd.ON_GATHER, target=3)
    made.step(2, 25, 30, end, result="ValueError: x" if end == StepEnd.RAISED else "")
    assert woken(made, by_task(2), GATHER) == f"other, one of 3 gathered tasks, {how}"


def test_a_library_that_gathers_tells_no_number() -> None:
    made = waits(("Site.start", "asyncio/site.py", 3))
    made.step(2, 25, 30, StepEnd.RETURNED)
    assert woken(made, by_task(2), GATHER) == "the last of the gathered tasks, other, returned"


@pytest.mark.parametrize(
    ("callback", "reason"),
    [
        ("_wait.<locals>._on_completion", "other returned 3, and with that its wait is over"),
        ("as_completed.<locals>._on_completion", "other is the next of its tasks to be done: it returned 3"),
        ("_AsCompletedIterator._handle_completion", "other is the next of its tasks to be done: it returned 3"),
        ("TaskGroup._on_task_done", "the last task of its group, other, returned 3"),
        ("_release_waiter", "other, which it waits for, returned 3"),
        ("shield.<locals>._inner_done_callback", "other, which it waits for, returned 3"),
    ],
)
def test_asyncios_callbacks_pass_on_the_end_of_a_task(callback: str, reason: str) -> None:
    made = waits(frame("anything", "tasks"))
    made.step(2, 25, 30, StepEnd.RETURNED, result="3")
    assert woken(made, by_task(2), callback) == reason


def test_what_was_done_before_it_was_waited_for_is_told_as_that() -> None:
    made = waits(frame("_wait", "tasks"))
    assert woken(made, by_task(1), "_wait.<locals>._on_completion") == "what it waits for was done already"
    made = waits(frame("BaseEventLoop.create_connection", "base_events"))
    assert woken(made, by_task(1), "_set_result_unless_cancelled") == "asyncio has done what it asked for"


def test_a_group_that_gives_up_does_not_wake_for_its_last_task() -> None:
    made = waits(frame("TaskGroup._aexit", "taskgroups"))
    made.step(2, 25, 30, StepEnd.RAISED, result="E").cancel_requested(1, 35, by=by_callback(7))
    assert woken(made, by_task(2), "TaskGroup._on_task_done") == "its wait for the group is cancelled"


@pytest.mark.parametrize("timer", ["_release_waiter", "Timeout._on_timeout", "_AsCompletedIterator._handle_timeout"])
def test_a_time_limit_that_has_passed_is_told_with_its_length(timer: str) -> None:
    made = waits(frame("wait_for", "tasks")).timer(3, 15, 5_000_000_000, timer, by=by_task(1))
    assert woken(made, by_timer(3), timer) == "its time limit of 5 s has passed"


@pytest.mark.parametrize(
    ("inside", "by", "reason"),
    [
        (frame("StreamReader.readline", "streams"), IO, "data has come"),
        (frame("open_connection", "streams"), IO, "the connection is there"),
        (frame("StreamWriter.drain", "streams"), IO, "there is room in the buffer"),
        (frame("to_thread", "threads"), THREAD, "the work outside the loop is done"),
    ],
)
def test_what_comes_from_outside_the_loop_is_told_by_what_was_waited_for(inside: Frame, by: By, reason: str) -> None:
    assert woken(waits(inside), by, "_read_ready") == reason


def test_a_wait_that_no_table_knows_is_told_by_its_name() -> None:
    made = waits(frame("ClientSession._request", "client"))
    assert sentence_at(made, 20, "task_suspended") == "waiter suspends on ClientSession.request"
    assert woken(made, IO) == "I/O completed what it waits for"


def test_a_sleep_is_over_when_its_timers_callback_has_run() -> None:
    made = sleeping(Recording().created(1, 0, "waiter"), 1, 10, 20, 10**9)
    assert woken(made, by_timer(1), "_set_result_unless_cancelled") == "its sleep(1) is over"
