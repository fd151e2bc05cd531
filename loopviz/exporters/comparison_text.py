"""A comparison in characters: the table, then a band for each program, one below the other.

Decides how both fit into ``width`` columns: the table is one where there is room for all of it and two where not; the
bands share the axis above and below them. A band is its name and what came out, a line of cells per task or call, and
a line of marks where the program printed: ``●`` the main task, ``○`` any other. What the main task printed, in its
order, is told below that: it is in which order results were used, whatever order they came in.

Awkward cases: names of any length are cut, but a table is never narrower than its figures need; a band of more than
``_MOST_ROWS`` rows shows the first of them and says so; a program that has no trace has its outcome in place of its
cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TextIO

from loopviz.exporters.aligning import GAP, aligned, padded, width_of
from loopviz.exporters.base import ExportOptions
from loopviz.exporters.escaping import cut, visible
from loopviz.exporters.facts import count
from loopviz.exporters.text import legend, scale_line
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_prints import BY_MAIN, BY_OTHERS, main_words, print_marks
from loopviz.timeline.comparison_table import COLUMNS, LOOP_WORK, RESULTS, Column, in_short, notes, summary
from loopviz.timeline.glyphs import GLYPH_OF
from loopviz.timeline.viewport import Viewport

_WIDTH = 100
_FEWEST_CELLS = 20
_MOST_ROWS = 60
_LONGEST_CELL = 24
_INDENT = "  "
_PRINTED = "printed"


class ComparisonText:
    """The exporter. ``width`` is in columns."""

    name = "text"
    suffix = ".txt"
    summary = "characters, for a terminal or a log"
    has_axis = True

    def write(self, comparison: Comparison, out: TextIO, options: ExportOptions) -> None:
        """Write table and bands as lines."""
        for line in _Sheet(comparison, options).lines():
            out.write(line.rstrip() + "\n")


class _Sheet:
    """One comparison on one axis in one width."""

    def __init__(self, comparison: Comparison, options: ExportOptions) -> None:
        self.comparison = comparison
        self.width = options.width or _WIDTH
        self.axis_name = options.axis
        self.labels = min(max(map(width_of, self._labels())), max(8, self.width // 3))
        self.viewport: Viewport = comparison.viewport(
            self.axis_name, max(_FEWEST_CELLS, self.width - self.labels - len(GAP))
        )
        self.seen: set[int] = set()

    def _labels(self) -> Iterator[str]:
        yield _INDENT + _PRINTED
        for band in self.comparison.bands:
            yield visible(band.label)
            yield from (_INDENT + visible(row.guide + row.label) for row in band.rows(_MOST_ROWS)[0])

    def lines(self) -> Iterator[str]:
        axis = self.comparison.widest(self.axis_name)
        has_cells = any(band.figures is not None for band in self.comparison.bands)
        scale = [" " * (self.labels + len(GAP)) + scale_line(axis, self.viewport)] if has_cells else []
        for line in wrap(visible(summary(self.comparison)), self.width):
            yield cut(line, self.width)
        if has_cells:
            yield f"{axis.words}, {axis.scale_label(self.viewport)}; each begins with its first task"
        yield ""
        for table in self._tables():
            yield from table
            yield ""
        yield from scale
        for band in self.comparison.bands:
            yield from self._band(band)
        yield from scale
        if has_cells:
            yield ""
            yield from self._legend()
        for note in notes(self.comparison):
            yield from wrap(visible(note), self.width)

    def _tables(self) -> Iterator[list[str]]:
        whole = self._table(COLUMNS)
        if max(map(width_of, whole)) <= self.width:
            yield whole
        else:
            yield self._table(RESULTS)
            yield self._table(LOOP_WORK)

    def _table(self, columns: Sequence[Column]) -> list[str]:
        rows = [[column.heading for column in columns]]
        rows += [[column.cell(self.comparison, band) for column in columns] for band in self.comparison.bands]
        texts = [place for place, column in enumerate(columns) if column.is_text]
        return aligned(rows, texts, _LONGEST_CELL)

    def _band(self, band: Band) -> Iterator[str]:
        yield padded(visible(band.label), self.labels) + GAP + in_short(self.comparison, band)
        if not band.outcome.is_good:
            for line in wrap(visible(band.outcome.words), self.viewport.columns):
                yield self._line("", line)
        if band.figures is None:
            return
        axis = band.axis(self.axis_name)
        rows, left_out = band.rows(_MOST_ROWS)
        for row in rows:
            cells = band.layout.cells(row, self.viewport, axis)
            self.seen.update(cells)
            yield self._line(row.guide + row.label, "".join([GLYPH_OF[code] for code in cells]))
        if left_out:
            yield self._line("", f"{count(left_out, 'more row')}")
        if band.printed:
            yield self._line(_PRINTED, print_marks(band, self.viewport, axis))
        if words := main_words(band):
            yield self._line("", cut(f"main: {visible(words)}", self.viewport.columns))

    def _line(self, label: str, cells: str) -> str:
        return padded(_INDENT + visible(label), self.labels) + GAP + cells

    def _legend(self) -> Iterator[str]:
        yield from legend(self.seen, self.width)
        if any(band.printed for band in self.comparison.bands):
            yield f"{BY_MAIN} main prints   {BY_OTHERS} another task prints"
