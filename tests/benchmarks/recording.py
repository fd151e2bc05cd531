"""What recording costs: ``python tests/benchmarks/recording.py [--runs 7] [--factor 1] [--peers]``.

Decides how a ratio is measured. A workload runs plainly and under a recorder, in turn, each in a fresh process, and
measures the processor's time that it takes; the ratio of each pair is taken, and the median of the ratios printed,
since a machine's speed drifts but a pair is close in time. Bytes per event are the trace's size divided by the events
that it tells. What it costs to begin and to end is the difference by the clock on the wall, of a program that does
nothing.

``--peers`` measures asyncio's debug mode and the tools of the extra ``bench`` beside it, those that are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from loopviz.trace.chronicle import Chronicle
from loopviz.trace.files import load

HERE = Path(__file__).parent
WORKLOADS = {
    "sleep(0)": "sleep_zero.py",
    "future chain": "future_chain.py",
    "queue": "item_queue.py",
    "echo": "echo.py",
    "HTTP": "http_server.py",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run a workload; ``words(program, scratch)`` stand between the interpreter and the program's arguments.
    """

    name: str
    words: Callable[[str, str], Sequence[str]]
    needs: str = "asyncio"
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        return importlib.util.find_spec(self.needs) is not None


#: A stream's buffers are so large that glibc asks the system for each anew, until a program has once freed one like it.
#: Whether it ever does is chance, and weighs more than a recorder: so let none be asked for, recorded or not.
SAME_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 26)}
PLAIN = Way("plain", lambda program, _scratch: [program])
LOOPVIZ = Way(
    "loopviz",
    lambda program, scratch: ["-m", "loopviz.recording", "--out", scratch, "--path", program, "--"],
)
PEERS = (
    Way("debug mode", lambda program, _scratch: [program], environment={"PYTHONASYNCIODEBUG": "1"}),
    Way(
        "viztracer",
        lambda program, scratch: ["-m", "viztracer", "--quiet", "-o", scratch + ".json", program],
        "viztracer",
    ),
    Way("yappi", lambda program, scratch: ["-m", "yappi", "-o", scratch, program], "yappi"),
    Way(
        "pyinstrument",
        lambda program, scratch: ["-m", "pyinstrument", "-r", "json", "-o", scratch, program],
        "pyinstrument",
    ),
    Way("aiomonitor", lambda program, _scratch: [str(HERE / "under_aiomonitor.py"), program], "aiomonitor"),
)


def seconds(way: Way, program: str, factor: float, scratch: str) -> float:
    """One run of a workload, as it measured itself."""
    command = [sys.executable, *way.words(str(HERE / "workloads" / program), scratch), str(factor)]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
        env={**os.environ, **SAME_MEMORY, **way.environment},
    )
    # A tool may print a report of its own; the workload's line is the one that is a number.
    return next(float(line) for line in ended.stdout.splitlines() if _is_number(line))


def _is_number(line: str) -> bool:
    try:
        float(line)
    except ValueError:
        return False
    return True


def ratio(way: Way, program: str, runs: int, factor: float, scratch: str) -> float:
    """The median of the ratios of ``runs`` pairs, after one pair that does not count."""
    ratios = []
    for _ in range(runs + 1):
        plain = seconds(PLAIN, program, factor, scratch)
        ratios.append(seconds(way, program, factor, scratch) / plain)
    return statistics.median(ratios[1:])


def bytes_per_event(program: str, factor: float, scratch: str) -> float:
    """Of a recording of the workload: the size of its file by the number of its events."""
    seconds(LOOPVIZ, program, factor, scratch)
    chronicle = Chronicle(load(scratch))
    chronicle.update()
    return os.path.getsize(scratch) / len(chronicle)


def milliseconds_to_begin_and_end(runs: int, scratch: str) -> float:
    """The median of what ``loopviz record`` takes longer than ``python``, after one pair that does not count."""
    program = str(HERE / "workloads" / "nothing.py")
    plain = [sys.executable, program]
    recorded = [sys.executable, "-m", "loopviz", "record", "-o", scratch, program]
    longer = [_wall_seconds(recorded) - _wall_seconds(plain) for _ in range(4 * runs + 1)]
    return statistics.median(longer[1:]) * 1_000


def _wall_seconds(command: Sequence[str]) -> float:
    # With its bytecode kept, as it is wherever loopviz is installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=60)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="pairs that count (7)")
    parser.add_argument("--factor", type=float, default=1.0, help="how much of each workload to do (1)")
    parser.add_argument("--peers", action="store_true", help="measure other tools too")
    options = parser.parse_args()
    ways = [LOOPVIZ, *(peer for peer in PEERS if options.peers and peer.is_here)]
    table = Table("", *WORKLOADS, title=f"Processor time by that of a plain run, Python {platform.python_version()}")
    with TemporaryDirectory() as folder:
        scratch = str(Path(folder, "scratch.loopviz"))
        for way in ways:
            runs = options.runs if way is LOOPVIZ else 3
            ratios = [ratio(way, program, runs, options.factor, scratch) for program in WORKLOADS.values()]
            table.add_row(way.name, *(f"{figure:.2f}" for figure in ratios))
        sizes = [bytes_per_event(program, options.factor, scratch) for program in WORKLOADS.values()]
        table.add_row("bytes per event", *(f"{size:.0f}" for size in sizes))
        longer_ms = milliseconds_to_begin_and_end(options.runs, scratch)
    console = Console(width=100)
    console.print(table)
    console.print(f"To begin and to end takes {longer_ms:.0f} ms.")


if __name__ == "__main__":
    main()
