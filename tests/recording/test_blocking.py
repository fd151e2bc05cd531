"""Steps that block their loop: when they are looked into, and what is seen."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loopviz.events import Flag, RecordKind
from loopviz.recording import session
from loopviz.recording.watchdog import Watchdog
from loopviz.trace.trace import Trace
from recording.inprocess import Main, on_every_loop, record, records_of, task_named, whole
from recording.launching import Launcher

MS = 1_000_000

BLOCKING = """
import asyncio, time

def compute(seconds):
    time.sleep(seconds)

async def main():
    asyncio.current_task().set_name("main")
    compute(0.5)
    await asyncio.sleep(1)
    compute(0.05)

asyncio.run(main())
"""


def samples(trace: Trace) -> list[tuple[int, list[str]]]:
    """Of each BLOCKED record: the milliseconds since its step began, and the functions of its stack."""
    return [
        ((raw.end_ns - raw.start_ns) // MS, [frame.name for frame in trace.definitions.chain(raw.site)])
        for raw in records_of(trace, RecordKind.BLOCKED)
    ]


def test_under_the_virtual_clock_a_blocking_sleep_is_seen_when_a_watchdog_would_have_seen_it(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        time.sleep(0.25)
        time.sleep(0.25)
        await asyncio.sleep(1)
        time.sleep(0.05)

    trace = record(tmp_path, main, clock="virtual")
    name = main.__qualname__
    assert samples(trace) == [(100, [name]), (200, [name]), (400, [name])]
    assert {raw.who for raw in records_of(trace, RecordKind.BLOCKED)} == {task_named(trace, "main").number}


def test_under_the_virtual_clock_a_callback_that_blocks_is_seen_as_one(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(time.sleep, 0.15)
        await asyncio.sleep(1)

    trace = record(tmp_path, main, clock="virtual")
    (sample,) = records_of(trace, RecordKind.BLOCKED)
    assert sample.flags & Flag.CALLBACK_STEP
    assert sample.who in trace.callback_records


def test_under_the_virtual_clock_a_sleep_outside_any_step_blocks_nothing(tmp_path: Path) -> None:
    async def main() -> None: ...

    def run(program: object) -> None:
        time.sleep(5)
        asyncio.run(main())
        time.sleep(5)

    assert samples(record(tmp_path, main, run, clock="virtual")) == []


def test_the_samples_are_the_same_bytes_on_every_run(launcher: Launcher) -> None:
    program = launcher.write(BLOCKING)
    launcher = replace(launcher, options=("--clock", "virtual"))
    first, second = (launcher.recorded(program, out=f"{name}.loopviz") for name in ("first", "second"))
    assert first.path.read_bytes() == second.path.read_bytes()
    assert samples(first.trace) == [(ms, ["main", "compute"]) for ms in (100, 200, 400)]


@pytest.mark.parametrize(("threshold", "expected"), [("0.02", {20, 40, 80, 160}), ("0.3", {300}), ("5", set())])
def test_the_threshold_is_the_options(launcher: Launcher, threshold: str, expected: set[int]) -> None:
    program = launcher.write(BLOCKING)
    launcher = replace(launcher, options=("--clock", "virtual", "--blocked-after", threshold))
    assert {after_ms for after_ms, _stack in samples(launcher.recorded(program).trace)} >= expected
    if not expected:
        assert samples(launcher.recorded(program).trace) == []


@on_every_loop
def test_the_watchdog_sees_a_step_longer_than_the_threshold(tmp_path: Path, run: Callable[[Main], Any]) -> None:
    deadline_s = time.monotonic() + 60

    def callback() -> None:
        (state,) = recorder.states
        while state.looked_at[0] != state.step_start_ns and time.monotonic() < deadline_s:
            time.sleep(0.01)

    async def main() -> None:
        (state,) = recorder.states
        for pause_s in (0.01, 0, 0.01):
            while state.looked_at[0] != state.step_start_ns and time.monotonic() < deadline_s:
                time.sleep(0.01)
            await asyncio.sleep(pause_s)
        asyncio.get_running_loop().call_soon(callback)
        await asyncio.sleep(0.01)

    path = tmp_path / "out.loopviz"
    recorder = session.begin(path, blocked_after_s=0.05)
    try:
        run(main)
    finally:
        recorder.end()
    trace = whole(path)
    assert all(after_ms >= 50 for after_ms, _ in samples(trace))
    # On a busy machine other steps may take as long.
    seen = Counter(stack[-1] for _, stack in samples(trace) if stack)
    assert seen[main.__qualname__] >= 3
    assert seen[callback.__qualname__] >= 1
    stacks = [trace.definitions.chain(raw.site) for raw in records_of(trace, RecordKind.BLOCKED)]
    assert not [frame for stack in stacks for frame in stack if "loopviz" in frame.file]


@pytest.mark.parametrize(
    ("threshold_s", "speed", "running_ms", "looks", "pause_ms"),
    [
        (0.1, 1, None, 0, 40),  # no step runs: as often as is written out
        (0.1, 1, 10, 0, 40),
        (0.1, 1, 75, 0, 25),  # until it blocks
        (0.1, 1, 120, 1, 40),
        (0.1, 1, 190, 1, 10),  # until twice the threshold
        (0.1, 1, 99.9, 0, 1),
        (0.1, 1, 150, 0, 1),
        (0.02, 1, None, 0, 10),  # a step of 20 ms can't begin and block between two looks
        (0.02, 1, 15, 0, 5),
        (0.1, 4, None, 0, 12.5),  # a clock four times as fast
        (0.1, 4, 80, 0, 5),
        (1e-9, 1, None, 0, 1),
        (0.1, 1000, 10, 0, 1),
    ],
)
def test_the_watchdog_sleeps_no_longer_than_until_a_step_blocks(
    threshold_s: float, speed: float, running_ms: float | None, looks: int, pause_ms: float
) -> None:
    now_ns = 10**9
    start_ns = 0 if running_ms is None else now_ns - int(running_ms * MS)
    idle = SimpleNamespace(step_start_ns=0, looked_at=(0, 0), now_ns=lambda: now_ns)
    state = SimpleNamespace(step_start_ns=start_ns, looked_at=(start_ns, looks), now_ns=lambda: now_ns)
    recorder: Any = SimpleNamespace(states=[idle, state], clock=SimpleNamespace(speed=speed))
    assert Watchdog(recorder, threshold_s).pause_s() == pytest.approx(pause_ms / 1e3)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs /proc")
def test_the_watchdogs_thread_takes_no_signal_from_the_program(tmp_path: Path) -> None:
    recorder = session.begin(tmp_path / "out.loopviz")
    try:
        watchdog: Any = recorder.watchdog
        for _ in range(10_000):  # it has only just begun
            if watchdog.native_id and _blocked_signals(watchdog.native_id) >> (signal.SIGINT - 1) & 1:
                break
            time.sleep(0.001)
        else:
            pytest.fail("it takes SIGINT")
    finally:
        recorder.end()


def _blocked_signals(thread: int) -> int:
    status = Path(f"/proc/self/task/{thread}/status").read_text()
    return next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk"))


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_threshold_that_is_no_time_is_refused_before_the_program_runs(launcher: Launcher, text: str) -> None:
    program = launcher.write("print('ran')")
    launcher = replace(launcher, options=(f"--blocked-after={text}",))
    outcome = launcher.recorded(program).outcome
    assert (outcome.status, outcome.stdout) == (2, "")
    assert (
        outcome.stderr
        == f"loopviz: --blocked-after can't be {text!r}; it takes a number of seconds above zero, such as 0.25\n"
    )


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), float("inf")])
def test_a_threshold_that_is_no_time_begins_no_recording(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds above zero"):
        session.begin(tmp_path / "out.loopviz", blocked_after_s=seconds)
    assert not (tmp_path / "out.loopviz").exists()
