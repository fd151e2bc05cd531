"""The clocks: what time it is for a program, and that the virtual one gives the same bytes on every run."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from loopviz.events import RecordKind
from recording.inprocess import record, records_of
from recording.launching import Launcher

#: ``REAL`` is how long, in real seconds, a worker dawdles where the virtual clock does not see it.
WORKERS = """
import asyncio, os, threading, time
from concurrent.futures import ThreadPoolExecutor

def dawdle(times):
    threading.Event().wait(float(os.environ["REAL"]) * times)

def job(number):
    dawdle(5 - number)
    print("begins", number)
    time.sleep(1)
    dawdle(number)
    print("ends", number)
    time.sleep(0.5)
    return number

async def tick():
    for number in range(12):
        await asyncio.sleep(0.5)
        print("tick", number)

async def main():
    loop = asyncio.get_running_loop()
    ticker = asyncio.create_task(tick())
    print(await asyncio.gather(*(asyncio.to_thread(job, number) for number in range(4))))
    with ThreadPoolExecutor(2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, job, number) for number in range(4))))
    await ticker

asyncio.run(main())
"""
CANCELLED_SLEEPER = """
import asyncio, time

async def main():
    try:
        await asyncio.wait_for(asyncio.to_thread(time.sleep, {seconds}), 1)
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""
ONE_WAITS_FOR_ANOTHER = """
import asyncio, threading, time

lock = threading.Lock()

def locked(number):
    with lock:
        time.sleep(1)
        print(number)

async def main():
    await asyncio.gather(*(asyncio.to_thread(locked, number) for number in range(3)))

asyncio.run(main())
"""
NO_LOOP = """
import asyncio, threading, time

asyncio.run(asyncio.sleep(1))
thread = threading.Thread(target=time.sleep, args=(1,))
thread.start()
thread.join()
"""
STRANGER = """
import asyncio, threading, time

def feed(loop, queue):
    for number in range(3):
        time.sleep(1)
        loop.call_soon_threadsafe(queue.put_nowait, number)

async def main():
    queue = asyncio.Queue()
    threading.Thread(target=feed, args=(asyncio.get_running_loop(), queue)).start()
    print([await queue.get() for _ in range(3)])

asyncio.run(main())
"""
SPINNING = """
import asyncio, time

async def main():
    work = asyncio.ensure_future(asyncio.to_thread(time.sleep, 1))
    while not work.done():
        await asyncio.sleep(0)

asyncio.run(main())
"""
SHUT_DOWN_EARLY = """
import asyncio

async def main():
    await asyncio.to_thread(int)
    await asyncio.get_running_loop().shutdown_default_executor()
    await asyncio.sleep(1)

asyncio.run(main())
"""
RAISING = """
import asyncio

def work():
    return 1 / 0

asyncio.run(asyncio.to_thread(work))
"""
#: From Python 3.13 on, a program ends after five minutes whatever its worker threads do.
PATIENCE_S = 900 if sys.version_info < (3, 13) else 301


@pytest.fixture
def virtual(launcher: Launcher) -> Launcher:
    return replace(launcher, options=("--clock", "virtual"))


def test_the_virtual_clock_gives_the_same_bytes_however_long_workers_really_take(virtual: Launcher) -> None:
    program = virtual.write(WORKERS)
    seen = {
        replace(virtual, environment={"REAL": real}).recorded(program, out=f"{real}.loopviz").path.read_bytes()
        for real in ("0", "0.002", "0.02")
    }
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("source", "seconds"),
    [
        pytest.param(CANCELLED_SLEEPER.format(seconds=3), 3, id="work that was cancelled while it sleeps"),
        pytest.param(CANCELLED_SLEEPER.format(seconds=900), PATIENCE_S, id="work that outlasts asyncio's patience"),
        pytest.param(ONE_WAITS_FOR_ANOTHER, 3, id="a worker that waits for another"),
        pytest.param(NO_LOOP, 1, id="a thread beside no loop"),
        pytest.param(STRANGER, 3, id="a thread of the program's own"),
        pytest.param(SPINNING, 1, id="a worker beside a loop that never idles"),
        pytest.param(SHUT_DOWN_EARLY, 1, id="an executor that is shut down early"),
    ],
)
def test_threads_that_sleep_come_to_an_end_under_the_virtual_clock(
    virtual: Launcher, source: str, seconds: float
) -> None:
    program = virtual.write(source)
    recorded = virtual.recorded(program)
    assert recorded.status == 0
    *_, stopped = records_of(recorded.trace, RecordKind.LOOP_STOPPED)
    assert stopped.start_ns / 1e9 == pytest.approx(seconds, abs=0.9)


def test_a_worker_that_raises_has_the_same_traceback_under_the_virtual_clock(
    launcher: Launcher, virtual: Launcher
) -> None:
    program = launcher.write(RAISING)
    recorded, plain = virtual.recorded(program).outcome, launcher.plain(program)
    assert recorded.without_what_varies() == plain.without_what_varies()
    assert plain.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_sleeps_take_exactly_their_time_under_the_virtual_clock(tmp_path: Path) -> None:
    waited: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for seconds in (0.001, 1, 3600):
            before_s = loop.time()
            await asyncio.sleep(seconds)
            waited.append(loop.time() - before_s)

    before_s = time.monotonic()
    record(tmp_path, main, clock="virtual")
    assert time.monotonic() - before_s < 3600
    assert waited == pytest.approx([0.001, 1, 3600], abs=0.0001)


def test_a_faster_clock_runs_that_many_times_as_fast(tmp_path: Path) -> None:
    took: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        before_s, really_before_s = loop.time(), time.perf_counter()
        await asyncio.sleep(5)
        really_s, loop_s = time.perf_counter() - really_before_s, loop.time() - before_s
        took.extend([loop_s, really_s])

    record(tmp_path, main, clock="50x")
    loop_s, real_s = took
    assert loop_s >= 5
    assert loop_s > 5 * real_s  # whatever the machine is busy with: what was really taken lies within the loop's time


def test_real_io_under_the_virtual_clock_is_refused_by_the_name_of_what_waits(virtual: Launcher) -> None:
    program = virtual.write(
        "import asyncio\n"
        "async def main():\n"
        "    await asyncio.start_server(lambda *_: None, '127.0.0.1')\n"
        "asyncio.run(main())\n"
    )
    recorded = virtual.recorded(program)
    assert recorded.status == 1
    assert "program.py:3" in recorded.stderr
    assert recorded.stderr.rstrip().endswith("record with --clock real")
