"""How a program ended is told by its exit status, by its trace where there is none, and by neither if it never ran."""

from __future__ import annotations

import pytest

from building import Recording
from loopviz.events import StepEnd
from loopviz.timeline.outcomes import Outcome, exit_words, main_task, outcome_of


def ended(end: StepEnd, result: str = "") -> Recording:
    return Recording().created(1, 0, coroutine="main").step(1, 5, 10, end, result=result)


def test_a_program_went_well_whose_main_task_returned() -> None:
    assert outcome_of(ended(StepEnd.RETURNED, "42").trace()) == Outcome("returned", "main returned", True)


@pytest.mark.parametrize(
    ("end", "word", "words"),
    [
        (StepEnd.RAISED, "raised", "main raised: ValueError('no')"),
        (StepEnd.CANCELLED, "cancelled", "main cancelled: ValueError('no')"),
        (StepEnd.ON_FUTURE, "unfinished", "main unfinished"),
    ],
)
def test_a_trace_whose_main_task_did_not_return_went_wrong(end: StepEnd, word: str, words: str) -> None:
    result = "" if end is StepEnd.ON_FUTURE else "ValueError('no')"
    assert outcome_of(ended(end, result).trace()) == Outcome(word, words, False)


def test_the_exit_status_decides_where_there_is_one_and_the_words_are_still_the_tasks() -> None:
    caught = outcome_of(ended(StepEnd.RAISED, "OSError()").trace(), 0)
    assert (caught.word, caught.is_good, caught.status) == ("raised", True, 0)


def test_a_bad_exit_status_comes_with_the_last_that_the_program_said() -> None:
    outcome = outcome_of(ended(StepEnd.RETURNED).trace(), 3, "ValueError: boom")
    assert outcome == Outcome("exit status 3", "exit status 3: ValueError: boom", False, 3)
    assert outcome_of(None, 3).words == "exit status 3"


def test_a_program_that_ran_no_task_is_no_success() -> None:
    assert not outcome_of(Recording().trace(), 0).is_good
    assert outcome_of(Recording().loop_started(1).trace(), 0).word == "no tasks"


def test_asyncios_own_tasks_are_nobodys_main_task() -> None:
    made = Recording().created(1, 0, coroutine="BaseEventLoop.shutdown_asyncgens", library=True)
    assert main_task(made.trace()) is None
    main = main_task(made.created(2, 5, coroutine="main").trace())
    assert main is not None
    assert main.number == 2


def test_a_signal_is_told_by_its_name() -> None:
    assert exit_words(-9) == "killed by SIGKILL"
    assert exit_words(-99) == "killed by signal 99"
    assert exit_words(2) == "exit status 2"
