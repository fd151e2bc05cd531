"""Text: the timeline in characters, for a terminal, a log, or a comment.

Decides how cells become lines of at most ``width`` columns: labels left, one glyph per cell right, the axis above and
below, and a legend of what occurs. The glyphs differ without colour, so there is none, and nothing that a terminal
would obey: names are escaped.

Awkward cases: wide characters take two columns, and labels are cut by columns; a narrow picture cuts labels first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from loopviz.exporters.aligning import GAP, padded, width_of
from loopviz.exporters.base import ExportOptions, axis_for, rows_for
from loopviz.exporters.escaping import visible
from loopviz.exporters.facts import facts_of, headline_of
from loopviz.timeline.axes import Axis
from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPH_OF, GLYPHS
from loopviz.timeline.layout import Layout
from loopviz.timeline.viewport import Viewport
from loopviz.trace.trace import Trace

_WIDTH = 100
#: Of a label, however narrow the picture; where there is room, labels take up to two fifths of it.
_FEWEST_COLUMNS = 8


class Text:
    """The exporter. ``width`` is in columns."""

    name = "text"
    suffix = ".txt"
    summary = "characters, for a terminal or a log"

    def write(self, trace: Trace, out: TextIO, options: ExportOptions) -> None:
        """Write the timeline as lines."""
        for line in _lines(trace, options):
            out.write(line.rstrip() + "\n")


def _lines(trace: Trace, options: ExportOptions) -> Iterator[str]:
    rows = rows_for(trace, options)
    width = options.width or _WIDTH
    labels = [visible(row.guide + row.label) for row in rows]
    label_columns = min(max(map(width_of, labels), default=0), max(_FEWEST_COLUMNS, width * 2 // 5))
    axis = axis_for(trace, options)
    viewport = axis.viewport(max(1, width - label_columns - len(GAP)))
    yield visible(headline_of(trace))
    yield " · ".join([*facts_of(trace), axis.scale_label(viewport)])
    yield ""
    scale = " " * (label_columns + len(GAP)) + scale_line(axis, viewport)
    yield scale
    layout = Layout(trace)
    seen: set[int] = set()
    for row, label in zip(rows, labels, strict=True):
        cells = layout.cells(row, viewport, axis)
        seen.update(cells)
        yield padded(label, label_columns) + GAP + "".join([GLYPH_OF[code] for code in cells])
    yield scale
    yield ""
    yield from legend(seen, width)


def scale_line(axis: Axis, viewport: Viewport) -> str:
    """The labels of an axis over its cells, as far as the axis reaches."""
    line = ""
    for tick in axis.ticks(viewport):
        if tick.position > axis.extent:
            break
        line = line.ljust(tick.column) + tick.label
    return line


def legend(seen: set[int], width: int) -> Iterator[str]:
    """The glyphs that occur, with their names, in as many lines as it takes."""
    line = ""
    for item in [f"{GLYPHS[cell].glyph} {GLYPHS[cell].name}" for cell in Cell if cell and cell in seen]:
        if line and len(line) + len(item) + 3 > width:
            yield line
            line = ""
        line += (" " * 3 if line else "") + item
    if line:
        yield line
