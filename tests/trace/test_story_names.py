"""What tasks and loops are called: as shortly as tells them apart, and in text that only reads."""

from __future__ import annotations

from building import Recording
from loopviz.trace.story_names import Names
from loopviz.trace.trace import Trace


def names(made: Recording | Trace) -> list[str]:
    trace = made.trace() if isinstance(made, Recording) else made
    named = Names(trace)
    named.update(len(trace.records))
    return [named.task(number) for number in trace.tasks]


def asyncios(made: Recording, number: int, coroutine: str, arguments: str = "") -> Recording:
    """A task that asyncio named."""
    return made.created(number, number, f"Task-{number}", coroutine=coroutine, arguments=arguments)


def test_a_name_that_the_program_gave_is_the_name() -> None:
    assert names(Recording().created(1, 0, "loader", coroutine="work", arguments="3")) == ["loader"]


def test_a_coroutine_that_one_task_runs_is_name_enough() -> None:
    made = asyncios(asyncios(Recording(), 1, "main", "[1, 2]"), 2, "main.<locals>.work")
    assert names(made) == ["main", "work"]


def test_several_tasks_of_a_coroutine_are_told_apart_by_what_it_was_called_with() -> None:
    made = asyncios(asyncios(Recording(), 1, "work", "1"), 2, "work", "2")
    assert names(made) == ["work(1)", "work(2)"]


def test_a_number_tells_apart_what_arguments_do_not() -> None:
    same = asyncios(asyncios(Recording(), 1, "worker", "<Queue>"), 2, "worker", "<Queue>")
    assert names(same) == ["worker #1", "worker #2"]
    some = asyncios(asyncios(asyncios(Recording(), 1, "work", "1"), 2, "work", "1"), 3, "work", "2")
    assert names(some) == ["work(1) #1", "work(1) #2", "work(2)"]
    assert names(Recording().created(1, 0, "job").created(2, 0, "job")) == ["job #1", "job #2"]


def test_names_are_visible_text() -> None:
    assert names(Recording().created(1, 0, "\x1b[31m\n").created(2, 0, "\udc80")) == ["\\x1b[31m\\n", "\\udc80"]


def test_a_task_that_is_renamed_is_called_by_its_last_name() -> None:
    made = Recording().created(1, 0, "first").renamed(1, "second", 5).created(2, 6, "first")
    assert names(made) == ["second", "first"]


def test_a_name_grows_when_another_task_of_it_comes() -> None:
    made = asyncios(Recording(), 1, "work", "1")
    trace = made.trace()
    named = Names(trace)
    named.update(len(trace.records))
    assert named.task(1) == "work"
    more = asyncios(Recording(), 2, "work", "2")
    more.cut()
    for chunk in more.chunks:
        trace.feed(*chunk)
    named.update(len(trace.records))
    assert [named.task(1), named.task(2)] == names(trace)


def test_a_task_that_is_not_in_the_trace_is_a_number() -> None:
    named = Names(Recording().step(5, 10, 20).trace())
    named.update(1)
    assert [named.task(5), named.task(6)] == ["task 5", "task 6"]


def test_the_loop_is_the_loop_until_there_are_two() -> None:
    one = Names(Recording().loop_defined().trace())
    two = Names(Recording().loop_defined(1).loop_defined(2).trace())
    assert one.loop(1) == "the loop"
    assert [two.loop(1), two.loop(2)] == ["loop MainThread #1", "loop MainThread #2"]
