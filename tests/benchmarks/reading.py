"""What reading costs: ``python tests/benchmarks/reading.py [--runs 5] [--factor 1]``.

Decides how a ratio is measured. A workload runs plainly, then its trace is read in one of several ways, each in a fresh
process, and both measure the processor's time that they take; the ratio of each pair is taken, and the median of the
ratios printed, since a machine's speed drifts but a pair is close in time. Bytes of memory per span are the growth of
the process's peak by the spans of all tasks.

The screen is measured on a terminal of its own, of 240x70 cells: the share of a core that panning takes, and stepping
back, 30 times a second; and how it keeps up with a program that makes so many events a second, which is the
recorded one once more, at that pace. How far behind it is, the screen says; whether it missed any record is looked at
in the end.
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
from loopviz.trace.chronicle import Chronicle
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
#: Keys that are held, as ``held_key.py`` calls them.
KEYS = {"a core's share of panning": "pan", "a core's share of stepping back": "step"}
#: Events a second of a program that is watched, and what ``live_feed.py`` tells of it, with the form of the figure.
RATES = (100_000, 300_000, 1_000_000)
FEED = {"frames/s": ".0f", "a core's share": ".0%", "seconds behind": ".1f", "records missed": ".0f"}


def printed(*words: str) -> float:
    """The number that a Python program prints last."""
    ended = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, timeout=900)
    return float(ended.stdout.splitlines()[-1])


def ratio(way: str, program: str, factor: float, trace: str, runs: int) -> float:
    """The median of the ratios of ``runs`` pairs."""
    return statistics.median(
        printed(__file__, "--way", way, trace) / printed(program, str(factor)) for _ in range(runs)
    )


def on_a_terminal(script: str, *words: str) -> list[float]:
    """What a script of this folder writes to a file, run in a terminal that takes all that it is given."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    with TemporaryDirectory() as folder:
        out = Path(folder, "figures")
        screen = subprocess.Popen(
            [sys.executable, str(HERE / script), *words, str(out)],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(terminal)
        threading.Thread(target=_take_all, args=(master,), daemon=True).start()
        screen.wait(timeout=900)
        return [float(line) for line in out.read_text().splitlines()]


def feed(trace: str, events_per_s: int) -> list[float]:
    """Frames a second, share of a core, seconds behind, records missed."""
    return on_a_terminal("live_feed.py", trace, str(len(Chronicle(load(trace))) / events_per_s))


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
        for name, key in KEYS.items():
            table.add_row(*row(name, [on_a_terminal("held_key.py", t, key)[0] for t in traces.values()], ".0%"))
        for events_per_s in RATES:
            figures = zip(*(feed(trace, events_per_s) for trace in traces.values()), strict=True)
            for (name, form), figure in zip(FEED.items(), figures, strict=True):
                table.add_row(*row(f"{events_per_s:,} events/s: {name}", list(figure), form))
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
