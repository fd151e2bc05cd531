"""What a task is called on its row: what tells it from every other."""

from __future__ import annotations

import pytest

from building import Recording
from loopviz.trace.labels import head_and_number, loop_label, task_label
from loopviz.trace.trace import Trace


def labels(trace: Trace) -> list[str]:
    return [task_label(trace, task) for task in trace.tasks.values()]


def called(made: Recording, number: int, coroutine: str, arguments: str = "") -> Recording:
    """A task that asyncio named."""
    return made.created(number, number, f"Task-{number}", coroutine=coroutine, arguments=arguments)


def test_a_task_alone_is_its_coroutine_as_it_was_called() -> None:
    made = called(called(Recording(), 1, "main", "[1, 2]"), 2, "work", "3")
    assert labels(made.trace()) == ["main([1, 2])", "work(3)"]


def test_tasks_that_were_called_with_the_same_have_numbers() -> None:
    made = called(called(called(Recording(), 1, "main"), 2, "handle", "<Request>"), 3, "handle", "<Request>")
    assert labels(made.trace()) == ["main", "handle #2", "handle #3"]


def test_tasks_whose_arguments_differ_only_where_they_are_cut_have_numbers() -> None:
    made = called(called(Recording(), 1, "get", "'http://127.0.0.1:8080/a'"), 2, "get", "'http://127.0.0.1:8080/b'")
    assert labels(made.trace()) == ["get #1", "get #2"]


def test_one_that_was_called_with_something_else_needs_no_number() -> None:
    made = called(called(called(Recording(), 1, "work", "1"), 2, "work", "1"), 3, "work", "2")
    assert labels(made.trace()) == ["work(1) #1", "work(1) #2", "work(2)"]


def test_two_tasks_that_the_program_called_the_same_have_numbers() -> None:
    assert labels(Recording().created(1, 0, "job").created(2, 0, "job").trace()) == ["job #1", "job #2"]


def test_the_first_of_a_name_gets_its_number_when_the_second_comes() -> None:
    trace = called(Recording(), 1, "work").trace()
    assert labels(trace) == ["work"]
    more = called(Recording(), 2, "work")
    more.cut()
    for chunk in more.chunks:
        trace.feed(*chunk)
    assert labels(trace) == ["work #1", "work #2"]


def test_a_task_that_gets_a_name_of_its_own_leaves_the_other_alone() -> None:
    made = Recording().created(1, 0, "job").created(2, 0, "job").renamed(2, "other", 5)
    assert labels(made.trace()) == ["job", "other"]


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_name_of_blanks_is_none(blank: str) -> None:
    assert labels(Recording().created(1, 0, blank, coroutine="work", arguments="1").trace()) == ["work(1)"]


def test_a_task_of_which_nothing_is_known_is_its_number() -> None:
    assert labels(Recording().step(5, 10, 20).trace()) == ["task 5"]


@pytest.mark.parametrize(
    ("label", "parts"),
    [("work #3", ("work", " #3")), ("work", ("work", "")), ("#3", ("#3", "")), ("a #1 b", ("a #1 b", ""))],
)
def test_of_a_label_the_number_at_its_end_can_be_told(label: str, parts: tuple[str, str]) -> None:
    assert head_and_number(label) == parts


def test_a_loop_is_called_by_the_thread_that_it_first_runs_in_wherever_it_was_made() -> None:
    made = Recording().loop_defined(1).loop_defined(2)
    assert [loop_label(made.trace(), number) for number in (1, 2)] == ["loop MainThread #1", "loop MainThread #2"]
    made.on(1).loop_started(5, thread="server").on(2).loop_started(10).on(1).loop_stopped(20).loop_started(30)
    assert [loop_label(made.trace(), number) for number in (1, 2)] == ["loop server", "loop MainThread"]
