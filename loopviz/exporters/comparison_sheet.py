"""The sheet of a drawn comparison: what is on it, and how large everything is.

Decides measures. Labels stand left, one column wide for all bands; right of them lies the plot, as wide as leaves room
for each band's words behind its end. Rows are half as high as those of a single timeline, so that six programs of ten
tasks are seen at one look. On the step axis a short comparison makes a narrower sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loopviz.exporters.aligning import width_of
from loopviz.exporters.base import ExportOptions
from loopviz.exporters.escaping import visible
from loopviz.exporters.svg_legend import legend_x, to_explain
from loopviz.exporters.svg_style import BAR_HEIGHTS, CHARACTER, MARGIN, SMALL_CHARACTER
from loopviz.timeline.axes import Axis, Tick
from loopviz.timeline.cells import Cell
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_prints import main_words
from loopviz.timeline.comparison_table import COLUMNS, LOOP_WORK, RESULTS, Column, in_short
from loopviz.timeline.rows import Row
from loopviz.timeline.segments import Segment
from loopviz.timeline.viewport import Viewport

#: Where the first band begins: above are headline, facts, legend and axis.
HEAD = 128
#: Heights of a band's title, of a row, of a line of words; and the room between two bands.
TITLE = 24
ROW = 12
WORDS = 14
BETWEEN = 14
TABLE_ROW = 20
INDENT = 10
#: Bars are lower than those of a single timeline.
HEIGHTS = {cell: max(3, round(height * 0.7)) for cell, height in BAR_HEIGHTS.items()}
#: From a band's end to the words behind it.
BEHIND = 22
#: Words of a program's own in a line of the sheet, in characters.
MOST_WORDS = 90

_WIDTH = 1200
_NARROWEST = 640
_MOST_ROWS = 60
_MOST_LABEL_COLUMNS = 30
_MOST_TITLES = 2_500
_WIDEST_STEP = 26.0
_FINEST = 2.0
_LEAST_GAP, _MOST_GAP = 18.0, 40.0


@dataclass(frozen=True, slots=True)
class Block:
    """One band on the sheet: the heights of its title's top, of its first row's, and of the lines that it has."""

    band: Band
    axis: Axis
    top: float
    outcome: float | None
    first_row: float
    rows: Sequence[Row]
    left_out: int
    more: float | None
    printed: float | None
    words: float | None
    bottom: float

    def middle(self, place: int) -> float:
        """The height around which a row is drawn."""
        return self.first_row + (place + 0.5) * ROW


class ComparisonSheet:
    """One drawing of one comparison. Lengths are in pixels."""

    def __init__(self, comparison: Comparison, options: ExportOptions) -> None:
        self.comparison = comparison
        self.axis_name = options.axis
        self.axis = comparison.widest(self.axis_name)
        self.blocks = self._placed()
        self.left = MARGIN + max(self._label_widths()) + INDENT
        self.width = float(max(options.width or _WIDTH, _NARROWEST))
        self.scale = self._scale()
        self.segments = [[self._segments(block, row) for row in block.rows] for block in self.blocks]
        self.widest_untitled = self._widest_untitled()
        self.occurring = self._occurring()
        self.width = max(self.width, legend_x(self.occurring, len(self.occurring)))
        self.ticks = self._ticks()
        self.tables = self._tables()
        rows = sum(len(comparison.bands) + 1 for _ in self.tables)
        self.table_top = self.bottom + 52
        self.table_bottom = self.table_top + rows * TABLE_ROW + (len(self.tables) - 1) * BETWEEN

    def _placed(self) -> list[Block]:
        blocks = []
        top = float(HEAD)
        for band in self.comparison.bands:
            block = self._block(band, top)
            blocks.append(block)
            top = block.bottom + BETWEEN
        self.bottom = top - BETWEEN
        return blocks

    def _block(self, band: Band, top: float) -> Block:
        y = top + TITLE

        def next_line(height: int, is_there: object) -> float | None:
            nonlocal y
            middle = y + height / 2
            y += height if is_there else 0
            return middle if is_there else None

        outcome = next_line(WORDS, not band.outcome.is_good)
        rows, left_out = band.rows(_MOST_ROWS)
        first_row = y
        y += len(rows) * ROW
        more = next_line(WORDS, left_out)
        printed = next_line(WORDS, band.printed)
        words = next_line(WORDS, main_words(band))
        axis = band.axis(self.axis_name)
        return Block(band, axis, top, outcome, first_row, rows, left_out, more, printed, words, y + 4)

    def _label_widths(self) -> list[float]:
        widths = [len("printed") * SMALL_CHARACTER + INDENT]
        for block in self.blocks:
            widths.append(min(width_of(visible(block.band.label)), _MOST_LABEL_COLUMNS) * CHARACTER)
            for row in block.rows:
                columns = min(width_of(visible(row.label)), self.label_columns(row))
                widths.append(self.label_x(row) - MARGIN + columns * SMALL_CHARACTER)
        return widths

    def label_x(self, row: Row) -> float:
        """Where a row's label begins."""
        return MARGIN + INDENT + len(row.guide) / 2 * INDENT

    def label_columns(self, row: Row) -> int:
        """How many characters of a label are shown."""
        return max(8, _MOST_LABEL_COLUMNS - len(row.guide))

    def _scale(self) -> float:
        """How many pixels a unit of the axis takes."""
        scales = [self._room(block) / block.axis.extent for block in self.blocks]
        return min(*scales, _WIDEST_STEP) if self.axis_name == "steps" else min(scales)

    def _room(self, block: Block) -> float:
        behind = BEHIND + len(in_short(self.comparison, block.band)) * CHARACTER
        return max(self.width - MARGIN - self.left - behind, _NARROWEST / 4)

    def x(self, position: float) -> float:
        """Where a position of the axis lies."""
        return self.left + position * self.scale

    def _segments(self, block: Block, row: Row) -> list[Segment]:
        band = block.band
        return band.layout.segments(row, band.begin_ns, band.end_ns, block.axis, _FINEST / self.scale)

    def _widest_untitled(self) -> float:
        """Bars wider than this, on the axis, have a title of their own: all, or no more than ``_MOST_TITLES``."""
        widths = sorted(one.right - one.left for band in self.segments for row in band for one in row)
        return widths[-_MOST_TITLES - 1] if len(widths) > _MOST_TITLES else -1.0

    def _occurring(self) -> list[Cell]:
        cells = {segment.cell for band in self.segments for row in band for segment in row}
        ends = (block.band.layout.track(row).final for block in self.blocks for row in block.rows)
        return to_explain(cells | {final[1] for final in ends if final is not None})

    def _ticks(self) -> list[Tick]:
        columns = int((self.width - MARGIN - self.left) / CHARACTER)
        ticks = self.axis.ticks(Viewport(0.0, CHARACTER / self.scale, columns, self.axis.finest))
        return [tick for tick in ticks if tick.position <= self.axis.extent]

    def _tables(self) -> list[Sequence[Column]]:
        """One table where there is room for it, else two."""
        whole = self.column_widths(COLUMNS)
        room = self.width - 2 * MARGIN - sum(whole)
        return [COLUMNS] if room >= _LEAST_GAP * (len(whole) - 1) else [RESULTS, LOOP_WORK]

    def column_widths(self, columns: Sequence[Column]) -> list[float]:
        """The widths of a table's columns."""
        return [
            CHARACTER * max(len(column.heading), *(width_of(self.cell(column, band)) for band in self.comparison.bands))
            for column in columns
        ]

    def column_gap(self, columns: Sequence[Column]) -> float:
        """The room between two columns of a table."""
        free = self.width - 2 * MARGIN - sum(self.column_widths(columns))
        return min(max(free / max(1, len(columns) - 1), _LEAST_GAP), _MOST_GAP)

    def cell(self, column: Column, band: Band) -> str:
        """What stands in a cell of the table."""
        return visible(column.cell(self.comparison, band))
