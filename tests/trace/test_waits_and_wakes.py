"""What a suspended task waits for, in words, and who woke whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from building import OUTSIDE, By, Recording, by_callback, by_task, by_timer
from loopviz.events import RecordKind, StepEnd, WakeKind
from loopviz.trace.trace import Trace
from loopviz.trace.waits import Wait, wait_of, wait_of_span
from loopviz.trace.wakes import Wake, task_behind, wake_of, wake_of_span

USER = ("main", "app.py", 3)
SLEEP = ("sleep", "asyncio/tasks.py", 660)


def last_wait(made: Recording) -> Wait | None:
    trace = made.trace()
    return wait_of(trace, trace.records.step(trace.step_records[-1]))


@pytest.mark.parametrize(
    ("frames", "end", "words"),
    [
        ([], StepEnd.ON_FUTURE, "Future"),
        ([], StepEnd.UNKNOWN, "unknown"),
        ([USER], StepEnd.ON_FUTURE, "Future"),
        ([USER], StepEnd.ON_GATHER, "gather"),
        ([USER], StepEnd.YIELDED, "yield"),
        ([USER, SLEEP, ("__sleep0", "asyncio/tasks.py", 640)], StepEnd.YIELDED, "sleep(0)"),
        ([USER, SLEEP], StepEnd.ON_FUTURE, "sleep"),
        ([USER, ("Queue.get", "asyncio/queues.py", 186)], StepEnd.ON_FUTURE, "Queue.get"),
        (
            [
                USER,
                ("_ContextManagerMixin.__aenter__", "asyncio/locks.py", 13),
                ("Lock.acquire", "asyncio/locks.py", 99),
            ],
            StepEnd.ON_FUTURE,
            "Lock.acquire",
        ),
        ([USER, ("helper", "lib.py", 4), SLEEP], StepEnd.ON_FUTURE, "sleep"),
        ([("Loop._serve", "asyncio/server.py", 4), SLEEP], StepEnd.ON_FUTURE, "sleep"),
        ([("Loop._serve", "asyncio/server.py", 4)], StepEnd.ON_FUTURE, "Future"),
        (
            [(f"Server.{name}", "asyncio/server.py", 4) for name in ("_serve", "serve", "_main_loop")],
            StepEnd.ON_FUTURE,
            "Server.main_loop",
        ),
        ([SLEEP], StepEnd.ON_FUTURE, "sleep"),
        ([SLEEP, ("__sleep0", "asyncio/tasks.py", 640)], StepEnd.YIELDED, "sleep(0)"),
        ([("wait_for", "asyncio/tasks.py", 500), SLEEP], StepEnd.ON_FUTURE, "wait_for(sleep)"),
        (
            [("StreamReader.readline", "asyncio/streams.py", 9), ("StreamReader.readuntil", "asyncio/streams.py", 4)],
            StepEnd.ON_FUTURE,
            "StreamReader.readline",
        ),
    ],
)
def test_a_wait_is_called_by_what_the_users_code_awaits(
    frames: list[tuple[str, str, int]], end: StepEnd, words: str
) -> None:
    made = Recording()
    wait = last_wait(made.step(1, 10, 20, end, site=made.chain(*frames)))
    assert wait is not None and wait.words == words


def test_a_wait_points_at_the_users_line_and_at_the_innermost() -> None:
    made = Recording()
    site = made.chain(USER, ("helper", "lib.py", 8), SLEEP, ("inner", "asyncio/futures.py", 1))
    wait = last_wait(made.step(1, 10, 20, site=site))
    assert wait is not None and wait.user is not None and wait.innermost is not None
    assert (wait.user.place, wait.innermost.place) == ("lib.py:8", "asyncio/futures.py:1")


def test_a_wait_for_a_task_names_it() -> None:
    made = Recording().created(2, 0, "worker").step(1, 10, 20, StepEnd.ON_TASK, target=2)
    wait = last_wait(made)
    assert wait is not None and (wait.words, wait.task) == ("task worker", 2)


@pytest.mark.parametrize("name", ["Task-2", "None"])
def test_a_wait_for_a_task_that_the_program_gave_no_name_names_its_coroutine(name: str) -> None:
    made = Recording().created(2, 0, name, coroutine="work", arguments="3").step(1, 10, 20, StepEnd.ON_TASK, target=2)
    wait = last_wait(made)
    assert wait is not None and (wait.words, wait.task) == ("task work(3)", 2)


def test_a_gather_says_of_how_many() -> None:
    wait = last_wait(Recording().step(1, 10, 20, StepEnd.ON_GATHER, target=10))
    assert wait is not None and (wait.words, wait.count) == ("gather of 10", 10)


def test_a_finished_task_waits_for_nothing() -> None:
    assert last_wait(Recording().step(1, 10, 20, StepEnd.RETURNED)) is None


def sleeping(made: Recording) -> Recording:
    return made.step(1, 1_000, 1_100, site=made.chain(USER, SLEEP))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (lambda made: made.timer(1, 1_050, 1_500_000_000, by=by_task(1)), "sleep(1.5)"),
        (lambda made: made.timer(1, 1_050, 10**9, by=by_task(1)).timer(2, 1_060, 10**8, by=by_task(1)), "sleep(0.1)"),
        (lambda made: made.timer(1, 1_050, 10**9, by=by_task(1)).output("x", 1_060, by=by_task(1)), "sleep(1)"),
        (lambda made: made.timer(1, 1_050, 10**9, by=by_task(2)), "sleep"),
        (lambda made: made.timer(1, 500, 10**9, by=by_task(1)), "sleep"),
        (lambda made: made.timer(1, 500, 10**9, by=by_task(1)).callback(1, 600, 700), "sleep"),
        (
            lambda made: made.timer(1, 1_050, 10**9, by=by_task(1)).on(2).step(8, 10, 20).callback(3, 25, 30).on(1),
            "sleep(1)",
        ),
        (
            lambda made: made.timer(1, 1_050, 10**9, by=by_task(1)).step(5, 1_060, 1_070, eager=True, by=by_task(1)),
            "sleep(1)",
        ),
    ],
)
def test_a_sleep_takes_its_delay_from_the_last_timer_set_in_its_own_step(
    before: Callable[[Recording], Recording], words: str
) -> None:
    wait = last_wait(sleeping(before(Recording())))
    assert wait is not None and wait.words == words


def test_looking_for_a_delay_ends_at_the_step_before() -> None:
    made = Recording()
    for at in range(0, 900, 10):
        made.step(1, at, at + 5)
    trace = sleeping(made).trace()
    looked_at: list[int] = []
    raw = trace.records.raw
    trace.records.raw = lambda index: looked_at.append(index) or raw(index)  # type: ignore[func-returns-value,method-assign]
    wait_of(trace, trace.records.step(trace.step_records[-1]))
    assert len(looked_at) < 5


def woken(by: By, *before: Callable[[Recording], object]) -> tuple[Trace, Wake]:
    made = Recording()
    for fact in before:
        fact(made)
    trace = made.step(1, 100, 200, ready=90, by=by).trace()
    return trace, wake_of(trace, trace.records.step(trace.step_records[-1]))


def test_a_task_woken_by_a_task() -> None:
    assert woken(by_task(7))[1] == Wake(WakeKind.TASK, 7, None, None, 90)


def test_a_task_woken_through_callbacks_leads_to_the_task_behind() -> None:
    _, wake = woken(
        by_callback(2),
        lambda made: made.callback(1, 10, 20, "first", by=by_task(7)),
        lambda made: made.callback(2, 30, 40, "second", by=by_callback(1)),
    )
    assert wake == Wake(WakeKind.TASK, 7, None, "second", 90)


def test_a_task_woken_by_a_timer_leads_to_who_set_it() -> None:
    _, wake = woken(by_timer(3), lambda made: made.timer(3, 5, 50, by=by_task(1)))
    assert wake == Wake(WakeKind.TIMER, 1, 3, None, 90)


@pytest.mark.parametrize("by", [OUTSIDE, (WakeKind.IO, 0), (WakeKind.THREAD, 0), (WakeKind.UNKNOWN, 0)])
def test_a_wake_that_no_task_made_has_none(by: By) -> None:
    trace, wake = woken(by)
    assert wake == Wake(by[0], None, None, None, 90)
    assert task_behind(trace, *by) is None


def test_a_callback_that_is_not_known_stays_the_wake() -> None:
    assert woken(by_callback(9))[1] == Wake(WakeKind.CALLBACK, None, None, None, 90)


def test_callbacks_that_schedule_each_other_in_a_circle_end_somewhere() -> None:
    trace, wake = woken(
        by_callback(1),
        lambda made: made.callback(1, 10, 20, by=by_callback(2)),
        lambda made: made.callback(2, 30, 40, by=by_callback(1)),
    )
    assert wake.task is None
    assert task_behind(trace, *by_callback(1)) is None


def wakes_of_spans(made: Recording, task: int = 1) -> list[Wake | None]:
    trace = made.trace()
    return [wake_of_span(trace, span) for span in trace.tasks[task].spans()]


def test_a_new_task_was_made_ready_by_its_creator_before_its_first_step_is_known() -> None:
    made = Recording().created(1, 5, by=by_task(4))
    assert wakes_of_spans(made) == [Wake(WakeKind.TASK, 4, None, None, 5)]


def test_a_task_that_yielded_made_itself_ready_before_its_next_step_is_known() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.YIELDED, by=(WakeKind.IO, 0), ready=3)
    assert wakes_of_spans(made)[-1] == Wake(WakeKind.TASK, 1, None, None, 20)


def test_a_ready_and_a_running_span_have_the_same_wake_and_a_suspended_one_has_none() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).step(1, 30, 40, ready=25, by=by_task(8))
    suspended, ready, running = wakes_of_spans(made)[2:5]
    assert suspended is None
    assert ready == running == Wake(WakeKind.TASK, 8, None, None, 25)


def test_what_was_told_in_advance_has_its_wake() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).ready(1, 30, by=(WakeKind.IO, 0))
    assert wakes_of_spans(made)[-1] == Wake(WakeKind.IO, None, None, None, 30)


def test_only_suspended_spans_wait() -> None:
    made = Recording().created(1, 0).step(1, 10, 20, StepEnd.ON_GATHER)
    trace = made.trace()
    waits = [wait_of_span(trace, span) for span in trace.tasks[1].spans()]
    assert [wait and wait.kind for wait in waits] == [None, None, "gather"]


def test_a_kind_of_waker_that_a_later_version_may_add_is_unknown() -> None:
    made = Recording().record(RecordKind.STEP, 1, by=(77, 5), ready=90, start=100, ended=200)
    trace = made.trace()
    assert wake_of(trace, trace.records.step(0)) == Wake(WakeKind.UNKNOWN, None, None, None, 90)
