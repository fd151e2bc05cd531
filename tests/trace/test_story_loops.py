"""What is told of loops, their callbacks and timers, and of what the program says."""

from __future__ import annotations

import pytest

from building import OUTSIDE, By, Recording, by_callback, by_task, by_timer
from loopviz.events import StepEnd, WakeKind, WarningKind
from loopviz.trace.levels import Level
from telling import USER, sentence_at, sentences

IO: By = (WakeKind.IO, 0)
SECOND = 1_000_000_000


@pytest.mark.parametrize("callback", ["_run_until_complete_cb", "run_until_complete.<locals>.done_cb"])
def test_a_loop_starts_stops_for_a_task_and_starts_again(callback: str) -> None:
    made = Recording().loop_defined().loop_started(5, "Thread-1").created(1, 6, "main")
    made.step(1, 10, 20, StepEnd.RETURNED)
    made.callback(1, 25, 30, callback, ready=20, by=by_task(1)).loop_stopped(40).loop_started(50)
    assert sentence_at(made, 5, "loop_started") == "the loop starts, in the thread Thread-1"
    assert sentence_at(made, 40, "loop_stopped") == "the loop stops: main is done"
    assert sentence_at(made, 50, "loop_started") == "the loop starts again, in the thread MainThread"


def test_a_loop_that_runs_until_all_of_a_gather_are_done_stops_with_the_last_of_them() -> None:
    made = Recording().loop_defined().loop_started(5).created(1, 6, "first").created(2, 7, "last")
    made.step(1, 10, 20, StepEnd.RETURNED, ready=6).step(2, 30, 40, StepEnd.RETURNED, ready=7)
    made.callback(1, 45, 50, "gather.<locals>._done_callback", ready=40, by=by_task(2))
    made.callback(2, 55, 60, "_run_until_complete_cb", ready=50, by=by_callback(1)).loop_stopped(70)
    assert sentence_at(made, 70, "loop_stopped") == "the loop stops: with last, all that it ran for is done"


def test_a_loop_that_is_stopped_by_something_else_just_stops() -> None:
    assert sentences(Recording().loop_defined().loop_started(1).loop_stopped(9))[-1] == "the loop stops"


def test_an_idle_loop_tells_until_when() -> None:
    made = Recording().idle(10, 20, 1_500_000_000).idle(30, 40)
    assert sentences(made)[::2] == [
        "nothing is ready: the loop sleeps, until the next timer in 1.5 s at the latest",
        "nothing is ready and no timer is set: the loop waits for I/O or another thread",
    ]


def test_a_uvloop_does_not_say_until_when_it_waits() -> None:
    assert sentences(Recording().loop_defined(1, "uvloop").idle(30, 40))[0] == (
        "nothing is ready: the loop waits for a timer, I/O or another thread"
    )


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (by_timer(1), ": the next timer is due"),
        (IO, ": I/O is ready"),
        ((WakeKind.THREAD, 0), ": another thread has something for it"),
        (OUTSIDE, ""),
    ],
)
def test_what_woke_the_loop_is_told_by_what_it_takes_next(by: By, why: str) -> None:
    made = Recording().idle(10, 20, SECOND).callback(1, 25, 30, ready=20, by=by)
    assert sentence_at(made, 20, "loop_woken") == f"the loop wakes after 10 ns{why}"
    assert sentence_at(Recording().idle(10, 20), 20, "loop_woken") == "the loop wakes after 10 ns"


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (by_task(1), "main scheduled it"),
        (by_timer(3), "the timer that main set is due"),
        (by_timer(99), "its timer is due"),
        (IO, "I/O is ready for it"),
        ((WakeKind.THREAD, 0), "another thread scheduled it"),
    ],
)
def test_a_callback_tells_why_it_is_called(by: By, why: str) -> None:
    made = Recording().created(1, 0, "main").timer(3, 5, 50, "tick", by=by_task(1)).callback(1, 60, 70, "tick", by=by)
    assert sentence_at(made, 60, "callback_started") == f"the loop calls tick: {why}"
    assert sentence_at(made, 70, "callback_finished") == "tick is done, after 10 ns"


def test_a_callback_that_raises_tells_so_at_every_level() -> None:
    made = Recording().callback(1, 10, 20, "_run_until_complete_cb", end=StepEnd.RAISED)
    assert sentences(made, Level.BRIEF)[-1] == "_run_until_complete_cb raises an exception, after 10 ns"


def test_asyncios_own_callback_tells_what_it_is_for() -> None:
    made = Recording().created(1, 0, "work").step(1, 2, 8, StepEnd.RETURNED)
    made.callback(1, 10, 20, "gather.<locals>._done_callback", ready=7, by=by_task(1))
    assert sentence_at(made, 10, "callback_started") == (
        "the loop calls gather.<locals>._done_callback: gather hears that work is done"
    )


def test_who_gathers_what_is_done_already_is_not_said_to_be_done() -> None:
    made = Recording().created(1, 0, "main").step(1, 2, 8, StepEnd.ON_GATHER)
    made.callback(1, 10, 20, "gather.<locals>._done_callback", ready=7, by=by_task(1))
    made.step(1, 30, 40, StepEnd.RETURNED, ready=20)
    assert sentence_at(made, 10, "callback_started") == (
        "the loop calls gather.<locals>._done_callback: gather hears that something it waits for is done"
    )


def test_a_callback_that_had_not_ended_is_told_too() -> None:
    assert sentences(Recording().created(1, 0, "a").running(4, 10, callback="stuck", by=by_task(1)))[-1] == (
        "the loop calls stuck: a scheduled it"
    )


@pytest.mark.parametrize(
    ("callback", "set_words", "cancel_words"),
    [
        ("_set_result_unless_cancelled", "sets a timer, which ends a sleep in 2 s", "the timer of a sleep"),
        ("Timeout._on_timeout", "sets a time limit of 2 s", "a time limit"),
        ("tick", "sets a timer: the loop is to call tick in 2 s", "the timer for tick"),
        ("", "sets a timer: the loop is to call a callback in 2 s", "the timer for a callback"),
    ],
)
def test_a_timer_tells_what_it_is_for_and_how_early_it_is_cancelled(
    callback: str, set_words: str, cancel_words: str
) -> None:
    made = Recording().created(1, 0, "main").timer(3, 10, 2 * SECOND, callback, by=by_task(1))
    made.timer_cancelled(3, 10 + SECOND, by=by_task(1))
    assert sentence_at(made, 10, "timer_set") == f"main {set_words}"
    assert sentence_at(made, 10 + SECOND, "timer_cancelled") == f"main cancels {cancel_words}, 1 s before it was due"


def test_a_timer_that_was_due_or_is_not_known_is_just_cancelled() -> None:
    made = Recording().timer(3, 10, 20, "tick").timer_cancelled(3, 50).timer_cancelled(9, 60)
    assert sentences(made)[1:] == [
        "code outside the loop's steps cancels the timer for tick",
        "code outside the loop's steps cancels a timer",
    ]


def blocked(*, ready: int = 0, overdue: int = 0) -> str:
    """What is told of ``greedy`` (1), which runs from 100 on, at 1,000; so many are ready then, so many timers due."""
    made = Recording().created(1, 0, "greedy")
    for number in range(overdue):
        made.timer(number + 1, 10, 500)
    made.timer(99, 10, 5_000)
    for number in range(ready):
        made.created(number + 2, 20)
    made.blocked(1, 100, 1_000, made.chain(USER, ("read", "asyncio/x.py", 3)))
    made.step(1, 100, 2_000, ready=0)
    for number in range(ready):
        made.step(number + 2, 2_010 + 10 * number, 2_015 + 10 * number, ready=20)
    return sentence_at(made, 1_000, "blocked")


@pytest.mark.parametrize(
    ("ready", "overdue", "victims"),
    [
        (0, 0, ""),
        (1, 0, ": 1 other waits in the ready queue"),
        (2, 0, ": 2 others wait in the ready queue"),
        (0, 1, ": 1 timer is overdue"),
        (2, 3, ": 2 others wait in the ready queue and 3 timers are overdue"),
    ],
)
def test_a_step_that_holds_the_loop_tells_where_how_long_and_who_waits(ready: int, overdue: int, victims: str) -> None:
    assert blocked(ready=ready, overdue=overdue) == f"greedy has held the loop for 900 ns, in work at app.py:7{victims}"


def test_a_function_that_holds_the_loop_is_not_named_twice() -> None:
    made = Recording().created(1, 0, coroutine="work")
    made.blocked(1, 100, 1_000, made.chain(USER)).step(1, 100, 2_000, ready=0)
    assert sentence_at(made, 1_000, "blocked") == "work has held the loop for 900 ns, at app.py:7"


def test_a_callback_that_holds_the_loop_is_named() -> None:
    made = Recording().blocked(5, 100, 1_000, callback=True).callback(5, 100, 2_000, "crunch")
    assert sentence_at(made, 1_000, "blocked") == "crunch has held the loop for 900 ns"


@pytest.mark.parametrize(
    ("text", "stream", "words"),
    [
        ("task done\n", 1, "prints 'task done'"),
        ("two\nlines\n", 1, r"prints 'two\nlines'"),
        ("\n", 1, "prints an empty line"),
        ("bad", 2, "prints to stderr 'bad'"),
        ("\x1b[31m\u202e", 1, r"prints '\x1b[31m\u202e'"),
        ("x" * 500, 1, "prints '" + "x" * 160 + "'\u2026"),
    ],
)
def test_output_is_quoted_on_one_line(text: str, stream: int, words: str) -> None:
    made = Recording().created(1, 0, "main").output(text, 10, stream=stream, by=by_task(1))
    assert sentence_at(made, 10, "output") == f"main {words}"


def test_output_and_marks_of_no_task_are_the_programs_or_a_callbacks() -> None:
    made = Recording().output("a", 1).mark("here", 2).callback(3, 4, 6, "tick", by=IO).output("b", 5, by=by_callback(3))
    assert sentence_at(made, 1, "output") == "the program prints 'a'"
    assert sentence_at(made, 2, "mark") == "the program sets the mark 'here'"
    assert sentence_at(made, 5, "output") == "the callback tick, called for I/O, prints 'b'"


def test_a_warning_tells_while_who_ran_and_what_it_means() -> None:
    text = "coroutine 'work' was never awaited"
    made = Recording().created(1, 0, "main").warned(text, 5, WarningKind.NEVER_AWAITED, by=by_task(1))
    made.warned("uvloop", 6, WarningKind.NOT_INSTRUMENTED).warned("y" * 500, 7)
    told = sentences(made)[2:]
    assert told[0] == f"Python warns, while main runs: {text}, so none of its code ran"
    assert told[1] == "loopviz warns: uvloop"
    assert told[2].endswith("y\u2026")


def test_what_python_prints_of_a_warning_and_of_a_traceback_is_folded() -> None:
    made = Recording().output("app.py:3: RuntimeWarning: never awaited\n", 1, stream=2).warned("never awaited", 5)
    made.output("app.py:3: RuntimeWarning: never awaited\n", 6, stream=2).output("never awaited\n", 7)
    made.output("Traceback (most recent call last):\n", 8, stream=2).output('  File "app.py"\n', 9, stream=2)
    made.output("\n", 10, stream=2).output("ValueError: x\n", 11, stream=2)
    assert [sentence.partition(" prints ")[2] for sentence in sentences(made, Level.BRIEF)] == [
        "to stderr 'app.py:3: RuntimeWarning: never awaited'",
        "",
        "'never awaited'",
        "to stderr 'ValueError: x'",
    ]


def test_asyncios_own_timers_are_folded_but_for_time_limits() -> None:
    made = Recording()
    callbacks = ["_set_result_unless_cancelled", "SSLProtocol._check_handshake_timeout", "Timeout._on_timeout", "tick"]
    for number, callback in enumerate(callbacks, 1):
        made.timer(number, number, 10**9, callback).timer_cancelled(number, 10 + number)
    told = [text.partition(" steps ")[2] for text in sentences(made, Level.BRIEF)]
    assert told == [
        "sets a time limit of 1 s",
        "sets a timer: the loop is to call tick in 1 s",
        "cancels the timer for tick, 1 s before it was due",
    ]
