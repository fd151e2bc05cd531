"""What reading costs: ``python tests/benchmarks/reading.py [--runs 5] [--factor 1]``.

Decides how a ratio is measured. A workload runs plainly, then its trace is read in one of several ways, each in a fresh
process, and both measure the processor's time that they take; the ratio of each pair is taken, and the median of the
ratios printed, since a machine's speed drifts but a pair is close in time. Bytes of memory per span are the growth of
the process's peak by the spans of all tasks.

A held key is measured on a terminal of its own, of 240x70 cells: its figure is the share of the processor's time that
panning takes 30 times a second, of as much as one core has.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import os
import platform
import pty
import resource
import statistics
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from rich.console import Console
from rich.table import Table

from loopviz.commands.stats_tables import tables
from loopviz.exporters import ExportOptions, exporter
from loopviz.trace.files import load
from loopviz.trace.statistics import Statistics

HERE = Path(__file__).parent
WORKLOADS = {"10,000 tasks": "crowd.py", "short tasks": "short_lives.py"}
_ROWS, _COLUMNS = 70, 240


def _seconds(work: Callable[[], object]) -> float:
    begun_s = time.process_time()
    work()
    return time.process_time() - begun_s


def _picture(path: str, axis: Literal["time", "steps"]) -> float:
    trace = load(path)
    return _seconds(lambda: exporter("svg").write(trace, io.StringIO(), ExportOptions(axis)))


def _bytes_per_span(path: str) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trace = load(path)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    unit = 1 if sys.platform == "darwin" else 1024
    return grown * unit / sum(task.span_count for task in trace.tasks.values())


#: Ways whose processor time is told by that of a plain run, and the others.
TIMES: dict[str, Callable[[str], float]] = {
    "load": lambda path: _seconds(lambda: load(path)),
    "load and stats": lambda path: _seconds(lambda: tables(Statistics(load(path)), 10)),
    "SVG on the time axis": lambda path: _picture(path, "time"),
    "SVG on the step axis": lambda path: _picture(path, "steps"),
}
OTHERS: dict[str, Callable[[str], float]] = {"bytes of memory per span": _bytes_per_span}


def printed(*words: str) -> float:
    """The number that a Python program prints last."""
    ended = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, timeout=900)
    return float(ended.stdout.splitlines()[-1])


def ratio(way: str, program: str, factor: float, trace: str, runs: int) -> float:
    """The median of the ratios of ``runs`` pairs."""
    return statistics.median(
        printed(__file__, "--way", way, trace) / printed(program, str(factor)) for _ in range(runs)
    )


def held_key(trace: str, scratch: Path) -> float:
    """The share of a core that panning takes, in a terminal that takes all that it is given."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    out = scratch / "share"
    screen = subprocess.Popen(
        [sys.executable, str(HERE / "held_key.py"), trace, str(out)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(terminal)
    threading.Thread(target=_take_all, args=(master,), daemon=True).start()
    screen.wait(timeout=900)
    return float(out.read_text())


def _take_all(master: int) -> None:
    with contextlib.suppress(OSError):  # the screen has closed its terminal
        while os.read(master, 1 << 16):
            pass


def row(name: str, figures: list[float], form: str) -> tuple[str, ...]:
    """A row of the table."""
    return (name, *(format(figure, form) for figure in figures))


def measure(runs: int, factor: float) -> Table:
    """Record the workloads and read their traces."""
    table = Table("", *WORKLOADS, title=f"Processor time by that of a plain run, Python {platform.python_version()}")
    with TemporaryDirectory() as folder:
        traces = {}
        for name, program in WORKLOADS.items():
            traces[name] = str(Path(folder, f"{program}.loopviz"))
            path = str(HERE / "workloads" / program)
            printed("-m", "loopviz.recording", "--out", traces[name], "--path", path, "--", str(factor))
        for way in TIMES:
            programs = {name: str(HERE / "workloads" / program) for name, program in WORKLOADS.items()}
            table.add_row(*row(way, [ratio(way, programs[name], factor, traces[name], runs) for name in traces], ".2f"))
        for way in OTHERS:
            table.add_row(*row(way, [printed(__file__, "--way", way, trace) for trace in traces.values()], ".0f"))
        table.add_row(*row("a core's share of panning", [held_key(t, Path(folder)) for t in traces.values()], ".0%"))
    return table


def main() -> None:
    """Measure and print the table; or measure one way of reading, for this very program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="pairs that count (5)")
    parser.add_argument("--factor", type=float, default=1.0, help="how much of each workload to do (1)")
    parser.add_argument("--way", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        way, trace = options.way
        print({**TIMES, **OTHERS}[way](trace))
    else:
        Console(width=100).print(measure(options.runs, options.factor))


if __name__ == "__main__":
    main()
