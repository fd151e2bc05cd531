"""What the program prints and marks, and who did: a task, a callback, another thread, the program outside of all."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import loopviz
from loopviz.events import RecordKind, WakeKind
from loopviz.recording.session import recording
from loopviz.trace.trace import Trace
from recording.inprocess import on_every_loop, record, records_of, whole

STDOUT, STDERR = 1, 2


class Said(NamedTuple):
    """A text, and by whom: a task's name, else the WakeKind's."""

    text: str | None
    by: str
    stream: int = STDOUT


def said(trace: Trace, kind: RecordKind = RecordKind.OUTPUT) -> list[Said]:
    """All output (or marks), in order of time."""
    found = []
    for raw in sorted(records_of(trace, kind), key=lambda raw: raw.start_ns):
        by = trace.tasks[raw.waker].name if raw.waker_kind == WakeKind.TASK else WakeKind(raw.waker_kind).name
        found.append(Said(trace.definitions.texts.get(raw.target), by, raw.end))
    return found


@on_every_loop
def test_what_is_printed_is_put_down_to_the_task_or_callback_that_prints_it(tmp_path: Path, run: object) -> None:
    async def printing(name: str) -> None:
        print("I am", name)
        await asyncio.sleep(0)
        print("still", name, file=sys.stderr)

    async def main() -> None:
        asyncio.get_running_loop().call_soon(print, "called")
        await asyncio.gather(*(asyncio.create_task(printing(name), name=name) for name in "ab"))

    found = said(record(tmp_path, main, run))  # type: ignore[arg-type]
    assert sorted(found) == [
        Said("I am a\n", "a"),
        Said("I am b\n", "b"),
        Said("called\n", "CALLBACK"),
        Said("still a\n", "a", STDERR),
        Said("still b\n", "b", STDERR),
    ]


class _SaysGoodbye:
    def __del__(self) -> None:
        print("goodbye")


def test_what_is_printed_as_a_task_goes_after_its_last_step_is_not_put_down_to_it(tmp_path: Path) -> None:
    async def brief() -> None:
        asyncio.current_task().kept = _SaysGoodbye()  # type: ignore[union-attr]

    async def main() -> None:
        asyncio.create_task(brief(), name="brief")  # noqa: RUF006 - nobody keeps it
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert said(record(tmp_path, main)) == [Said("goodbye\n", "OUTSIDE")]


def test_a_line_that_several_tasks_write_is_told_in_their_parts(tmp_path: Path) -> None:
    async def write(name: str) -> None:
        print(name, "begins", end=", ")
        print("and waits", end="; ")
        await asyncio.sleep(0)
        print(name, "ends")

    async def main() -> None:
        await asyncio.gather(*(asyncio.create_task(write(name), name=name) for name in "ab"))

    assert said(record(tmp_path, main)) == [
        Said("a begins, and waits; ", "a"),
        Said("b begins, and waits; ", "b"),
        Said("a ends\n", "a"),
        Said("b ends\n", "b"),
    ]


def test_what_is_said_outside_of_loops_is_put_down_to_the_program_or_to_another_thread(tmp_path: Path) -> None:
    def in_a_thread() -> None:
        print("in a thread")
        loopviz.mark("in a thread")

    def in_a_thread_with_a_loop() -> None:
        asyncio.run(asyncio.sleep(0))
        print("after a loop")

    async def main() -> None:
        await asyncio.to_thread(in_a_thread)

    path = tmp_path / "out.loopviz"
    with recording(path):
        print("before")
        asyncio.run(main())
        loopviz.mark("after")
        thread = threading.Thread(target=in_a_thread_with_a_loop)
        thread.start()
        thread.join()
    trace = whole(path)
    assert said(trace) == [
        Said("before\n", "OUTSIDE"),
        Said("in a thread\n", "THREAD"),
        Said("after a loop\n", "OUTSIDE"),
    ]
    assert said(trace, RecordKind.MARK) == [Said("in a thread", "THREAD", 0), Said("after", "OUTSIDE", 0)]
