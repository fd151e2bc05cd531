"""Programs side by side: a band for each, all on one scale, every one from its own zero.

Decides what a band is: a program that was recorded, its figures, its items, its rows, and what it printed when. The
rows are those of the timeline with what tells methods apart: no loops (unless there are several), no housekeeping, and
the calls of the tasks that create none, so that a loop of awaits shows as stairs. The bands share one viewport, so a
second is as wide in each.

Awkward cases: a program that was not run, or has not ended, has a band with no trace; one that ran no task has no
figures; one that failed may have ended early, which is no speed-up; a band of many rows shows the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.comparison_axis import BandAxis
from loopviz.timeline.comparison_items import Items, items_of
from loopviz.timeline.layout import Layout
from loopviz.timeline.outcomes import Outcome, main_task
from loopviz.timeline.rows import Row, RowKind, RowOptions, rows_of
from loopviz.timeline.tracks import ABSENT
from loopviz.timeline.viewport import Viewport
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.output import OutputLog
from loopviz.trace.statistics import Statistics
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.trace import Trace

#: Calls are shown where there are no more than this: they are what a small program is about, and a large one's clutter.
_MOST_CALLS = 60
#: States that no time is spent in.
_OVER = FINISHED | {ABSENT}
#: What an empty band's axis is made of.
_NOTHING = Trace()


@dataclass(frozen=True, slots=True)
class Entrant:
    """A program to compare, as far as it has got. ``label`` is what it is called, ``path`` its trace file.

    ``trace`` is None where it was not run or has not ended; ``note`` is what is wrong with its file: cut off, damaged.
    """

    label: str
    outcome: Outcome
    trace: Trace | None = None
    path: Path | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one program; ``loopviz.trace.statistics`` defines each of them. Times in nanoseconds."""

    makespan_ns: int
    mean_concurrency: float
    peak_concurrency: int
    tasks: int
    steps: int
    switches: int
    busy_share: float
    median_latency_ns: int
    worst_latency_ns: int


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of output: when its first piece was written, since the recording's start, and by which task, if by one."""

    t_ns: int
    text: str
    task: int | None
    by_main: bool
    is_stderr: bool


class Band:
    """One program of a comparison."""

    def __init__(self, entrant: Entrant) -> None:
        self.label = entrant.label
        self.outcome = entrant.outcome
        self.note = entrant.note
        self.path = entrant.path
        self.trace = entrant.trace or _NOTHING
        self.main = main_task(self.trace)
        statistics = Statistics(self.trace)
        self.begin_ns, self.end_ns = statistics.begin_ns, statistics.end_ns
        self.figures = _figures(statistics) if self.main is not None else None
        self.items: Items = items_of(self.trace, self.main)
        self.layout = Layout(self.trace)
        self._axes: dict[str, Axis] = {}

    def axis(self, name: str) -> Axis:
        """The axis "time" or "steps", from the band's own zero."""
        if name not in self._axes:
            inner = StepAxis(self.trace) if name == "steps" else TimeAxis(self.trace)
            self._axes[name] = BandAxis(inner, self.begin_ns, self.end_ns)
        return self._axes[name]

    @cached_property
    def all_rows(self) -> list[Row]:
        """Every row of the band, from top to bottom."""
        trace = self.trace
        parents = {trace.parent(task) for task in trace.own_tasks}
        opened = frozenset(trace.tasks) - parents if len(trace.calls) <= _MOST_CALLS else frozenset()
        has_loops = len(trace.definitions.loops) > 1
        return [row for row in rows_of(trace, RowOptions(expanded=opened)) if self._is_shown(row, has_loops)]

    def _is_shown(self, row: Row, has_loops: bool) -> bool:
        if row.kind == RowKind.LOOP:
            return has_loops
        return row.kind == RowKind.CALL or row.number not in self.trace.housekeeping

    def rows(self, most: int) -> tuple[list[Row], int]:
        """The first rows, at most so many, and how many are left out."""
        shown = self.all_rows[:most]
        return shown, len(self.all_rows) - len(shown)

    def stretches(self, axis_name: str) -> list[list[tuple[float, float]]]:
        """Of each item (the main task, where there is none) the stretches of the axis in which it is there.

        On the time axis from its beginning to its end; on the step axis, where waiting has no length, its steps.
        """
        axis, numbers = self.axis(axis_name), [item.number for item in self.items.all]
        kind = RowKind.TASK if self.items.kind == "tasks" else RowKind.CALL
        if not numbers and self.main is not None:
            kind, numbers = RowKind.TASK, [self.main.number]
        spans = [self._spans(kind, number, axis_name) for number in numbers]
        return [[(axis.position(start), axis.position(end)) for start, end in of_item] for of_item in spans]

    def _spans(self, kind: RowKind, number: int, axis_name: str) -> list[tuple[int, int]]:
        boundaries = self.layout.track(Row(kind, number, "", "", 0)).boundaries
        times = [boundary >> STATE_BITS for boundary in boundaries]
        if times and boundaries[-1] & STATE_MASK not in _OVER:
            times.append(self.end_ns)
        if axis_name == "time":
            return [(times[0], times[-1])] if times else []
        states = [boundary & STATE_MASK for boundary in boundaries]
        return [pair for pair, state in zip(pairwise(times), states, strict=False) if state == State.RUNNING]

    @cached_property
    def printed(self) -> list[PrintedLine]:
        """The lines that the program printed while its tasks lived, in the order in which they were begun."""
        log = OutputLog(self.trace)
        log.update()
        main = self.main.number if self.main is not None else None
        lines = []
        for line in log.lines:
            t_ns, text = line.pieces[0][0], line.pieces[-1][1]
            if self.begin_ns <= t_ns <= self.end_ns:
                lines.append(PrintedLine(t_ns, text, line.task, line.task == main is not None, line.is_stderr))
        return sorted(lines, key=lambda line: line.t_ns)

    @property
    def clock(self) -> str:
        """``real``, ``virtual``, ``4x``; empty where nothing was recorded."""
        return str(self.trace.header.get("clock", "real")) if self.figures is not None else ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the recording was lost."""
        return not self.trace.losses


def _figures(statistics: Statistics) -> Figures:
    return Figures(
        statistics.makespan_ns,
        statistics.mean_concurrency,
        statistics.peak_concurrency,
        statistics.task_count,
        statistics.step_count,
        statistics.switch_count,
        statistics.busy_share,
        statistics.latency.median_ns,
        statistics.latency.worst_ns,
    )


class Comparison:
    """All bands, in the order in which they were named. ``arguments`` are what every program was given."""

    def __init__(self, bands: Sequence[Band], arguments: Sequence[str] = ()) -> None:
        self.bands = list(bands)
        self.arguments = tuple(arguments)

    @property
    def is_good(self) -> bool:
        """Whether every program ended well."""
        return all(band.outcome.is_good for band in self.bands)

    def speed_up(self, band: Band) -> float | None:
        """The first program's makespan as a multiple of this one's; None where one of them did not do its work."""
        first, this = self.bands[0].figures, band.figures
        if first is None or this is None or not (self.bands[0].outcome.is_good and band.outcome.is_good):
            return None
        return first.makespan_ns / this.makespan_ns if this.makespan_ns else None

    def widest(self, axis_name: str) -> Axis:
        """The axis of the band that ends last: what is written along it holds for all."""
        return max((band.axis(axis_name) for band in self.bands), key=lambda axis: axis.extent)

    def viewport(self, axis_name: str, columns: int) -> Viewport:
        """A viewport of so many cells that shows every band whole."""
        return self.widest(axis_name).viewport(columns)
