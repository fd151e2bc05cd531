"""One line of the timeline, from a row to a strip: tree and name, mark and words, scroll rule, cells.

Decides the columns of the left block and what lies over the cells: the selected row's ground, the selected span, the
shown moment's column, and the arrow from a waker to the woken.

Awkward cases: names are cut, never wrapped, and keep the number that tells them apart; the tree's lines are cut before
the name is; an arrow whose waker is out of sight comes in from the edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS
from loopviz.timeline.rows import Row, RowKind
from loopviz.tui.text import fit, fit_label, width
from loopviz.tui.themes import Palette
from loopviz.tui.widgets.cell_painter import CellPainter, Shade, state_style


@dataclass(frozen=True, slots=True)
class Columns:
    """How the width of the timeline is divided: ``name`` and ``words`` cells on the left, the rest is time."""

    total: int
    name: int
    words: int

    @property
    def left(self) -> int:
        """All that is left of the cells: name, mark and words with their gaps, the rule."""
        return self.name + self.words + 6

    @property
    def cells(self) -> int:
        return max(1, self.total - self.left)

    @classmethod
    def of(cls, total: int, longest_name: int) -> Columns:
        """The division of ``total`` cells; a name column is as wide as its names, within bounds."""
        words, least, most = next((w, a, b) for at_least, w, a, b in _DIVISIONS if total >= at_least)
        return cls(total, min(max(longest_name, least), most), words)


#: From so many cells on: width of the words, least and most of the names.
_DIVISIONS = ((200, 28, 20, 44), (110, 18, 16, 28), (70, 12, 10, 16), (0, 0, 6, 10))


#: Left blocks kept before all are dropped; while the view pans they stay as they are.
_MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over a row's cells.

    Columns are of the timeline; ``arrow`` is the glyph in column ``arrow_column``, or empty.
    """

    selected: bool = False
    moment: int | None = None
    span: tuple[int, int] | None = None
    arrow_column: int = -1
    arrow: str = ""


class RowPainter:
    """Paints rows for one palette."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.cells = CellPainter(palette)
        self._marks = {cell: state_style(palette, cell) for cell in Cell}
        self._lefts: dict[tuple[object, ...], list[Segment]] = {}
        self._names = {RowKind.LOOP: palette.dim, RowKind.TASK: palette.text, RowKind.CALL: palette.dim}

    def strip(
        self, row: Row, state: tuple[Cell, str], cells: bytes, columns: Columns, overlay: Overlay, rule: str
    ) -> Strip:
        """The whole line; ``rule`` is the glyph between names and cells, part of the scroll bar."""
        key = (row, state, columns, overlay.selected, rule)
        left = self._lefts.get(key)
        if left is None:
            if len(self._lefts) > _MOST_KEPT:
                self._lefts.clear()
            left = self._lefts[key] = self._left(row, state, columns, overlay.selected, rule)
        return Strip([*left, *self._right(cells, overlay)], columns.left + len(cells))

    def _left(self, row: Row, state: tuple[Cell, str], columns: Columns, selected: bool, rule: str) -> list[Segment]:
        palette = self.palette
        ground = palette.background + palette.selected_background if selected else palette.background
        opener = ("▾ " if row.expanded else "▸ ") if row.expandable else "  "
        guide = row.guide[-(columns.name // 2) :] if len(row.guide) > columns.name // 2 else row.guide
        name = self._names[row.kind]
        if row.kind is RowKind.TASK and state[0] in (Cell.EMPTY, Cell.RETURNED):
            name = palette.dim if state[0] is Cell.RETURNED else palette.faint
        mark, words = state
        left = [
            Segment(opener, ground + palette.dim),
            Segment(guide, ground + palette.faint),
            Segment(fit_label(row.label, columns.name - len(guide)) + " ", ground + name),
            Segment(GLYPHS[mark].glyph + " ", ground + self._marks[mark]),
        ]
        if columns.words:
            left.append(Segment(fit(words, columns.words), ground + self._words_style(mark)))
        left.append(Segment(rule, self.palette.background + (palette.faint if rule == "│" else palette.dim)))
        return left

    def _words_style(self, mark: Cell) -> Style:
        if mark in (Cell.RAISED, Cell.CANCELLED):
            return self._marks[mark]
        return self.palette.text if mark in (Cell.RUNNING, Cell.READY) else self.palette.dim

    def _right(self, cells: bytes, overlay: Overlay) -> list[Segment]:
        segments: list[Segment] = []
        for start, end, shade in stretches(len(cells), overlay):
            if start <= overlay.arrow_column < end and overlay.arrow:
                at = overlay.arrow_column
                segments += self.cells.paint(cells[start:at], shade)
                style = self.cells.style(cells[at], shade) + self.palette.accent + Style(bold=True)
                segments.append(Segment(overlay.arrow, style))
                segments += self.cells.paint(cells[at + 1 : end], shade)
            else:
                segments += self.cells.paint(cells[start:end], shade)
        return segments


def stretches(columns: int, overlay: Overlay) -> list[tuple[int, int, Shade]]:
    """The stretches of a row's cells that have one shade each, from left to right, covering all of them."""
    plain, future = (Shade.SELECTED, Shade.FUTURE_SELECTED) if overlay.selected else (Shade.PLAIN, Shade.FUTURE)
    moment = columns if overlay.moment is None else overlay.moment
    found: list[tuple[int, int, Shade]] = []
    for start, end, shade in _around_span(columns, overlay.span, plain):
        for low, high, shown in ((0, moment, shade), (moment, moment + 1, Shade.MOMENT), (moment + 1, columns, future)):
            if (first := max(start, low)) < (last := min(end, high)):
                found.append((first, last, shown))
    return found


def _around_span(columns: int, span: tuple[int, int] | None, plain: Shade) -> list[tuple[int, int, Shade]]:
    if span is None:
        return [(0, columns, plain)]
    first, last = max(0, span[0]), min(columns, span[1])
    if first >= last:
        return [(0, columns, plain)]
    return [(0, first, plain), (first, last, Shade.SPAN), (last, columns, plain)]


def name_width(row: Row) -> int:
    """The cells that a row's tree lines and name would like to have."""
    return len(row.guide) + width(row.label)
