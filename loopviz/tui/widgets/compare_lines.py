"""One line of the compare screen, from a line of a band to a strip.

Decides what stands left and right of the rule: on the left what the program is and what came out of it, on the right
its dots, its cells or its words. A program under way, or one that could not be run, has words where its cells would be.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from loopviz.timeline.cells import Cell
from loopviz.timeline.comparison import Band
from loopviz.timeline.comparison_dots import dotted
from loopviz.timeline.comparison_items import NOT_IN_ORDER
from loopviz.timeline.comparison_prints import BY_MAIN, main_words, print_marks
from loopviz.timeline.comparison_table import in_short
from loopviz.tui.compare_view import BandLine, CompareView, LineKind
from loopviz.tui.painting import Line
from loopviz.tui.text import fit
from loopviz.tui.themes import Palette
from loopviz.tui.units import count
from loopviz.tui.widgets.cell_painter import CellPainter, Shade, state_style

Words = tuple[str, Style]

#: What dots stand for, by axis: on the step axis they are steps.
_DOTS = {"time": Cell.SUSPENDED, "steps": Cell.RUNNING}


class LinePainter:
    """Paints the lines of one view for one palette. ``labels`` is the width of the left side, its rule included."""

    def __init__(self, palette: Palette, view: CompareView) -> None:
        self.palette = palette
        self.view = view
        self.labels = 1
        self._cells = CellPainter(palette)
        self._dots: dict[int, list[str]] = {}
        self._dots_of: object = None

    def ruler(self) -> Strip:
        """The axis line; labels begin at the column that holds what they name."""
        view, palette = self.view, self.palette
        axis, viewport = view.comparison.widest(view.axis_name), view.viewport
        is_known = any(band.figures is not None for band in view.bands)
        scale = f", {axis.scale_label(viewport)}" if is_known else ""
        line = Line().column(f"  {axis.name}{scale}", self.labels - 1, palette.dim)
        labels = ""
        for tick in axis.ticks(viewport) if is_known else ():
            if tick.position <= axis.extent:
                labels = labels.ljust(tick.column) + tick.label
        line.add("│", palette.faint).add(labels, palette.dim)
        return line.strip(self.labels + view.columns, palette.background)

    def strip(self, line: BandLine) -> Strip:
        """A line of a band."""
        band, palette = self.view.bands[line.band], self.palette
        is_selected = line.band == self.view.selected
        ground = palette.background
        if is_selected and (line.kind is LineKind.TITLE or not self.view.is_open(line.band)):
            ground = ground + palette.selected_background
        text, style = self._label(line, band)
        rule = palette.background + (palette.accent if is_selected else palette.faint)
        cells = self._right(line, band, ground)
        left = [Segment(fit(text, self.labels - 1), ground + style), Segment("│", rule)]
        return Strip([*left, *cells]).adjust_cell_length(self.labels + self.view.columns, ground)

    # -- the left side ---------------------------------------------------------------------------------------------

    def _label(self, line: BandLine, band: Band) -> Words:
        palette = self.palette
        if line.kind is LineKind.DOTS:
            text, style = self._facts(band)[line.place] if line.place < len(self._facts(band)) else ("", palette.dim)
            return f"{'▸' if line.place == 0 else ' '} {text}", style
        if line.kind is LineKind.TITLE:
            return f"▾ {band.label}", palette.strong
        if line.kind is LineKind.ROW:
            row = band.all_rows[line.place]
            return f"  {row.guide}{row.label}", palette.dim if row.guide else palette.text
        if line.kind is LineKind.MORE:
            return f"  {count(line.place, 'more row')}", palette.dim
        is_printed = line.kind is LineKind.PRINTS and band.printed and not self._tells_reason(line, band)
        return "  printed" if is_printed else "", palette.dim

    def _facts(self, band: Band) -> list[Words]:
        """What stands left of the dots, a fact a line, as far as there are lines."""
        palette, outcome = self.palette, band.outcome
        facts = [(band.label, palette.strong), (in_short(self.view.comparison, band), palette.text)]
        if not outcome.is_good:
            facts.append((outcome.word, palette.dim if outcome.is_pending else palette.bad))
        order, printed = band.items.completion_words, main_words(band)
        facts.append((order, palette.accent if order.startswith(NOT_IN_ORDER) else palette.dim))
        facts.append((f"main: {printed}" if printed else "", palette.dim))
        return [fact for fact in facts if fact[0]]

    # -- the right side --------------------------------------------------------------------------------------------

    def _right(self, line: BandLine, band: Band, ground: Style) -> list[Segment]:
        view, palette = self.view, self.palette
        if line.kind is LineKind.DOTS and band.figures is not None:
            style = state_style(palette, _DOTS[view.axis_name])
            return [Segment(self._dots_for(line.band)[line.place], ground + style)]
        if line.kind is LineKind.ROW:
            cells = band.layout.cells(band.all_rows[line.place], view.viewport, band.axis(view.axis_name))
            return self._cells.paint(cells, Shade.PLAIN)
        if line.kind is LineKind.PRINTS and not self._tells_reason(line, band):
            marks = print_marks(band, view.viewport, band.axis(view.axis_name))
            return [Segment(mark, ground + (palette.strong if mark == BY_MAIN else palette.dim)) for mark in marks]
        text, style = self._words(line, band)
        return [Segment(fit(text, view.columns), ground + style)]

    def _words(self, line: BandLine, band: Band) -> Words:
        palette = self.palette
        is_pending = band.outcome.is_pending
        if line.kind is LineKind.REASON or self._tells_reason(line, band):
            return band.outcome.words, palette.dim if is_pending else palette.bad
        if line.kind is LineKind.TITLE:
            return in_short(self.view.comparison, band), palette.text
        return f"main: {main_words(band)}" if line.kind is LineKind.WORDS else "", palette.dim

    def _tells_reason(self, line: BandLine, band: Band) -> bool:
        """Whether a folded band says on this line why its program failed: beside its name, or below its dots."""
        if band.outcome.is_good or band.outcome.is_pending or self.view.is_open(line.band):
            return False
        return line.kind is LineKind.PRINTS if band.figures is not None else line == (line.band, LineKind.DOTS, 0)

    def _dots_for(self, place: int) -> list[str]:
        view = self.view
        key = (view.revision, view.axis_name, view.columns, view.dot_lines)
        if key != self._dots_of:
            self._dots, self._dots_of = {}, key
        if place not in self._dots:
            stretches = view.bands[place].stretches(view.axis_name)
            self._dots[place] = dotted(stretches, view.viewport, view.dot_lines)
        return self._dots[place]
