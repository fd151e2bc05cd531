"""Axes: from times to positions and back, and what is written along them.

Decides where a moment lies. On the *time* axis a position is the moment itself, in nanoseconds. On the *step* axis
every step of every loop (tasks and callbacks alike) is one unit wide, in the order in which they started: the k-th
occupies ``[k, k + 1)``, counted from 0, and the gaps between steps have no width. A step of 40 µs beside a sleep of a
second is seen on the second axis, the second on the first.

Awkward cases of the step axis are in ``steps``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf

from loopviz.timeline.durations import exact
from loopviz.timeline.ladder import rung_at_least, rung_value
from loopviz.timeline.steps import Steps
from loopviz.timeline.viewport import Viewport
from loopviz.trace.trace import Trace

#: Blank columns kept between two labels.
_LABEL_GAP = 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the axis; its first character goes to ``column``, the one that holds the ``position`` it names."""

    column: int
    label: str
    position: float


class Axis(ABC):
    """A direction in which a trace is laid out. Positions are ns on the time axis, step numbers on the step axis."""

    name: str
    #: What it is called on a screen.
    words: str
    #: The narrowest cell worth looking at, in axis units.
    finest: float
    #: Counts the changes that moved known positions.
    revision: int = 0

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.update()

    def viewport(self, columns: int) -> Viewport:
        """A viewport of this axis that shows the whole trace."""
        return Viewport(0.0, 1.0, columns, self.finest).fit(self.extent)

    @abstractmethod
    def position(self, time_ns: int) -> float:
        """Where a moment lies. Never falls as ``time_ns`` rises."""

    @abstractmethod
    def positions(self, times_ns: Sequence[int]) -> Sequence[float]:
        """The positions of many moments."""

    @abstractmethod
    def time_at(self, position: float) -> int:
        """The moment at a position, the latest where several share it."""

    @abstractmethod
    def reached_at(self, position: float) -> int:
        """The first moment that lies at ``position`` or beyond."""

    @property
    @abstractmethod
    def extent(self) -> float:
        """Where the trace ends; above zero."""

    @abstractmethod
    def update(self, at_most: int = 1 << 62) -> None:
        """Take in what the trace has got since, or so many steps of that. Costs what is new, not what is known."""

    @abstractmethod
    def share(self, active_ns: int, active_spans: int, width: float) -> float:
        """How much of a cell of ``width`` many spans fill that last ``active_ns`` together; 1 is all of it."""

    @abstractmethod
    def label(self, position: float) -> str:
        """A position in words."""

    @abstractmethod
    def scale_label(self, viewport: Viewport) -> str:
        """How much a cell is: ``20 ms/cell``."""

    def changed_since(self, revision: int) -> float:
        """The first position that a change after ``revision`` may have moved; infinite where none did."""
        return inf

    def ticks(self, viewport: Viewport) -> list[Tick]:
        """Labels at the positions of the ladder that fit into the viewport and keep a distance from each other."""
        rung = rung_at_least(max(viewport.per_column * (1 + _LABEL_GAP), 1.0))
        while not _apart(ticks := self._ticks_every(rung_value(rung), viewport)):
            rung += 1
        return ticks

    def _ticks_every(self, step: float, viewport: Viewport) -> list[Tick]:
        first = max(0, ceil(viewport.left / step - 1e-9))
        places = [k * step for k in range(first, floor(viewport.right / step + 1e-9) + 1)]
        ticks = [Tick(viewport.column_of(place), self.label(place), place) for place in places]
        return [tick for tick in ticks if tick.column + len(tick.label) <= viewport.columns]


def _apart(ticks: list[Tick]) -> bool:
    return all(left.column + len(left.label) + _LABEL_GAP <= right.column for left, right in pairwise(ticks))


class TimeAxis(Axis):
    """True to scale. ``now_ns`` may lie past the last record while a recording grows: open spans last until then."""

    name = "time"
    words = "time axis"
    finest = 1.0
    now_ns: int = 0

    def position(self, time_ns: int) -> float:
        return float(time_ns)

    def positions(self, times_ns: Sequence[int]) -> Sequence[float]:
        return times_ns

    def time_at(self, position: float) -> int:
        return floor(position)

    def reached_at(self, position: float) -> int:
        return ceil(position)

    @property
    def extent(self) -> float:
        return float(max(self.trace.end_ns, self.now_ns, 1))

    def update(self, at_most: int = 1 << 62) -> None:
        """Nothing to do: a position is the moment itself."""

    def share(self, active_ns: int, active_spans: int, width: float) -> float:
        return active_ns / width

    def label(self, position: float) -> str:
        return exact(round(position))

    def scale_label(self, viewport: Viewport) -> str:
        return f"{exact(max(1, round(viewport.per_column)))}/cell"


class StepAxis(Axis):
    """Every step is equally wide; the gaps between steps have no width."""

    name = "steps"
    words = "step axis"
    finest = 0.1

    def __init__(self, trace: Trace) -> None:
        self._steps = Steps(trace)
        super().__init__(trace)

    @property
    def revision(self) -> int:  # type: ignore[override]
        return self._steps.revision

    def position(self, time_ns: int) -> float:
        return self._steps.position(time_ns)

    def positions(self, times_ns: Sequence[int]) -> Sequence[float]:
        return self._steps.positions(times_ns)

    def time_at(self, position: float) -> int:
        return self._steps.time_at(position)

    def reached_at(self, position: float) -> int:
        return self._steps.reached_at(position)

    @property
    def extent(self) -> float:
        return float(max(1, len(self._steps)))

    def update(self, at_most: int = 1 << 62) -> None:
        self._steps.update(at_most)

    def share(self, active_ns: int, active_spans: int, width: float) -> float:
        return active_spans / width

    def label(self, position: float) -> str:
        return f"{round(position)}"

    def scale_label(self, viewport: Viewport) -> str:
        if viewport.per_column < 1:
            return f"{round(1 / viewport.per_column)} cells/step"
        return f"{round(viewport.per_column)} step{'s' if viewport.per_column > 1 else ''}/cell"

    def changed_since(self, revision: int) -> float:
        return self._steps.changed_since(revision)
