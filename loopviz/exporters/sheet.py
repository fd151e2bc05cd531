"""The sheet of the SVG timeline: what is on it, and how large everything is.

Decides measures and amounts. The label column is as wide as the widest label, up to a limit; the rest is the plot. A
short trace on the step axis makes a narrower sheet, since a step needs no more than ``_WIDEST_STEP``. A large trace
is drawn more coarsely the more spans it has: they are merged until no more than about ``_MOST_BARS`` bars are left;
and rows beyond ``_MOST_ROWS`` are left out and counted.
"""

from __future__ import annotations

from itertools import accumulate

from loopviz.exporters.base import ExportOptions, axis_for, rows_for
from loopviz.exporters.escaping import columns_of, visible
from loopviz.exporters.facts import facts_of, headline_of
from loopviz.exporters.svg_legend import legend_x, to_explain
from loopviz.exporters.svg_style import (
    CHARACTER,
    HEAD,
    INDENT,
    LANE,
    MARGIN,
    ROW,
)
from loopviz.timeline.axes import Axis, Tick
from loopviz.timeline.cells import Cell
from loopviz.timeline.layout import Layout
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.segments import Segment
from loopviz.timeline.viewport import Viewport
from loopviz.trace.trace import Trace

_WIDTH = 1200
_NARROWEST = 640
_MOST_ROWS = 2_000
_MOST_BARS = 100_000
_MOST_TITLES = 2_500
#: With more steps than this, words along the lines and arrows between them would only add to the noise.
_READABLE_STEPS = 1_500
_MOST_LABEL_COLUMNS = 36
_WIDEST_STEP = 36.0
#: Spans narrower than this, in pixels, are merged.
_FINEST = 2.0
#: Room right of the plot, for the mark of a task that ends with the trace.
_AFTER = 16
#: Columns that a label may reach beyond the plot.
_OVERHANG = 8
#: With more rows than this, the axis is repeated below them.
_SCREENFUL = 30


class Sheet:
    """One drawing of one trace. Lengths are in pixels."""

    width: float

    def __init__(self, trace: Trace, options: ExportOptions) -> None:
        self.trace = trace
        self.axis: Axis = axis_for(trace, options)
        self.layout = Layout(trace)
        rows = rows_for(trace, options)
        self.rows = rows[:_MOST_ROWS]
        self.left_out = len(rows) - len(self.rows)
        self.left = MARGIN + max((self._label_width(row) for row in self.rows), default=0.0) + INDENT
        self._measure(max(options.width or _WIDTH, _NARROWEST))
        self.segments = self._segments()
        self.widest_untitled = self._widest_untitled()
        self.occurring = self._occurring()
        self.width = max(self.width, legend_x(self.occurring, len(self.occurring)))
        self.is_readable = len(trace.step_records) <= _READABLE_STEPS
        self._say()

    def _measure(self, width: int) -> None:
        room = max(width - self.left - _AFTER - MARGIN, _NARROWEST / 4)
        if self.axis.name == "steps":
            room = min(room, self.axis.extent * _WIDEST_STEP)
        self.width = max(self.left + room + _AFTER + MARGIN, _NARROWEST)
        self.scale = room / self.axis.extent
        heights = [self.height_of(row) for row in self.rows]
        tops = list(accumulate(heights, initial=HEAD))
        self.middles = [top + height / 2 for top, height in zip(tops, heights, strict=False)]
        self.bottom = tops[-1]
        repeated = len(self.rows) > _SCREENFUL
        self.scale_heights = (HEAD - 10, self.bottom + 18) if repeated else (HEAD - 10,)
        self.height = self.bottom + MARGIN * (1 + repeated + (self.left_out > 0))
        self.ticks = self._ticks(room)

    def _ticks(self, room: float) -> list[Tick]:
        """The labels of the axis; the last one may stand over the plot's right end."""
        columns = int(room / CHARACTER) + 1
        ticks = self.axis.ticks(Viewport(0.0, CHARACTER / self.scale, columns + _OVERHANG, self.axis.finest))
        return [tick for tick in ticks if tick.position <= self.axis.extent]

    def _segments(self) -> list[list[Segment]]:
        """The segments of each row, merged more coarsely until they are few enough."""
        finest = _FINEST
        spans = [self.layout.spans(row, 0, self.trace.end_ns, self.axis) for row in self.rows]
        while True:
            cuts = [of_row.cuts(finest / self.scale) for of_row in spans]
            if sum(map(len, cuts)) <= _MOST_BARS or finest > self.width:
                return [of_row.segments(cuts_of_row) for of_row, cuts_of_row in zip(spans, cuts, strict=True)]
            finest *= 4

    def _widest_untitled(self) -> float:
        """Bars wider than this, on the axis, have a title of their own: all, or no more than ``_MOST_TITLES``."""
        widths = sorted(segment.right - segment.left for segments in self.segments for segment in segments)
        return widths[-_MOST_TITLES - 1] if len(widths) > _MOST_TITLES else -1.0

    def _occurring(self) -> list[Cell]:
        """The codes to explain in the legend."""
        cells = {segment.cell for segments in self.segments for segment in segments}
        ends = (self.layout.track(row).final for row in self.rows)
        return to_explain(cells | {final[1] for final in ends if final is not None})

    def _say(self) -> None:
        facts = facts_of(self.trace)
        self.headline = visible(headline_of(self.trace))
        self.axis_words = "steps" if self.axis.name == "steps" else "time"
        self.facts = " · ".join(facts)
        self.description = (
            f"{', '.join(facts)}. From left to right: {self.axis_words}. A row for each loop and task. A high bar is a"
            " task that runs, a half-high one a task that is ready and waits for its turn, a thin line one that is"
            " suspended."
        )

    def x(self, position: float) -> float:
        """Where a position of the axis lies."""
        return self.left + position * self.scale

    def height_of(self, row: Row) -> int:
        return LANE if row.kind == RowKind.CALL else ROW

    def label_x(self, row: Row) -> float:
        """Where a row's label begins."""
        return MARGIN + len(row.guide) / 2 * INDENT + (2 if row.guide else 0)

    def label_columns(self, row: Row) -> int:
        """How many characters of a label are shown."""
        return max(8, _MOST_LABEL_COLUMNS - len(row.guide))

    def _label_width(self, row: Row) -> float:
        columns = min(sum(map(columns_of, visible(row.label))), self.label_columns(row))
        return self.label_x(row) - MARGIN + columns * CHARACTER
