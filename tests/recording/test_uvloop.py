"""uvloop's loops: recorded however they are made, and left as they are in all a program can see."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from loopviz.events import RecordKind, StepEnd, WakeKind
from loopviz.recording.session import recording
from loopviz.trace.records import Step
from loopviz.trace.trace import Trace
from loopviz.trace.wakes import wake_of
from recording.inprocess import record, records_of, steps_of, task_named, whole
from recording.launching import Launcher

uvloop = pytest.importorskip("uvloop")

MS = 1_000_000

WAYS = {
    "run": "uvloop.run(main())",
    "factory": "asyncio.run(main(), loop_factory=uvloop.new_event_loop)",
    "class as factory": "asyncio.run(main(), loop_factory=uvloop.Loop)",
    "runner": "with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner: runner.run(main())",
    "loop": "loop = uvloop.new_event_loop(); loop.run_until_complete(main()); loop.close()",
    "install": "uvloop.install(); asyncio.run(main())",
    "policy": "asyncio.set_event_loop_policy(uvloop.EventLoopPolicy()); asyncio.run(main())",
    "subclass": "class Loop(uvloop.Loop): pass\nasyncio.run(main(), loop_factory=Loop)",
    "thread": "import threading\nt = threading.Thread(target=uvloop.run, args=(main(),)); t.start(); t.join()",
}

if sys.version_info < (3, 12):
    del WAYS["factory"], WAYS["class as factory"]
    WAYS["subclass"] = "class Loop(uvloop.Loop): pass\nwith asyncio.Runner(loop_factory=Loop) as r: r.run(main())"

MADE = """
import asyncio, sys
assert "uvloop" not in sys.modules
import uvloop

async def main():
    print(type(asyncio.get_running_loop()).__mro__, repr(asyncio.get_running_loop()))
    await asyncio.create_task(asyncio.sleep(0.001), name="child")

{way}
print([type(finder).__name__ for finder in sys.meta_path if "loopviz" in type(finder).__module__])
print(type(uvloop.__spec__.loader), type(uvloop.__loader__), uvloop.Loop.__module__, uvloop.Loop.__mro__)
"""

#: All that a program can see of its loop.
SEEN = """
import asyncio, contextvars, signal, os, socket, sys, threading
import uvloop

variable = contextvars.ContextVar("variable", default=0)

said = []

def say(*words):
    print(*words, variable.get())
    said.append(words[0])

async def until_said(word):
    while word not in said:
        await asyncio.sleep(0.001)

class Callable:
    def __call__(self):
        say("called")

def fails():
    raise ValueError("from a callback")

async def echo(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()

async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 5
    context = contextvars.copy_context()
    context.run(variable.set, 5)
    for handle in (
        loop.call_soon(say, 1), loop.call_soon(say, 2, context=context), loop.call_later(0.05, say, 3),
        loop.call_later(0, say, 4), loop.call_at(loop.time() + 0.1, say, 5, context=context),
        loop.call_soon(Callable()), loop.call_soon_threadsafe(say, 6), loop.call_later(9, say, "never"),
    ):
        print(type(handle), repr(handle), handle.cancelled())
    handle.cancel()
    print(repr(handle), handle.cancelled())
    dropped = loop.call_soon(say, "never")
    dropped.cancel()
    print(repr(dropped))
    await until_said(5)
    loop.call_soon(fails)
    loop.call_later(0.01, fails)
    await asyncio.sleep(0.02)
    loop.set_exception_handler(lambda loop, context: print(sorted(context), context["message"].partition(" at 0x")[0]))
    loop.call_soon(fails)
    for nonsense in (None, 5):
        loop.call_soon(nonsense)
    await asyncio.sleep(0.001)
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(say, "from a thread"))
    thread.start()
    thread.join()
    await until_said("from a thread")
    loop.add_signal_handler(signal.SIGUSR1, say, "signal")
    os.kill(os.getpid(), signal.SIGUSR1)
    await until_said("signal")
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    readable = asyncio.Event()
    loop.add_reader(ours, lambda: (say("readable", ours.recv(9)), readable.set()))
    theirs.send(b"hello")
    await readable.wait()
    print(loop.remove_reader(ours), loop.remove_reader(ours))
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\\n")
    print(await reader.readline(), await loop.run_in_executor(None, sum, (1, 2)))
    writer.close()
    server.close()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(7)", stdout=-1)
    print(await process.communicate(), process.returncode)
    async def generator():
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            say("finalized")
    async for _ in generator():
        break
    await until_said("finalized")
    task = asyncio.create_task(asyncio.sleep(9), name="cancelled")
    await asyncio.sleep(0)
    print(repr(task.get_stack()[0].f_code.co_name), task.cancel())
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error))
    ours.close(), theirs.close()
    return variable.get()

print(uvloop.run(main(), debug={debug}))
"""


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_loop_is_recorded_however_it_is_made(launcher: Launcher, way: str) -> None:
    if "olicy" in way or "install" in way:
        launcher = replace(launcher, flags=("-W", "ignore::DeprecationWarning"))
    program = launcher.write(MADE.format(way=way))
    recorded = launcher.recorded(program)
    assert recorded.outcome == launcher.plain(program)
    assert recorded.trace.definitions.loops[1].kind == "uvloop"
    assert [step.end for step in steps_of(recorded.trace, "child")] == [StepEnd.ON_FUTURE, StepEnd.RETURNED]


@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
def test_a_program_sees_no_difference(launcher: Launcher, debug: bool) -> None:
    program = launcher.write(SEEN.replace("{debug}", str(debug)))
    recorded = launcher.recorded(program).outcome.without_what_varies()
    plain = launcher.plain(program).without_what_varies()
    assert recorded.stdout == plain.stdout
    assert recorded.stderr == plain.stderr
    assert recorded.status == plain.status == 0


def test_uvloop_is_not_imported_for_a_program_that_does_not(launcher: Launcher) -> None:
    program = launcher.write("import asyncio, sys\nasyncio.run(asyncio.sleep(0))\nprint('uvloop' in sys.modules)\n")
    assert launcher.recorded(program).stdout == "False\n"


def test_a_module_named_uvloop_that_is_not_there_is_missed_as_without_us(launcher: Launcher) -> None:
    program = launcher.write("import sys\nsys.path[:] = sys.path[:1]\nimport uvloop\n")
    recorded, plain = launcher.recorded(program), launcher.plain(program)
    assert recorded.status == plain.status == 1
    assert plain.stderr.splitlines()[-1] in recorded.stderr.splitlines()


def run(main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return uvloop.run(main())


def callbacks_named(trace: Trace, name: str) -> list[Step]:
    texts = trace.definitions.texts
    return [
        step
        for step in map(trace.records.step, trace.step_records)
        if step.callback is not None and texts.get(step.target) == name
    ]


def test_the_tasks_by_which_a_loop_ends_are_told_from_the_programs_own(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    trace = record(tmp_path, main, run)
    tidying = {trace.tasks[number].coroutine.rpartition(".")[2] for number in trace.housekeeping}
    assert {"shutdown_asyncgens", "shutdown_default_executor"} >= tidying > set()
    assert not [task for task in trace.own_tasks if "shutdown" in task.coroutine]


def test_a_timer_is_told_from_its_setting_to_its_wake(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(0.02), name="sleeping")

    trace = record(tmp_path, main, run)
    sleeping = task_named(trace, "sleeping")
    (timer,) = records_of(trace, RecordKind.TIMER_SET)
    assert (timer.waker_kind, timer.waker, timer.end_ns) == (WakeKind.TASK, sleeping.number, 20 * MS)
    first, last = steps_of(trace, "sleeping")
    wake = wake_of(trace, last)
    assert (wake.kind, wake.timer, wake.task) == (WakeKind.TIMER, timer.who, sleeping.number)
    assert last.ready_ns >= first.start_ns + 18 * MS


def test_a_timer_that_is_cancelled_is_told_and_one_that_fired_is_not(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        cancelled, fired = loop.call_later(9, print), loop.call_later(0.001, id, 0)
        await asyncio.sleep(0.01)
        cancelled.cancel()
        fired.cancel()
        await asyncio.sleep(0.001)

    trace = record(tmp_path, main, run)
    first = next(records_of(trace, RecordKind.TIMER_SET))
    assert [raw.who for raw in records_of(trace, RecordKind.TIMER_CANCELLED)] == [first.who]


def test_what_a_thread_queues_is_told_as_a_threads(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(loop.call_soon_threadsafe, id, 0)
        await asyncio.sleep(0.001)

    callback, *_ = callbacks_named(record(tmp_path, main, run), "id")
    assert callback.waker_kind is WakeKind.THREAD


def test_what_arrives_is_told_as_io(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def main() -> None:
        asyncio.current_task().set_name("client")  # type: ignore[union-attr]
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"line\n")
        assert await reader.readline() == b"line\n"
        writer.close()
        server.close()

    trace = record(tmp_path, main, run)
    kinds = {wake_of(trace, step).kind for step in map(trace.records.step, trace.step_records) if step.task is not None}
    assert WakeKind.IO in kinds
    assert WakeKind.UNKNOWN not in kinds


def test_a_watcher_is_a_callback_of_its_own_each_time(tmp_path: Path) -> None:
    async def main() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            loop, seen = asyncio.get_running_loop(), asyncio.Queue[bytes]()

            def readable() -> None:
                seen.put_nowait(ours.recv(1))

            loop.add_reader(ours, readable)
            theirs.send(b"ab")
            assert await seen.get() + await seen.get() == b"ab"
            loop.remove_reader(ours)

            main.name = readable.__qualname__  # type: ignore[attr-defined]

    callbacks = callbacks_named(record(tmp_path, main, run), main.name)  # type: ignore[attr-defined]
    assert [each.waker_kind for each in callbacks] == [WakeKind.IO, WakeKind.IO]


def test_the_loop_idles_between_a_step_and_what_is_queued_next(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        await asyncio.sleep(0.03)
        await asyncio.sleep(0.03)

    trace = record(tmp_path, main, run)
    since_start = trace.records.since_start
    idle = [(since_start(raw.start_ns), since_start(raw.end_ns)) for raw in records_of(trace, RecordKind.IDLE)]
    for step in map(trace.records.step, trace.step_records):
        assert not any(start < step.end_ns and step.start_ns < end for start, end in idle)
    for before, after in pairwise(steps_of(trace, "main")):
        (until_ns,) = (end for start, end in idle if before.end_ns <= start and end <= after.start_ns)
        assert until_ns >= before.start_ns + 28 * MS  # the timer was set after the step's start


def test_a_recording_may_begin_and_end_while_a_loop_runs(tmp_path: Path) -> None:
    path = tmp_path / "out.loopviz"

    async def before_and_after(seconds: float) -> str:
        await asyncio.sleep(seconds)
        await asyncio.sleep(seconds)
        return "done"

    async def main() -> None:
        left = asyncio.create_task(before_and_after(0.01), name="left")
        await asyncio.sleep(0)
        with recording(path):
            await asyncio.create_task(asyncio.sleep(0.002), name="inside")
        assert await left == "done"

    run(main)
    trace = whole(path)
    assert trace.definitions.loops[1].kind == "uvloop"
    assert len(steps_of(trace, "inside")) == 2
    assert "call_soon" not in vars(uvloop.Loop)


def test_tasks_of_a_program_own_factory_are_recorded(tmp_path: Path) -> None:
    def factory(loop: Any, coroutine: Any, **kwargs: Any) -> asyncio.Task[Any]:
        kwargs.pop("eager_start", None)
        return asyncio.Task(coroutine, loop=loop, **kwargs)

    async def main() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        asyncio.get_running_loop().set_task_factory(factory)
        await asyncio.create_task(asyncio.sleep(0.001), name="made")

    trace = record(tmp_path, main, run)
    first = steps_of(trace, "made")[0]
    assert (first.waker_kind, first.waker) == (WakeKind.TASK, task_named(trace, "main").number)


def test_nothing_is_kept_alive(tmp_path: Path) -> None:
    gone: list[int] = []

    class Argument:
        def __del__(self) -> None:
            gone.append(1)

    async def takes(argument: Argument) -> None:
        await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.create_task(takes(Argument()))
        assert len(gone) == 1
        asyncio.get_running_loop().call_soon(id, Argument())
        await asyncio.sleep(0.001)
        assert len(gone) == 2
        asyncio.get_running_loop().call_later(9, id, Argument()).cancel()
        assert len(gone) == 3

    record(tmp_path, main, run)


@pytest.mark.parametrize("clock", ["virtual", "4x"])
def test_a_clock_that_uvloop_can_not_follow_is_refused(launcher: Launcher, clock: str) -> None:
    program = launcher.write("import asyncio, uvloop\nuvloop.run(asyncio.sleep(0))\n")
    recorded = replace(launcher, options=("--clock", clock)).recorded(program)
    assert recorded.status == 1
    expected = (
        f"RuntimeError: uvloop keeps its own time, which the {clock} clock can't change; record with --clock real"
    )
    assert expected in recorded.stderr


def test_debug_mode_is_recorded_too(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(0.001), name="child")

    trace = record(tmp_path, main, lambda program: uvloop.run(program(), debug=True))
    assert len(steps_of(trace, "child")) == 2


def test_uvloop_is_put_back(tmp_path: Path) -> None:
    before = dict(vars(uvloop.Loop))

    async def main() -> None:
        assert dict(vars(uvloop.Loop)) != before

    record(tmp_path, main, run)
    assert dict(vars(uvloop.Loop)) == before
