"""Calls: each coroutine object that a task awaits is one, from first to last sight."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from loopviz.trace.calls import CallSpans
from loopviz.trace.labels import call_label
from loopviz.trace.trace import Call, Trace
from recording.inprocess import Main, on_every_loop, record, steps_of, task_named

Runner = Callable[[Main], Any]


async def work(number: int) -> int:
    await asyncio.sleep(0.001)
    return number


async def count_down(number: int) -> None:
    await asyncio.sleep(0.001)
    if number:
        await count_down(number - 1)


async def numbers(upto: int) -> AsyncIterator[int]:
    for number in range(upto):
        await asyncio.sleep(0.001)
        yield number


def recorded(folder: Path, program: Main, run: Runner) -> Trace:
    """``program`` as the task "subject"."""

    async def main() -> None:
        await asyncio.create_task(program(), name="subject")

    return record(folder, main, run)


def calls_of(trace: Trace, name: str = "subject") -> list[Call]:
    """The calls of a task, in order of first sight."""
    number = task_named(trace, name).number
    return [call for call in trace.calls.values() if call.task == number]


def labels_of(trace: Trace, name: str = "subject") -> list[str]:
    """What they are called, each with the call that awaits it: ``inner() < outer()``."""
    return [
        " < ".join(call_label(trace, each) for each in (call.number, call.parent) if each)
        for call in calls_of(trace, name)
    ]


@on_every_loop
def test_ten_sequential_awaits_are_ten_calls_one_after_the_other(tmp_path: Path, run: Runner) -> None:
    async def program() -> None:
        for number in range(10):
            await work(number)

    trace = recorded(tmp_path, program, run)
    assert labels_of(trace) == [f"work({number})" for number in range(10)]
    spans = CallSpans(trace)
    in_order = [spans[call.number] for call in calls_of(trace)]
    for before, after in itertools.pairwise(in_order):
        # The step in which one ends is that in which the next begins.
        assert before.last_ns is not None
        assert before.first_ns < after.first_ns < before.last_ns


@on_every_loop
def test_a_call_is_awaited_by_another_or_by_the_tasks_own_coroutine(tmp_path: Path, run: Runner) -> None:
    async def outer() -> None:
        await asyncio.sleep(0.001)
        await work(1)
        await work(2)

    async def program() -> None:
        await outer()
        await work(3)

    assert labels_of(recorded(tmp_path, program, run)) == [
        "outer()",
        "work(1) < outer()",
        "work(2) < outer()",
        "work(3)",
    ]


@on_every_loop
def test_recursion_is_a_call_for_each_level(tmp_path: Path, run: Runner) -> None:
    async def program() -> None:
        await count_down(3)

    trace = recorded(tmp_path, program, run)
    assert labels_of(trace) == [
        "count_down(3)",
        "count_down(2) < count_down(3)",
        "count_down(1) < count_down(2)",
        "count_down(0) < count_down(1)",
    ]
    spans = CallSpans(trace)
    lasts = {spans[call.number].last_ns for call in calls_of(trace)}
    assert len(lasts) == 1, "they all end in the last step"


@on_every_loop
def test_the_same_function_in_two_tasks_is_two_calls(tmp_path: Path, run: Runner) -> None:
    async def program() -> None:
        await work(7)

    async def main() -> None:
        await asyncio.gather(*(asyncio.create_task(program(), name=name) for name in ("one", "two")))

    trace = record(tmp_path, main, run)
    assert labels_of(trace, "one") == labels_of(trace, "two") == ["work(7)"]
    assert {call.number for call in calls_of(trace, "one")}.isdisjoint(call.number for call in calls_of(trace, "two"))


@on_every_loop
def test_an_async_generator_is_one_call_however_often_it_is_asked(tmp_path: Path, run: Runner) -> None:
    async def program() -> None:
        async for number in numbers(3):
            await work(number)

    trace = recorded(tmp_path, program, run)
    assert labels_of(trace) == ["numbers(3)", "work(0)", "work(1)", "work(2)"]
    generator, *others = (CallSpans(trace)[call.number] for call in calls_of(trace))
    assert all(generator.first_ns < other.first_ns for other in others)
    assert generator.last_ns is not None
    assert generator.last_ns >= max(other.first_ns for other in others)


@on_every_loop
def test_two_generators_of_one_function_are_two_calls(tmp_path: Path, run: Runner) -> None:
    async def program() -> None:
        first, second = numbers(2), numbers(2)
        for _ in range(2):
            await anext(first)
            await anext(second)

    assert labels_of(recorded(tmp_path, program, run)) == ["numbers(2)", "numbers(2)"]


@on_every_loop
def test_a_call_that_is_cancelled_ends_with_its_task(tmp_path: Path, run: Runner) -> None:
    async def endless(depth: int) -> None:
        await asyncio.sleep(0.001)
        if depth == 3:
            deep.set()
        await endless(depth + 1)

    deep = asyncio.Event()

    async def main() -> None:
        task = asyncio.create_task(endless(0), name="subject")
        await deep.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    trace = record(tmp_path, main, run)
    spans, last = CallSpans(trace), steps_of(trace, "subject")[-1]
    assert len(calls_of(trace)) >= 3
    assert {spans[call.number].last_ns for call in calls_of(trace)} == {last.end_ns}
    assert spans.open_calls(task_named(trace, "subject").number) == ()


def test_calls_that_are_open_as_the_recording_ends_stay_open(tmp_path: Path) -> None:
    async def program() -> None:
        await count_down(0)
        await work(1)

    async def main() -> None:
        main.kept = asyncio.create_task(program(), name="subject")  # type: ignore[attr-defined]
        await asyncio.sleep(0.001)

    def run(program: Main) -> None:
        with asyncio.Runner() as runner:
            runner.run(program())
            recorder = active.recorder
            assert recorder is not None
            recorder.end()

    from loopviz.recording import active

    trace = record(tmp_path, main, run)
    task = task_named(trace, "subject").number
    spans = CallSpans(trace)
    for call in spans.open_calls(task):
        assert spans[call].last_ns is None
    assert spans.open_calls(task)


def test_arguments_are_shown_where_they_are_plain(tmp_path: Path) -> None:
    class Loud:
        def __repr__(self) -> str:
            raise AssertionError("a user's __repr__ was asked")

    class Service:
        async def handle(self, name: str, loud: object, *, depth: int) -> None:
            await asyncio.sleep(0.001)

    async def program() -> None:
        await Service().handle("a", Loud(), depth=2)

    trace = recorded(tmp_path, program, lambda main: asyncio.run(main()))
    (call,) = calls_of(trace)
    assert call.arguments.startswith("'a', <")
    assert call.arguments.endswith("Loud>, depth=2")


def test_arguments_that_are_left_to_their_defaults_are_not_shown(tmp_path: Path) -> None:
    async def work(number: int, delay: float = 0.25, *more: int, word: str = "word", loud: bool = False) -> None:
        await asyncio.sleep(0.001)
        calls.append(lambda: (delay, word))

    calls: list[Any] = []

    async def program() -> None:
        await work(1)
        await work(2, word="other", loud=True)
        await work(3, 0.5)
        await work(4, 0.5, 7, loud=True)

    trace = recorded(tmp_path, program, lambda main: asyncio.run(main()))
    shown = [call.arguments for call in calls_of(trace)]
    assert shown == ["1", "2, word='other', loud=True", "3, 0.5", "4, 0.5, loud=True"]


def test_arguments_that_a_call_deletes_are_not_mistaken_for_what_stands_in_their_places(tmp_path: Path) -> None:
    async def deletes(number: int, word: str) -> int:
        size = len(word)
        del word
        await asyncio.sleep(0.001)
        return size + number

    async def overwrites(number: int) -> list[int]:
        return [number async for number in numbers(number)]

    async def program() -> None:
        await deletes(1, "word")
        await overwrites(2)

    trace = recorded(tmp_path, program, lambda main: asyncio.run(main()))
    labels = {call_label(trace, call.number) for call in calls_of(trace)}
    assert "deletes()" in labels
    assert labels & {"overwrites(2)", "overwrites()"}


def test_arguments_of_a_task_are_told_before_it_deletes_them(tmp_path: Path) -> None:
    async def deletes(word: str) -> None:
        del word
        await asyncio.sleep(0)

    trace = recorded(tmp_path, lambda: deletes("word"), lambda main: asyncio.run(main()))
    assert task_named(trace, "subject").arguments == "'word'"


def test_an_argument_that_an_inner_function_shared_and_that_is_deleted_is_told_so(tmp_path: Path) -> None:
    async def shares(number: int, word: str = "word", *, flag: bool = False) -> None:
        def forget() -> None:
            nonlocal number, word, flag
            del number, word, flag

        forget()
        await asyncio.sleep(0.001)

    trace = recorded(tmp_path, lambda: shares(1), lambda main: asyncio.run(main()))
    assert task_named(trace, "subject").arguments == "1"

    async def program() -> None:
        await shares(1)

    trace = recorded(tmp_path, program, lambda main: asyncio.run(main()))
    (call,) = calls_of(trace)
    assert call.arguments == "<deleted>, <deleted>, flag=<deleted>"


def test_nothing_of_a_call_is_kept_alive(tmp_path: Path) -> None:
    gone: list[int] = []

    class Argument:
        def __del__(self) -> None:
            gone.append(1)

    async def takes(argument: Argument) -> None:
        await asyncio.sleep(0)

    async def generates(argument: Argument) -> AsyncIterator[None]:
        await asyncio.sleep(0)
        yield

    async def program() -> None:
        await takes(Argument())
        assert len(gone) == 1
        async for _ in generates(Argument()):
            pass
        assert len(gone) == 2

    recorded(tmp_path, program, lambda main: asyncio.run(main()))
