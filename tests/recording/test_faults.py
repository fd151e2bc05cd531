"""Whatever goes wrong in the recorder is told in one line on stderr, and is no concern of the program's."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loopviz.recording import active
from loopviz.recording.session import recording
from loopviz.trace.files import load_file
from loopviz.trace.lifecycle import FINISHED
from recording.inprocess import RUNNERS, steps_of, whole
from recording.launching import Launcher, Outcome

#: Every way into the recorder from a running program: a module, and what in it is made to raise.
HOOKS = {
    "loopviz.recording.recorder": [
        "Recorder.attach", "Recorder.here", "Recorder.flush", "_thread_name",
    ],
    "loopviz.recording.ending": ["Ending._write_the_rest", "_write_pending"],
    "loopviz.recording.tasks": [
        "TaskTable.know", "TaskTable.created", "TaskTable.adopt", "TaskTable.record_birth", "TaskTable.renew_name",
        "TaskTable.renew_names",
    ],
    "loopviz.recording.inspection": ["end_of", "has_started"],
    "loopviz.recording.timers": ["name_of", "_ns"],
    "loopviz.recording.state": ["LoopState.catch_up", "LoopState.provisional", "LoopState.queued", "LoopState.turn"],
    "loopviz.recording.definitions": [
        "Definitions.name", "Definitions.passing", "Definitions.code",
        "Definitions.site", "Definitions.take", "Definitions.loop",
    ],
    "loopviz.recording.buffers": ["RecordBuffer.emit", "RecordBuffer.put", "RecordBuffer.add", "RecordBuffer.flush"],
    "loopviz.recording.sink": ["Sink.write", "Sink._append", "Sink.close"],
    "loopviz.recording.watchdog": ["Watchdog._look", "Watchdog.start", "Watchdog.stop"],
    "loopviz.recording.output": ["OverheardStream._hear", "OverheardStream._tell", "OverheardStream.stop"],
    "loopviz.recording.steps": ["record_step", "record_end", "record_suspension", "innermost", "record_eager_step"],
    "loopviz.recording.callables": ["callback_name"],
    "loopviz.recording.whereabouts": ["_call"],
    "loopviz.recording.loop": ["release"],
    "loopviz.recording.callers": ["creation_site"],
    "loopviz.recording.values": ["short_arguments", "short_repr", "short_exception", "type_name"],
    "loopviz.recording.chains": ["link"],
}  # fmt: skip


def _sabotage(monkeypatch: pytest.MonkeyPatch, module: str, hook: str, after: int) -> None:
    """Make a function or method of the recorder's raise from its call number ``after`` on, wherever it is known."""
    owner: Any = importlib.import_module(module)
    *path, name = hook.split(".")
    for part in path:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), 0

    def broken(*args: Any, **keywords: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise ZeroDivisionError("sabotage")
        return original(*args, **keywords)

    monkeypatch.setattr(owner, name, broken)
    for other in [each for place, each in sys.modules.items() if place.startswith("loopviz.recording")]:
        if getattr(other, name, None) is original:
            monkeypatch.setattr(other, name, broken)


async def _everything() -> list[Any]:
    """A little of whatever is recorded; returns what can be seen of it."""
    loop, seen = asyncio.get_running_loop(), list[Any]()

    async def work(number: int) -> int:
        for _ in range(5 * number):
            await asyncio.sleep(0)
        seen.append(number)
        print("work", number)
        if number == 2:
            raise ValueError(number)
        return number

    async def numbers() -> Any:
        yield await asyncio.create_task(work(0), name="named")

    loop.call_soon(seen.append, "called")
    loop.call_later(0, seen.append, "called later")
    loop.call_later(60, seen.append, "never").cancel()
    loop.call_soon_threadsafe(seen.append, "called as from a thread")
    victim = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    victim.cancel()
    seen.append([number async for number in numbers()])
    members = [asyncio.create_task(work(number)) for number in range(1, 4)]
    seen.append([repr(each) for each in await asyncio.gather(*members, victim, return_exceptions=True)])
    await asyncio.to_thread(seen.append, "from a thread")
    async with asyncio.Lock(), asyncio.timeout(60):
        await asyncio.wait_for(asyncio.shield(work(1)), 60)
    await work(0)
    return seen


async def _everything_and_a_rest() -> list[Any]:
    """The same, and on until the watchdog has looked."""
    before = await _everything()
    await asyncio.sleep(0.06)
    return before + await _everything()


KINDS = ["plain", "eager"] if sys.version_info >= (3, 12) else ["plain"]


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize(("module", "hook"), [(module, hook) for module, hooks in HOOKS.items() for hook in hooks])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_hook_changes_nothing_for_the_program(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kind: str,
    module: str,
    hook: str,
    after: int,
) -> None:
    program = _everything_and_a_rest if "watchdog" in module else _everything
    expected = RUNNERS[kind](program)
    printed = capfd.readouterr().out
    stock = dict(vars(asyncio.BaseEventLoop))
    with recording(tmp_path / "out.loopviz"):
        _sabotage(monkeypatch, module, hook, after)
        seen = RUNNERS[kind](program)
    out, err = capfd.readouterr()
    assert (seen, out) == (expected, printed)
    assert len(err.splitlines()) <= 1
    assert not err or _is_the_one_line(err)
    trace = load_file(tmp_path / "out.loopviz").trace
    told_in_the_file = [reason for reason in trace.losses if "a fault of its own (ZeroDivisionError" in reason]
    assert len(told_in_the_file) == bool(err) or module == "loopviz.recording.sink"
    assert dict(vars(asyncio.BaseEventLoop)) == stock
    assert active.recorder is None
    assert trace.refused == 0


def _is_the_one_line(line: str) -> bool:
    return line.startswith("loopviz: recording ended by a fault of its own (") and line.endswith(
        "; the program goes on\n"
    )


PROGRAM = """
import asyncio, sys
async def main():
    asyncio.current_task().set_name("main")
    for turn in range(20_000):
        await asyncio.sleep(0)
    print("done")
asyncio.run(main())
sys.exit(5)
"""


def _told_of(outcome: Outcome, words: str) -> bool:
    (line,) = outcome.stderr.splitlines(keepends=True)
    told = line.startswith("loopviz: recording ended: the trace can't be written (") and words in line
    return told and line.endswith("; the program goes on\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told_before_the_program_runs_where_not_even_a_header_fits(launcher: Launcher) -> None:
    recorded = launcher.recorded(launcher.write(PROGRAM), out="/dev/full").outcome
    assert recorded.status == 2
    assert recorded.stdout == ""
    assert recorded.stderr == "loopviz: can't write /dev/full: no space left on device; choose another place with -o\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
@pytest.mark.parametrize("limit", [1_000, 20_000, 300_000])
def test_a_disk_that_fills_up_ends_the_recording_and_not_the_program(launcher: Launcher, limit: int) -> None:
    """A limit on the size of files does what a full disk does, for the trace alone: the program writes no other."""
    command = launcher.command(launcher.folder / "out.loopviz", launcher.write(PROGRAM))
    limited = f"import os, resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); \
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); os.execv(sys.argv[1], sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", limited, *command], capture_output=True, text=True, cwd=launcher.folder,
        env=launcher.surroundings(), timeout=60,
    )  # fmt: skip
    outcome = Outcome(done.returncode, done.stdout, done.stderr)
    assert (outcome.status, outcome.stdout) == (5, "done\n")
    assert _told_of(outcome, "File too large")
    file = load_file(launcher.folder / "out.loopviz")
    assert file.note is None
    assert (launcher.folder / "out.loopviz").stat().st_size <= limit
    if limit > 20_000:
        assert len(steps_of(file.trace, "main")) > 1000
    assert file.trace.lost_records > 0
    assert list(file.trace.losses) == [
        "the file could not be written: File too large; nothing was recorded from then on"
    ]


def test_a_file_that_is_removed_meanwhile_is_no_concern(launcher: Launcher) -> None:
    program = launcher.write("import os, sys\nos.unlink(sys.argv[1])\n" + PROGRAM)
    recorded = launcher.recorded(program, launcher.folder / "out.loopviz")
    assert recorded.outcome == Outcome(5, "done\n", "")
    assert not recorded.path.exists()


def test_a_bounded_file_whose_folder_is_removed_meanwhile_ends_the_recording(launcher: Launcher) -> None:
    (launcher.folder / "gone").mkdir()
    program = launcher.write("import shutil\nshutil.rmtree('gone')\n" + PROGRAM)
    launcher = replace(launcher, options=("--max-size", "100000"))
    outcome = launcher.recorded(program, out="gone/out.loopviz").outcome
    assert (outcome.status, outcome.stdout) == (5, "done\n")
    assert _told_of(outcome, "No such file")


DEEP = """
import asyncio, sys
import loopviz

def recurse(act):
    act()
    recurse(act)

def create():
    coroutine = asyncio.sleep(0)
    try:
        made.append(asyncio.create_task(coroutine))
    finally:
        if not made or made[-1].get_coro() is not coroutine:
            coroutine.close()

async def recurse_awaiting():
    await recurse_awaiting()

async def main():
    loop = asyncio.get_running_loop()
    acts = (create, lambda: loop.call_later(0, int), lambda: loop.call_soon(int), lambda: loopviz.mark("deep"),
            lambda: sys.stdout.write(""), lambda: print("deep"), lambda: loop.call_later(0, int).cancel())
    for act in acts:
        for _ in range(5):
            try:
                recurse(act)
            except RecursionError:
                pass
        await asyncio.sleep(0)
    try:
        await recurse_awaiting()
    except RecursionError:
        pass
    await asyncio.gather(*made)
    await asyncio.create_task(asyncio.sleep(0, "shallow"), name="shallow")

made = []
sys.setrecursionlimit(200)
asyncio.run(main())
print("done", sum(task.done() for task in made) == len(made))
"""


def test_a_program_that_recurses_too_deep_loses_facts_but_not_its_recording(launcher: Launcher) -> None:
    recorded = launcher.recorded(launcher.write(DEEP))
    *deep, last = recorded.stdout.splitlines()
    assert (recorded.status, last, set(deep)) == (0, "done True", {"deep"})
    assert "loopviz:" not in recorded.stderr  # asyncio may tell of a task that it could not make
    trace = recorded.file.trace
    assert trace.refused == 0
    assert list(trace.losses) == ["the program recursed too deep to record them"]
    (shallow,) = [task for task in trace.tasks.values() if task.name == "shallow"]
    assert shallow.result == "'shallow'"
    assert all(task.state in FINISHED and task.created_record >= 0 for task in trace.tasks.values())


def test_stderr_that_is_closed_takes_no_complaint_and_does_no_harm(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio, os\n"
        "from loopviz.recording import tasks\n"
        "tasks.TaskTable.created = None\n"
        "os.close(2)\n"
        "asyncio.run(asyncio.sleep(0.01))\n"
        "print('done')\n"
    )
    assert launcher.recorded(program).outcome == Outcome(0, "done\n", "")


def test_a_reader_that_goes_away_is_no_concern(launcher: Launcher, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        launcher.command(pipe, launcher.write(PROGRAM)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=launcher.surroundings(),
    )  # fmt: skip
    with open(pipe, "rb", buffering=0) as reader:
        reader.read(10)
    stdout, stderr = process.communicate(timeout=60)
    outcome = Outcome(process.returncode, stdout, stderr)
    assert (outcome.status, outcome.stdout) == (5, "done\n")
    assert _told_of(outcome, "Broken pipe")


def test_an_end_waits_until_another_threads_fault_has_ended_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("loopviz.recording.ending._PATIENCE_S", 60)
    is_ending, go_on = threading.Event(), threading.Event()
    ended: list[bool] = []

    def take_long() -> None:
        is_ending.set()
        ended.append(go_on.wait(60))

    stock = dict(vars(asyncio.BaseEventLoop))
    with recording(tmp_path / "out.loopviz"):
        assert active.recorder is not None
        active.recorder.at_end(take_long)
        other = threading.Thread(target=active.recorder.fail, args=(ZeroDivisionError("sabotage"),))
        other.start()
        assert is_ending.wait(60)
        threading.Timer(0.1, go_on.set).start()
    assert ended == [True]
    assert dict(vars(asyncio.BaseEventLoop)) == stock
    assert active.recorder is None
    other.join()
    assert _is_the_one_line(capfd.readouterr().err)


@pytest.mark.parametrize("ends", ["at once", "after a while"])
def test_a_recording_that_failed_can_be_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], ends: str
) -> None:
    run: Callable[..., Any] = RUNNERS["plain"]
    with monkeypatch.context() as broken, recording(tmp_path / "first.loopviz"):
        _sabotage(broken, "loopviz.recording.steps", "record_end", 0 if ends == "at once" else 5)
        run(_everything)
    assert _is_the_one_line(capfd.readouterr().err)
    with recording(tmp_path / "second.loopviz"):
        run(_everything)
    assert capfd.readouterr().err == ""
    assert len(whole(tmp_path / "second.loopviz").tasks) > 5


def test_what_a_program_puts_in_place_of_os_write_is_not_asked_to_write_the_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(fd: int, data: bytes) -> int:
        raise OSError("no such thing")

    with recording(tmp_path / "out.loopviz"), monkeypatch.context() as patched:
        patched.setattr(os, "write", refuse)
        RUNNERS["plain"](_everything)
        assert active.recorder is not None
        active.recorder.flush()
    assert capfd.readouterr().err == ""
    assert len(whole(tmp_path / "out.loopviz").tasks) > 5
