"""What is told of a task's life: one true sentence each, with its reason."""

from __future__ import annotations

import pytest

from building import OUTSIDE, By, Recording, by_callback, by_task, by_timer
from loopviz.events import Flag, RecordKind, StepEnd, WakeKind
from telling import SLEEP, USER, sentence_at, sentences, sleeping

MAIN = ("main", "app.py", 3)


def family() -> Recording:
    """A running ``main`` (1) that has made ``child`` (2)."""
    made = Recording().loop_defined().created(1, 0, "main")
    made.created(2, 15, "child", by=by_task(1), site=made.chain(("main", "app.py", 9)))
    return made


def test_a_creation_tells_who_where_and_that_it_does_not_run_yet() -> None:
    assert [sentence_at(family(), at, "task_created") for at in (0, 15)] == [
        "main is created: it is ready, and not yet running",
        "main creates child at app.py:9: it is ready, and not yet running",
    ]


def test_a_place_inside_a_library_is_not_told() -> None:
    made = Recording()
    made.created(1, 0, "x", site=made.chain(MAIN, ("ensure_future", "asyncio/tasks.py", 700)))
    assert "tasks.py" not in sentence_at(made, 0, "task_created")


@pytest.mark.parametrize(
    ("by", "who"),
    [
        (by_callback(4), "the callback on_data, called for I/O,"),
        ((WakeKind.THREAD, 0), "another thread"),
        ((WakeKind.UNKNOWN, 0), "something that was not recorded"),
        (by_callback(99), "a callback"),
        (by_timer(3), "a timer of main"),
    ],
)
def test_a_creation_by_no_task_tells_what_else_it_was(by: By, who: str) -> None:
    made = Recording().created(1, 0, "main").timer(3, 1, 50, by=by_task(1))
    made.callback(4, 10, 20, "on_data", by=(WakeKind.IO, 0)).created(2, 15, "child", by=by)
    assert sentence_at(made, 15, "task_created").startswith(f"{who} creates child: ")


def test_an_eager_task_runs_inside_the_step_that_creates_it() -> None:
    made = Recording().created(1, 0, "main").created(2, 15, "child", by=by_task(1), flags=Flag.EAGER)
    made.step(2, 16, 18, by=by_task(1), eager=True).step(1, 10, 20)
    told = sentences(made)
    assert "main creates child: it is eager, so its first step runs at once, inside the step of main" in told
    assert "child runs at once, without a turn of its own" in told


def test_a_task_whose_creation_was_not_seen_is_introduced_and_goes_on() -> None:
    made = Recording().created(1, 5, "old", flags=Flag.ALIVE_BEFORE).step(1, 10, 20, ready=8, by=(WakeKind.IO, 0))
    assert sentences(made) == [
        "old is there: how it was created was not recorded",
        "old wakes: I/O woke it",
        "the loop takes old, alone in the ready queue, after 2 ns: it goes on",
        "old suspends on a Future: nobody has set its result yet",
    ]


@pytest.mark.parametrize("name", ["shutdown_asyncgens", "shutdown_default_executor"])
@pytest.mark.parametrize("library", [True, False])
def test_only_asyncios_own_tasks_tidy_up(name: str, library: bool) -> None:
    made = Recording().created(1, 5, coroutine=f"BaseEventLoop.{name}", library=library)
    assert sentences(made)[0].startswith(f"asyncio tidies up: its own task {name} is to ") == library


def test_the_loop_takes_a_task_from_a_queue_of_so_many_after_so_long() -> None:
    made = Recording().created(1, 0, "a").created(2, 0, "b").created(3, 15, "c")
    made.step(1, 10, 20, ready=0).step(2, 20, 30, ready=0).step(3, 40, 50, ready=15)
    assert [sentence_at(made, at, "task_started") for at in (10, 20, 40)] == [
        "the loop takes a, first of 2 in the ready queue, after 10 ns: it starts",
        "the loop takes b, first of 2 in the ready queue, after 20 ns: it starts",
        "the loop takes c, alone in the ready queue, after 25 ns: it starts",
    ]


def test_no_time_in_the_queue_is_not_told() -> None:
    assert sentence_at(Recording().created(1, 10, "a").step(1, 10, 20), 10, "task_started") == (
        "the loop takes a, alone in the ready queue: it starts"
    )


def test_a_step_that_has_not_ended_has_no_place_in_the_queue_yet() -> None:
    made = Recording().created(1, 0, "a").running(1, 40)
    assert sentences(made)[-1] == "the loop takes a, after 40 ns: it starts"


def test_with_several_loops_each_is_called_by_its_thread() -> None:
    made = Recording().loop_defined(1).loop_defined(2, thread="Thread-7").on(2).created(1, 0, "a").step(1, 10, 20)
    assert sentence_at(made, 10, "task_started").startswith("loop Thread-7 takes a, ")


def test_a_sleep_tells_its_timer_and_then_that_it_is_over() -> None:
    made = sleeping(Recording().created(1, 0, "a"), 1, 10, 20, 1_500_000_000)
    made.callback(1, 2_000, 2_010, "_set_result_unless_cancelled", by=by_timer(1))
    made.step(1, 2_020, 2_030, StepEnd.RETURNED, ready=2_005, by=by_callback(1))
    assert sentence_at(made, 20, "task_suspended") == "a suspends on sleep(1.5): a timer will wake it in 1.5 s"
    assert sentence_at(made, 2_005, "task_ready") == "a wakes: its sleep(1.5) is over"
    assert sentence_at(made, 2_020, "task_resumed").endswith(": it goes on after its sleep(1.5)")


def test_a_wait_inside_a_call_names_the_call() -> None:
    made = Recording().created(1, 0, "main").call(4, 1, 12, "say_after", "1, 'hello'")
    made.record(
        RecordKind.STEP, 1, end=StepEnd.ON_FUTURE, site=made.chain(USER, SLEEP), call=4, ready=5, start=10, ended=20
    )
    told = sentence_at(made, 20, "task_suspended")
    assert told == "main, in say_after(1, 'hello'), suspends on sleep: a timer will wake it"


def yielding(*turns: int) -> Recording:
    """Tasks 1, 2 and 3 are ready; 1 yields in its first step. ``turns`` are taken before its second."""
    made = Recording().created(1, 0, "a").created(2, 0, "b").created(3, 0, "c")
    made.step(1, 10, 20, StepEnd.YIELDED, ready=0)
    at = 30
    for task in (*turns, 1):
        made.step(task, at, at + 5, StepEnd.RETURNED, ready=19 if task == 1 else 0)
        at += 10
    return made


@pytest.mark.parametrize(
    ("turns", "behind"), [((), ", with nobody before it"), ((2,), ", behind 1 other"), ((2, 3), ", behind 2 others")]
)
def test_a_bare_yield_tells_how_many_go_first(turns: tuple[int, ...], behind: str) -> None:
    assert sentence_at(yielding(*turns), 20, "task_suspended") == (
        f"a steps aside with a bare yield: it is ready again at once{behind}"
    )


def test_a_yield_whose_next_step_has_not_come_tells_no_place() -> None:
    made = Recording().created(1, 0, "a").step(1, 10, 20, StepEnd.YIELDED)
    assert sentence_at(made, 20, "task_suspended") == "a steps aside with a bare yield: it is ready again at once"


def test_a_yield_inside_a_library_is_told_as_that_and_just_goes_on() -> None:
    made = Recording().created(1, 0, "a")
    site = made.chain(USER, ("BaseEventLoop.create_server", "asyncio/base_events.py", 9))
    made.step(1, 10, 20, StepEnd.YIELDED, site=site).step(1, 30, 40, ready=19)
    assert sentence_at(made, 20, "task_suspended").startswith("a steps aside inside create_server: ")
    assert sentence_at(made, 30, "task_resumed").endswith(": it goes on")


def test_in_full_a_task_that_is_ready_tells_who_is_before_it() -> None:
    made = yielding(2, 3)
    assert "a is ready again at once, behind 2 others: it waits for nothing but its turn" in sentences(made)
    assert sentences(made)[1::2][:3] == [
        "a is ready, next in line: its first step waits for its turn",
        "b is ready, behind 1 other: its first step waits for its turn",
        "c is ready, behind 2 others: its first step waits for its turn",
    ]


def finished(end: StepEnd, result: str = "", waiters: int = 0) -> str:
    made = Recording().created(9, 0, "job")
    for number in range(1, waiters + 1):
        made.created(number, 0, f"waiter {number}").step(number, 5, 6, StepEnd.ON_TASK, target=9)
    made.step(9, 10, 20, end, result=result)
    return sentence_at(made, 20, "task_finished")


@pytest.mark.parametrize(
    ("end", "result", "waiters", "sentence"),
    [
        (StepEnd.RETURNED, "3", 0, "job returns 3"),
        (StepEnd.RETURNED, "", 0, "job returns"),
        (StepEnd.RETURNED, "3", 1, "job returns 3; waiter 1 was waiting for that"),
        (StepEnd.RETURNED, "", 2, "job returns; 2 tasks were waiting for that"),
        (StepEnd.RAISED, "ValueError: x", 0, "job raises ValueError: x"),
        (StepEnd.RAISED, "ValueError: x", 1, "job raises ValueError: x; waiter 1 was waiting for that"),
        (StepEnd.CANCELLED, "", 1, "job ends: it is cancelled; waiter 1 was waiting for that"),
    ],
)
def test_an_end_tells_the_outcome_and_whom_it_concerns(end: StepEnd, result: str, waiters: int, sentence: str) -> None:
    assert finished(end, result, waiters) == sentence


def test_who_has_given_up_waiting_is_not_concerned() -> None:
    made = Recording().created(1, 0, "a").created(9, 0, "job").step(1, 5, 6, StepEnd.ON_TASK, target=9)
    made.step(1, 7, 8, ready=7).step(9, 10, 20, StepEnd.RETURNED)
    assert sentence_at(made, 20, "task_finished") == "job returns"


def test_what_an_awaited_task_came_to_is_what_its_waiter_goes_on_with() -> None:
    def goes_on(end: StepEnd, result: str = "") -> str:
        made = Recording().created(1, 0, "a").created(9, 0, "job").step(1, 5, 6, StepEnd.ON_TASK, target=9)
        made.step(9, 10, 20, end, result=result).step(1, 30, 40, ready=19, by=by_task(9))
        return sentence_at(made, 30, "task_resumed").partition(": ")[2]

    assert goes_on(StepEnd.RETURNED, "3") == "it goes on with what job returned"
    assert goes_on(StepEnd.RAISED, "E") == "what job raised is raised in it"
    assert goes_on(StepEnd.CANCELLED) == "it goes on after job"


def cancelled(by: By, asked_at: int = 30, *, flags: int = 0, requests: int = 1) -> Recording:
    """``victim`` (1) sleeps from 20 on, is asked to cancel, and ends; ``boss`` is task 2."""
    made = sleeping(Recording().loop_defined().created(1, 0, "victim").created(2, 0, "boss"), 1, 10, 20, 10**9)
    made.cancel_requested(1, asked_at, by=by, flags=flags, requests=requests)
    return made.step(1, 40, 50, StepEnd.CANCELLED, ready=30, by=by)


def test_a_cancellation_is_told_from_the_request_to_the_end() -> None:
    made = cancelled(by_task(2))
    assert sentences(made)[-4:] == [
        "boss asks victim to cancel",
        "victim wakes: its sleep(1) is cancelled",
        "the loop takes victim, alone in the ready queue, after 10 ns: CancelledError is raised in its sleep(1)",
        "victim ends: it is cancelled",
    ]


def test_a_request_of_before_the_step_that_took_it_is_no_reason_any_more() -> None:
    made = Recording().created(1, 0, "a").cancel_requested(1, 3, by=OUTSIDE)
    made.step(1, 5, 6).step(1, 10, 20, ready=8, by=(WakeKind.IO, 0))
    assert sentence_at(made, 10, "task_resumed").endswith(": its Future is done, and it goes on")


@pytest.mark.parametrize(
    ("by", "options", "sentence"),
    [
        (by_task(2), {}, "boss asks victim to cancel"),
        (by_task(2), {"requests": 2}, "boss asks victim to cancel 2 times"),
        (by_task(2), {"flags": Flag.INFERRED}, "boss asks victim to cancel, it seems"),
        (by_task(1), {}, "victim asks itself to cancel"),
        (OUTSIDE, {}, "code outside the loop's steps asks victim to cancel"),
        ((WakeKind.UNKNOWN, 0), {}, "something that was not recorded asks victim to cancel"),
    ],
)
def test_a_request_to_cancel_tells_who_made_it(by: By, options: dict[str, int], sentence: str) -> None:
    assert sentence_at(cancelled(by, **options), 30, "cancel_requested") == sentence


@pytest.mark.parametrize(("setter", "words"), [(1, "it"), (2, "boss")])
def test_a_time_limit_that_cancels_tells_whose_it_is(setter: int, words: str) -> None:
    made = Recording().created(1, 0, "victim").created(2, 0, "boss")
    made.timer(3, 5, 5_000_000_000, "Timeout._on_timeout", by=by_task(setter))
    made.callback(4, 25, 35, "Timeout._on_timeout", by=by_timer(3)).cancel_requested(1, 30, by=by_callback(4))
    assert sentence_at(made, 30, "cancel_requested") == (
        f"victim is asked to cancel: the time limit of 5 s that {words} set has passed"
    )


def test_a_task_group_that_gives_up_tells_who_failed() -> None:
    made = Recording().created(1, 0, "victim").created(2, 0, "boom")
    made.step(2, 5, 10, StepEnd.RAISED, result="ValueError: x")
    made.callback(4, 25, 35, "TaskGroup._on_task_done", by=by_task(2)).cancel_requested(1, 30, by=by_callback(4))
    assert sentence_at(made, 30, "cancel_requested") == (
        "victim is asked to cancel: boom, a task of the TaskGroup, raised ValueError: x"
    )


def test_what_is_left_when_the_loop_stops_is_cancelled_for_that() -> None:
    made = Recording().created(1, 0, "left").loop_started(5).step(1, 10, 20).loop_stopped(25).cancel_requested(1, 30)
    assert sentence_at(made, 30, "cancel_requested") == (
        "left is asked to cancel: the loop has stopped, and it is not done"
    )


def test_a_task_that_is_cancelled_before_it_began_runs_none_of_its_code() -> None:
    made = Recording().created(1, 0, "early").cancel_requested(1, 5).step(1, 10, 20, StepEnd.CANCELLED, ready=0)
    told = sentence_at(made, 10, "task_started")
    assert told.endswith(": it was cancelled before it began, so none of its code runs")


def test_a_task_that_asked_itself_to_cancel_does_not_wait() -> None:
    made = Recording().created(1, 0, "a").cancel_requested(1, 15, by=by_task(1)).step(1, 10, 20)
    made.step(1, 30, 40, StepEnd.CANCELLED, ready=20, by=by_task(1))
    told = sentence_at(made, 20, "task_suspended")
    assert told == "a suspends on a Future: but it is to be cancelled, and wakes at once"


def test_a_cancellation_that_the_awaited_task_swallowed_is_not_raised_in_the_waiter() -> None:
    made = Recording().created(1, 0, "a").created(9, 0, "job").step(1, 5, 6, StepEnd.ON_TASK, target=9)
    made.cancel_requested(1, 8).step(9, 10, 20, StepEnd.RETURNED, result="3").step(1, 30, 40, ready=19, by=by_task(9))
    assert sentence_at(made, 30, "task_resumed").endswith(": it goes on with what job returned")
