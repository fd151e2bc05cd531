"""Destructors and signal handlers run at any moment, also in the middle of recording something, and record things
themselves.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from loopviz.events import RecordKind, StepEnd
from loopviz.recording.session import mark, recording
from loopviz.trace.trace import Trace
from recording.inprocess import records_of, whole

TASKS, TURNS = 30, 100


async def _many_tasks() -> None:
    async def work(number: int) -> str:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return f"result {number}"

    await asyncio.gather(*(asyncio.create_task(work(number), name=f"work {number}") for number in range(TASKS)))


def _assert_every_step_is_there(trace: Trace) -> None:
    ends: dict[int, list[StepEnd]] = {}
    for step in map(trace.records.step, trace.step_records):
        ends.setdefault(step.task or 0, []).append(step.end)
    workers = [task for task in trace.tasks.values() if task.name.startswith("work ")]
    assert len(workers) == TASKS
    for task in workers:
        assert ends[task.number] == [StepEnd.YIELDED] * TURNS + [StepEnd.RETURNED]
        assert task.result == repr(f"result {task.name.split()[1]}")


@contextmanager
def _at_every_collection(act: Any) -> Iterator[None]:
    """Have the garbage collector run as often as it can, and something else at the end of each of its runs."""
    thresholds = gc.get_threshold()

    def callback(phase: str, _info: Any) -> None:
        if phase == "stop":
            act()

    gc.callbacks.append(callback)
    gc.set_threshold(3, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(callback)


def test_what_the_garbage_collector_sets_off_is_recorded_beside_what_it_interrupts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marks, prints, calls = count(), count(), count()

    def act() -> None:
        mark(f"mark {next(marks)}")
        loop = asyncio._get_running_loop()
        # The collector may run in the recorder's own thread, too.
        if loop is not None and next(calls) % 3 == 0:
            print(f"print {next(prints)}")

    async def main() -> None:
        with _at_every_collection(act):
            await _many_tasks()

    with recording(tmp_path / "out.loopviz"):
        asyncio.run(main())
    trace = whole(tmp_path / "out.loopviz")
    _assert_every_step_is_there(trace)
    texts = trace.definitions.texts
    marked = next(marks)
    assert marked > 50
    assert sorted(texts[raw.target] for raw in records_of(trace, RecordKind.MARK)) == sorted(
        f"mark {number}" for number in range(marked)
    )
    printed = next(prints)
    assert len(list(records_of(trace, RecordKind.OUTPUT))) == printed
    assert len(capsys.readouterr().out.splitlines()) == printed


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_what_a_signal_handler_does_is_recorded_beside_what_it_interrupts(tmp_path: Path) -> None:
    handled, created = count(), count()
    loops: list[asyncio.AbstractEventLoop] = []
    made: list[Any] = []
    over: list[bool] = []

    async def one_more() -> None: ...

    def handler(_number: int, _frame: object) -> None:
        number = next(handled)
        mark(f"mark {number}")
        if loops and number % 3 == 0:
            made.append(loops[0].create_task(one_more(), name=f"made by a signal {next(created)}"))
        if not over:  # anew each time, so that the program gets on, however slow the machine
            signal.setitimer(signal.ITIMER_REAL, 0.0005)

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        until = time.monotonic() + 0.4
        while time.monotonic() < until:
            await asyncio.gather(*(asyncio.create_task(one_more()) for _ in range(20)))
        over.append(True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        await asyncio.gather(*made)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with recording(tmp_path / "out.loopviz"):
            signal.setitimer(signal.ITIMER_REAL, 0.0005)
            asyncio.run(main())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    trace = whole(tmp_path / "out.loopviz")
    assert len(list(records_of(trace, RecordKind.MARK))) == next(handled) > 100
    named = {task.name: task for task in trace.tasks.values()}
    assert all(f"made by a signal {number}" in named for number in range(next(created)))
    assert all(len(task.boundaries) for task in trace.tasks.values())


def test_a_destructor_that_prints_while_a_name_is_defined_hangs_nobody(tmp_path: Path) -> None:
    class Printing:
        def __del__(self) -> None:
            print("gone", file=sys.stderr)

    async def main() -> None:
        for number in range(300):
            circle: list[Any] = [Printing()]
            circle.append(circle)
            del circle
            await asyncio.create_task(asyncio.sleep(0), name=f"a new name {number}")

    with recording(tmp_path / "out.loopviz"), _at_every_collection(lambda: None):
        asyncio.run(main())
    trace = whole(tmp_path / "out.loopviz")
    assert len([task for task in trace.tasks.values() if task.name.startswith("a new name")]) == 300
