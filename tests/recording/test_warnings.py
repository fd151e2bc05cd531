"""What the runtime complains about is recorded, and printed, raised and handled as without us."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loopviz.events import RecordKind, WarningKind
from loopviz.trace.trace import Trace
from recording.inprocess import Main, on_every_loop, record, records_of, task_named
from recording.launching import Launcher, Outcome

Runner = Callable[[Main], Any]

#: Complaints of every kind, and some that are caught, hidden or handled by the program.
COMPLAINING = """
import asyncio, gc, sys, warnings

async def forgotten(number):
    pass

async def fails():
    raise ValueError("boom")

async def forever():
    await asyncio.get_running_loop().create_future()

def drops():
    forgotten(1)

async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 60
    drops()
    for number in range(3):
        forgotten(number)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drops()
    print(len(caught), *(f"{each.lineno} {str(each.message).splitlines()[0]}" for each in caught))
    await asyncio.sleep(0)
    task = asyncio.create_task(fails(), name="failing")
    await asyncio.sleep(0.001)
    del task
    asyncio.create_task(forever(), name="lost")
    await asyncio.sleep(0.001)
    gc.collect()
    loop.set_exception_handler(lambda loop, context: print(sorted(context), context["message"]))
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.001)
    loop.call_exception_handler({"message": "from the program"})
    print(warnings._warn_unawaited_coroutine.__name__, warnings._warn_unawaited_coroutine.__module__)

asyncio.run(main())
forgotten(4)
"""


class Complaint(NamedTuple):
    kind: WarningKind
    who: str
    words: str


def complaints(trace: Trace) -> list[Complaint]:
    return [
        Complaint(
            WarningKind(raw.end), trace.tasks[raw.who].name if raw.who else "", trace.definitions.texts[raw.target]
        )
        for raw in records_of(trace, RecordKind.WARNING)
    ]


def shown(outcome: Outcome) -> tuple[int, str, str]:
    """What the program showed, without the outermost frame: debug mode keeps ten, and ours are among them."""
    status, stdout, stderr = outcome.without_what_varies()
    return status, stdout, re.sub(r'  File "[^"]*", line \d+, in <module>\n    asyncio.run.*\n', "", stderr)


async def forgotten() -> None: ...


def test_a_complaint_is_recorded_as_soon_as_the_loop_has_nothing_else_to_do(tmp_path: Path) -> None:
    async def main() -> None:
        forgotten()  # type: ignore[unused-coroutine]
        buffer = asyncio.get_running_loop()._loopviz  # type: ignore[attr-defined]
        assert buffer.deferred
        for _ in range(100):  # of so many times, it does nothing else at least once
            await asyncio.sleep(0.001)
        assert not buffer.deferred

    with pytest.warns(RuntimeWarning, match="never awaited"):
        trace = record(tmp_path, main)
    assert [complaint.kind for complaint in complaints(trace)] == [WarningKind.NEVER_AWAITED]


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("-W", "error"),
        ("-W", "ignore"),
        ("-W", "always"),
        ("-X", "tracemalloc"),
        ("-X", "dev"),
        ("-O",),
    ],
    ids=" ".join,
)
def test_the_runtimes_complaints_are_printed_raised_and_handled_as_without_us(
    launcher: Launcher, flags: tuple[str, ...]
) -> None:
    program = launcher.write(COMPLAINING)
    launcher = replace(launcher, flags=flags)
    recorded = launcher.recorded(program)
    assert shown(recorded.outcome) == shown(launcher.plain(program))
    assert len(complaints(recorded.trace)) == 10


@on_every_loop
@pytest.mark.filterwarnings("ignore:coroutine 'forgotten' was never awaited:RuntimeWarning")
def test_a_coroutine_that_is_dropped_is_told_with_its_code_and_the_line_that_dropped_it(
    tmp_path: Path, run: Runner
) -> None:
    async def main() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        forgotten()  # type: ignore[unused-coroutine] # the line that is told
        await asyncio.sleep(0.001)

    trace = record(tmp_path, main, run)
    assert complaints(trace) == [(WarningKind.NEVER_AWAITED, "", "coroutine 'forgotten' was never awaited")]
    (warning,) = records_of(trace, RecordKind.WARNING)
    assert trace.definitions.codes[warning.call].name == "forgotten"
    (frame,) = trace.definitions.chain(warning.site)
    assert "# the line that is told" in Path(__file__).read_text().splitlines()[frame.line - 1]
    assert warning.waker == task_named(trace, "main").number


@pytest.mark.filterwarnings("ignore:coroutine 'forgotten' was never awaited:RuntimeWarning")
def test_in_debug_mode_the_line_that_created_a_dropped_coroutine_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        coroutine = forgotten()
        await asyncio.sleep(0)
        del coroutine

    trace = record(tmp_path, main, lambda program: asyncio.run(program(), debug=True))
    (complaint,) = complaints(trace)
    line = main.__code__.co_firstlineno + 1
    assert complaint.words.endswith(f"test_warnings.py:{line}")


@on_every_loop
def test_an_exception_that_nobody_retrieved_is_told_with_its_task(tmp_path: Path, run: Runner) -> None:
    async def fails() -> None:
        raise ValueError("boom")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        asyncio.create_task(fails(), name="failing")  # noqa: RUF006
        await asyncio.sleep(0.001)
        gc.collect()  # an eager task's exception leads to frames that lead to the task

    gc.collect()  # what other tests left
    trace = record(tmp_path, main, run)
    (complaint,) = complaints(trace)
    assert complaint.kind is WarningKind.NEVER_RETRIEVED
    assert complaint.words == "Task exception was never retrieved: ValueError: boom"
    (warning,) = records_of(trace, RecordKind.WARNING)
    assert trace.tasks[warning.who].coroutine.endswith("fails")


@on_every_loop
def test_tasks_that_the_collector_destroys_while_pending_are_told_each_by_its_own_number(
    tmp_path: Path, run: Runner
) -> None:
    async def forever() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        gc.disable()
        for index in range(20):
            asyncio.create_task(forever(), name=f"lost {index}")  # noqa: RUF006
        await asyncio.sleep(0.001)
        gc.collect()
        gc.enable()
        await asyncio.sleep(0.001)

    gc.collect()  # what other tests left
    told = complaints(record(tmp_path, main, run))
    assert {complaint.kind for complaint in told} == {WarningKind.DESTROYED_PENDING}
    assert sorted(complaint.who for complaint in told) == sorted(f"lost {index}" for index in range(20))


@on_every_loop
def test_what_a_program_says_of_a_task_that_ended_is_told_of_that_one(tmp_path: Path, run: Runner) -> None:
    """And not of one that was at its address before."""

    async def nothing() -> None: ...

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)
        for number in range(20):
            ended = asyncio.create_task(nothing(), name=f"ended {number}")
            await ended
            loop.call_exception_handler({"message": f"of {ended.get_name()}", "task": ended})
            del ended

    told = complaints(record(tmp_path, main, run))
    assert [(complaint.words, complaint.who) for complaint in told] == [
        (f"of ended {number}", f"ended {number}") for number in range(20)
    ]


def test_any_context_that_a_program_hands_to_the_handler_passes_through(tmp_path: Path) -> None:
    contexts: list[Any] = [{}, {"message": 3}, {"message": "words", "exception": "none"}, {"message": "x", "task": 7}]
    handled: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: handled.append(context))
        for context in contexts:
            loop.call_exception_handler(context)

    trace = record(tmp_path, main)
    assert handled == contexts
    assert len(complaints(trace)) == len(contexts)


def test_a_complaint_from_a_destructor_in_the_midst_of_a_record_spoils_nothing(tmp_path: Path) -> None:
    """The collector runs at every chance it has, and finds something to complain about whenever it does."""

    async def work(number: int) -> int:
        await asyncio.sleep(0)
        return number

    class Complains:
        def __del__(self) -> None:
            loop.call_exception_handler({"message": "in a destructor"})

    def make_garbage() -> None:
        garbage = Complains()
        garbage.cycle = garbage  # type: ignore[attr-defined]

    loop: Any = None
    threshold = gc.get_threshold()

    async def main() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)
        gc.set_threshold(1)
        try:
            for number in range(300):
                make_garbage()
                assert await asyncio.create_task(work(number)) == number
        finally:
            gc.set_threshold(*threshold)

    trace = record(tmp_path, main)
    gc.collect()
    workers = [task for task in trace.tasks.values() if task.coroutine.endswith("work")]
    assert [task.step_count for task in workers] == 300 * [2]
    assert len(complaints(trace)) > 250


def test_warnings_own_function_is_put_back(tmp_path: Path) -> None:
    import warnings

    before = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]

    async def main() -> None:
        assert warnings._warn_unawaited_coroutine is not before  # type: ignore[attr-defined]

    record(tmp_path, main)
    assert warnings._warn_unawaited_coroutine is before  # type: ignore[attr-defined]
