"""How a recorded program may end: by a signal, at once, by force, in a child. The trace is kept as far as it was
written.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from loopviz.events import RecordKind, StepEnd
from loopviz.trace.files import TraceFile
from loopviz.trace.lifecycle import State
from loopviz.trace.trace import Trace
from recording.inprocess import records_of, steps_of, task_named
from recording.launching import Launcher, Outcome, Recorded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are POSIX's")

BUSY = """
import asyncio, sys
async def main():
    asyncio.current_task().set_name("main")
    print("started", flush=True)
    for turn in range(100_000):
        await asyncio.sleep(0.005)
asyncio.run(main())
"""
STEPS = 20
#: Takes so many steps, and then none.
CLASSIC = f"""
import asyncio
async def main():
    asyncio.current_task().set_name("main")
    print("started", flush=True)
    for turn in range({STEPS - 1}):
        await asyncio.sleep(0.005)
    await asyncio.sleep(60)
asyncio.new_event_loop().run_until_complete(main())
"""
#: The same, interrupted where a traceback tells the place: as the loop waits for I/O, and within a step.
IN_SELECT = CLASSIC.replace(
    "asyncio.new_event_loop()",
    """
import selectors, signal
class Interrupted(selectors.DefaultSelector):
    def select(self, timeout=None):
        if timeout is not None and timeout > 1:
            signal.raise_signal(signal.SIGINT)
        return super().select(timeout)
asyncio.SelectorEventLoop(Interrupted())""",
)
IN_A_STEP = CLASSIC.replace("await asyncio.sleep(60)", "__import__('signal').raise_signal(2)")
CATCHES = """
import asyncio
async def main():
    print("started", flush=True)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled", flush=True)
        raise
    finally:
        await asyncio.sleep(0)
        print("cleaned up", flush=True)
try:
    asyncio.run(main())
except KeyboardInterrupt as error:
    print("caught", repr(error))
"""
HANDLES = """
import asyncio, os, signal
async def main():
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    signal.signal(signal.SIGUSR1, lambda number, frame: os.write(1, b"handler %d\\n" % number))
    print("started", flush=True)
    await done.wait()
    print("ended by the program itself")
asyncio.run(main())
"""


def _signalled(
    launcher: Launcher, command: list[str], *signals: int, when: Callable[[], object] = lambda: None
) -> Outcome:
    """Run a program, and send it signals once it has said that it started and ``when`` has returned.

    What it does meanwhile is its own affair: where it may be struck anywhere, it has to show the same anywhere.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=launcher.folder, env=launcher.surroundings()
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    when()
    for number in signals:
        time.sleep(0.05)
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    return Outcome(process.returncode, first + stdout, stderr)


def _both(
    launcher: Launcher, source: str, *signals: int, when: Callable[[], object] = lambda: None
) -> tuple[Recorded, Outcome]:
    program = launcher.write(source)
    path = launcher.folder / "out.loopviz"
    recorded = _signalled(launcher, launcher.command(path, program), *signals, when=when)
    return Recorded(recorded, path), _signalled(launcher, [sys.executable, str(program)], *signals)


@pytest.mark.parametrize("source", [BUSY, CATCHES], ids=["asyncio.run", "caught"])
def test_the_program_gets_the_interrupt_and_ends_by_it_as_it_would(launcher: Launcher, source: str) -> None:
    recorded, plain = _both(launcher, source, signal.SIGINT)
    assert recorded.outcome.without_what_varies() == plain.without_what_varies()
    assert recorded.status == (0 if source is CATCHES else -signal.SIGINT)
    assert recorded.trace.tasks


def test_an_interrupted_tasks_cancellation_is_in_the_trace(launcher: Launcher) -> None:
    recorded, _ = _both(launcher, BUSY, signal.SIGINT)
    assert task_named(recorded.trace, "main").state == State.CANCELLED


@pytest.mark.parametrize(("source", "last"), [(IN_SELECT, StepEnd.ON_FUTURE), (IN_A_STEP, StepEnd.RAISED)])
def test_an_interrupt_leaves_the_steps_before_it_and_ends_the_one_that_it_strikes(
    launcher: Launcher, source: str, last: StepEnd
) -> None:
    program = launcher.write(source)
    recorded = launcher.recorded(program)
    assert recorded.outcome.without_what_varies() == launcher.plain(program).without_what_varies()
    assert recorded.status == -signal.SIGINT
    assert "KeyboardInterrupt" in recorded.stderr
    assert [step.end for step in steps_of(recorded.trace, "main")] == [StepEnd.ON_FUTURE] * (STEPS - 1) + [last]


def test_handlers_of_signals_are_the_programs_own(launcher: Launcher) -> None:
    recorded, plain = _both(launcher, HANDLES, signal.SIGUSR1, signal.SIGTERM)
    assert recorded.outcome == plain
    assert recorded.status == 0
    assert recorded.trace.tasks


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_program_leaves_what_was_written(launcher: Launcher, number: int) -> None:
    path = launcher.folder / "out.loopviz"

    def all_is_written() -> None:
        _follow_until(path, lambda trace: any(task.step_count == STEPS for task in trace.tasks.values())).close()

    recorded, plain = _both(launcher, CLASSIC, number, when=all_is_written)
    assert recorded.outcome == plain
    assert recorded.status == -number
    file = recorded.file
    assert file.trace.refused == 0
    assert len(steps_of(file.trace, "main")) == STEPS
    assert task_named(file.trace, "main").state == State.SUSPENDED


def test_a_program_killed_within_a_long_step_shows_that_step_as_running(launcher: Launcher) -> None:
    source = BUSY.replace("await asyncio.sleep(0.005)", "__import__('time').sleep(60)")
    process = subprocess.Popen(
        launcher.command(launcher.folder / "out.loopviz", launcher.write(source)),
        stdout=subprocess.DEVNULL, cwd=launcher.folder, env=launcher.surroundings(),
    )  # fmt: skip
    follower = _follow_until(launcher.folder / "out.loopviz", lambda trace: len(trace.of_kind(RecordKind.BLOCKED)))
    process.kill()
    process.wait()
    follower.poll()
    (task,) = follower.trace.tasks.values()
    assert task.state == State.RUNNING
    (blocked, *_) = records_of(follower.trace, RecordKind.BLOCKED)
    assert [frame.name for frame in follower.trace.definitions.chain(blocked.site)] == ["main"]
    follower.close()


def _follow_until(path: Path, condition: Callable[[Trace], object]) -> TraceFile:
    """Follow the file until the condition holds of what it holds."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    follower = TraceFile(path)
    while not condition(follower.trace):
        assert time.monotonic() < deadline
        time.sleep(0.01)
        follower.poll()
    return follower


def test_what_was_written_before_an_os_exit_is_kept(launcher: Launcher) -> None:
    program = launcher.write(BUSY.replace("range(100_000)", "range(30)") + "import os\nos._exit(7)\n")
    recorded = launcher.recorded(program)
    assert recorded.outcome == launcher.plain(program)
    assert recorded.status == 7
    assert task_named(recorded.file.trace, "main").state == State.RETURNED


@pytest.mark.parametrize("statement", ["sys.exit(3)", "sys.exit('a text')", "raise KeyboardInterrupt", "1 / 0"])
def test_what_ends_the_program_from_within_a_task_is_handed_on(launcher: Launcher, statement: str) -> None:
    program = launcher.write(BUSY.replace("await asyncio.sleep(0.005)", f"await asyncio.sleep(0); {statement}"))
    recorded = launcher.recorded(program)
    assert recorded.outcome.without_what_varies() == launcher.plain(program).without_what_varies()
    assert steps_of(recorded.trace, "main")[-1].end in (StepEnd.RAISED, StepEnd.CANCELLED)


def test_a_forked_child_writes_not_a_byte(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio, os, sys\n"
        "from loopviz.recording import active\n"
        "path = sys.argv[1]\n"
        "async def tell(name):\n"
        "    for _ in range(2000): await asyncio.sleep(0)\n"
        "async def main():\n"
        "    await tell('parent')\n"
        "    active.recorder.flush()\n"  # or the watchdog might write it between the look at the file and the fork
        "    before = os.stat(path)\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        try:\n"
        "            asyncio.get_running_loop().call_soon(print, 'x')\n"
        "            asyncio.events._set_running_loop(None)\n"
        "            asyncio.run(tell('child'))\n"
        "        finally:\n"
        "            os._exit(int((os.stat(path).st_size, os.stat(path).st_mtime_ns)"
        " != (before.st_size, before.st_mtime_ns)))\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "    await asyncio.create_task(tell('parent goes on'), name='parent goes on')\n"
        "asyncio.run(main())\n"
    )
    launcher = replace(launcher, flags=("-W", "error"))
    recorded = launcher.recorded(program, "out.loopviz")
    assert recorded.outcome == Outcome(0, "0\n", "")
    assert task_named(recorded.trace, "parent goes on").state == State.RETURNED
    assert "'child'" not in [task.arguments for task in recorded.trace.tasks.values()]


def test_a_fork_while_another_thread_holds_the_recorders_locks_hangs_nobody(launcher: Launcher) -> None:
    """In the child they will never be released."""
    program = launcher.write(
        "import asyncio, os, threading\n"
        "from loopviz.recording import active\n"
        "def hold():\n"
        "    with active.recorder.sink.lock, active.recorder.definitions.lock:\n"
        "        held.set()\n"
        "        release.wait()\n"
        "async def main():\n"
        "    print('half a line, ', end='', flush=True)\n"
        "    threading.Thread(target=hold).start()\n"
        "    held.wait()\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        print('told in the child', flush=True)\n"
        "        os._exit(0)\n"
        "    status = os.waitpid(child, 0)[1]\n"
        "    release.set()\n"
        "    print(os.waitstatus_to_exitcode(status))\n"
        "held, release = threading.Event(), threading.Event()\n"
        "asyncio.run(main())\n"
    )
    recorded = replace(launcher, flags=("-W", "ignore")).recorded(program)
    assert recorded.outcome == Outcome(0, "half a line, told in the child\n0\n", "")
    assert recorded.trace.tasks


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process_pool_works_and_only_the_parent_is_recorded(launcher: Launcher, method: str) -> None:
    program = launcher.write(
        "import asyncio, multiprocessing, warnings\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "warnings.simplefilter('ignore')\n"
        "async def main():\n"
        "    loop = asyncio.get_running_loop()\n"
        f"    with ProcessPoolExecutor(2, multiprocessing.get_context('{method}')) as pool:\n"
        "        print(await asyncio.gather(*(loop.run_in_executor(pool, pow, 2, n) for n in range(4))))\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    recorded = launcher.recorded(program)
    assert recorded.outcome == launcher.plain(program) == Outcome(0, "[1, 2, 4, 8]\n", "")
    assert {task.coroutine for task in recorded.trace.tasks.values()} >= {"main"}
    assert [path.name for path in launcher.folder.glob("*.loopviz*")] == ["out.loopviz"]


def test_a_subprocess_does_not_inherit_the_trace_file(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio, os, sys\n"
        "async def main():\n"
        "    listing = 'import os; print(sorted(os.listdir(\"/proc/self/fd\")))'\n"
        "    process = await asyncio.create_subprocess_exec(sys.executable, '-c', listing, close_fds=False)\n"
        "    await process.wait()\n"
        "asyncio.run(main())\n"
    )
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("needs /proc")
    assert launcher.recorded(program).outcome == launcher.plain(program)
