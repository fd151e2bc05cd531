"""One band's axis: that of its trace, beginning at the band's own zero.

Decides where zero is: the creation of the program's first task, whatever the program did before (imports, a parser),
and where the band ends: with the end of its last task. Between them lies the makespan.

Awkward cases: on the step axis a callback may have run before the first task; its steps lie left of zero. One that
created the first task is the band's first step, since steps are not cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from loopviz.timeline.axes import Axis
from loopviz.timeline.viewport import Viewport


class BandAxis(Axis):
    """``inner``, from the moment ``begin_ns`` up to ``end_ns``. For a trace that no longer grows."""

    def __init__(self, inner: Axis, begin_ns: int, end_ns: int) -> None:
        self._inner = inner
        self._zero = floor(inner.position(begin_ns))
        self._extent = max(inner.position(end_ns) - self._zero, inner.finest)
        self.name, self.words = inner.name, inner.words
        self.finest = inner.finest
        super().__init__(inner.trace)

    def position(self, time_ns: int) -> float:
        return self._inner.position(time_ns) - self._zero

    def positions(self, times_ns: Sequence[int]) -> Sequence[float]:
        return [position - self._zero for position in self._inner.positions(times_ns)]

    def time_at(self, position: float) -> int:
        return self._inner.time_at(position + self._zero)

    def reached_at(self, position: float) -> int:
        return self._inner.reached_at(position + self._zero)

    @property
    def extent(self) -> float:
        return self._extent

    def update(self, at_most: int = 1 << 62) -> None:
        """Nothing to do: the trace no longer grows."""

    def share(self, active_ns: int, active_spans: int, width: float) -> float:
        return self._inner.share(active_ns, active_spans, width)

    def label(self, position: float) -> str:
        return self._inner.label(position)

    def scale_label(self, viewport: Viewport) -> str:
        return self._inner.scale_label(viewport)
