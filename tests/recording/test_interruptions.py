"""Destructors and signal handlers run at any moment, also in the middle of recording something, and record things
themselves.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from loopviz.events import RecordKind, StepEnd
from loopviz.recording.frames import frame_of
from loopviz.recording.session import mark, recording
from loopviz.trace.trace import Trace
from recording.inprocess import records_of, whole
from recording.launching import Launcher, Outcome

TASKS, TURNS = 30, 100


def _assert_every_step_is_there(trace: Trace) -> None:
    ends: dict[int, list[StepEnd]] = {}
    for step in map(trace.records.step, trace.step_records):
        ends.setdefault(step.task or 0, []).append(step.end)
    workers = [task for task in trace.tasks.values() if task.name.startswith("work ")]
    assert len(workers) == TASKS
    for task in workers:
        assert ends[task.number] == [StepEnd.YIELDED] * TURNS + [StepEnd.RETURNED]
        assert task.result == repr(f"result {task.name.split()[1]}")


#: The collector runs as often as it can, and the program's own code at the end of each of its runs; in a process of its
#: own, where no other test's garbage is collected.
COLLECTED = f"""
import asyncio, gc
from itertools import count
import loopviz

marks, prints, calls = count(), count(), count()

def act(phase, _info):
    if phase == "stop":
        loopviz.mark(f"mark {{next(marks)}}")
        # The collector may run in the recorder's own thread, too.
        if asyncio._get_running_loop() is not None and next(calls) % 3 == 0:
            print(f"print {{next(prints)}}")

async def work(number):
    for _ in range({TURNS}):
        await asyncio.sleep(0)
    return f"result {{number}}"

async def main():
    thresholds = gc.get_threshold()
    gc.callbacks.append(act)
    gc.set_threshold(3, 5, 5)
    await asyncio.gather(*(asyncio.create_task(work(number), name=f"work {{number}}") for number in range({TASKS})))
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(act)

asyncio.run(main())
print(next(marks), next(prints))
"""


def test_what_the_garbage_collector_sets_off_is_recorded_beside_what_it_interrupts(launcher: Launcher) -> None:
    recorded = launcher.recorded(launcher.write(COLLECTED))
    assert recorded.stderr == ""
    *lines, last = recorded.stdout.splitlines()
    marked, printed = map(int, last.split())
    assert marked > 50
    assert lines == [f"print {number}" for number in range(printed)]
    trace = recorded.trace
    _assert_every_step_is_there(trace)
    texts = trace.definitions.texts
    assert sorted(texts[raw.target] for raw in records_of(trace, RecordKind.MARK)) == sorted(
        f"mark {number}" for number in range(marked)
    )
    assert len(list(records_of(trace, RecordKind.OUTPUT))) == printed + 1


#: Where a stack is looked for, objects are made, and the collector may run; meanwhile another thread starts and ends.
LOOKED_AT = """
import gc, threading, time
from loopviz.recording.frames import frame_of

def collected(phase, info):
    if threading.get_ident() == looker.ident:
        time.sleep(0.0005)

def look():
    while not over:
        frame_of(main)

def start_thread(depth):
    if depth:
        return start_thread(depth - 1)
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()

over, main = [], threading.get_ident()
looker = threading.Thread(target=look)
gc.callbacks.append(collected)
gc.set_threshold(1)
looker.start()
for _ in range(200):
    start_thread(depth=5)
over.append(True)
looker.join()
print("over")
"""


def test_a_collection_while_a_stack_is_looked_for_hangs_no_thread_that_starts(launcher: Launcher) -> None:
    assert launcher.plain(launcher.write(LOOKED_AT)) == Outcome(0, "over\n", "")


@pytest.mark.parametrize("enabled", [True, False])
def test_a_look_at_a_stack_leaves_the_collector_on_or_off_as_it_was(enabled: bool) -> None:
    frame: FrameType | None = None
    try:
        if not enabled:
            gc.disable()
        frame = frame_of(threading.get_ident())
        assert gc.isenabled() == enabled
    finally:
        gc.enable()
    assert frame is not None
    assert frame.f_code.co_filename == frame_of.__code__.co_filename
    assert frame_of(0) is None


def test_a_look_that_is_refused_leaves_the_collector_on(launcher: Launcher) -> None:
    program = """
import gc, sys
from loopviz.recording.frames import frame_of

def refuse(event, args):
    if event == "sys._current_frames":
        raise PermissionError(event)

sys.addaudithook(refuse)
try:
    frame_of(0)
except PermissionError as error:
    print(error, gc.isenabled())
"""
    assert launcher.plain(launcher.write(program)) == Outcome(0, "sys._current_frames True\n", "")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_what_a_signal_handler_does_is_recorded_beside_what_it_interrupts(tmp_path: Path) -> None:
    handled: list[int] = []
    created = count()
    loops: list[asyncio.AbstractEventLoop] = []
    made: list[Any] = []
    over: list[bool] = []

    async def one_more() -> None: ...

    def handler(_number: int, _frame: object) -> None:
        number = len(handled)
        handled.append(number)
        mark(f"mark {number}")
        if loops and number % 3 == 0:
            made.append(loops[0].create_task(one_more(), name=f"made by a signal {next(created)}"))
        if not over:  # anew each time, so that the program gets on, however slow the machine
            signal.setitimer(signal.ITIMER_REAL, 0.0005)

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        while len(handled) < 200:
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
    assert len(list(records_of(trace, RecordKind.MARK))) == len(handled)
    named = {task.name: task for task in trace.tasks.values()}
    assert all(f"made by a signal {number}" in named for number in range(next(created)))
    assert all(len(task.boundaries) for task in trace.tasks.values())


@contextmanager
def _collecting_often() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.set_threshold(3, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


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

    with recording(tmp_path / "out.loopviz"), _collecting_often():
        asyncio.run(main())
    trace = whole(tmp_path / "out.loopviz")
    assert len([task for task in trace.tasks.values() if task.name.startswith("a new name")]) == 300


def test_tasks_that_are_collected_as_the_recording_ends_do_not_disturb_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def main(allocations: int) -> None:
        with recording(tmp_path / "out.loopviz"):
            for _ in range(3000):
                task = asyncio.create_task(asyncio.sleep(0))
                task.itself = task  # type: ignore[attr-defined]
            await asyncio.sleep(0.001)
            del task
            gc.set_threshold(gc.get_count()[0] + allocations, 1000, 1000)
            gc.enable()

    thresholds = gc.get_threshold()
    try:
        for allocations in range(0, 1000, 50):
            gc.disable()
            gc.collect()
            asyncio.run(main(allocations))
    finally:
        gc.enable()
        gc.set_threshold(*thresholds)
    assert capfd.readouterr().err == ""
    assert len(whole(tmp_path / "out.loopviz").tasks) > 3000
