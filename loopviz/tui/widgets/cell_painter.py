"""Codes to segments: one segment per run of equal cells, never one per cell.

Decides how a row looks in its shades. What lies after the shown moment has not happened yet and is painted faint.
"""

from __future__ import annotations

import re
from enum import IntEnum

from rich.segment import Segment
from rich.style import Style

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPH_OF, GLYPHS
from loopviz.tui.themes import Palette

_RUN = re.compile(rb"(.)\1*", re.DOTALL)


class Shade(IntEnum):
    """A cell's ground: plain, of the selected row, both after the shown moment; of the selected span; of the moment
    itself.
    """

    PLAIN = 0
    SELECTED = 1
    FUTURE = 2
    FUTURE_SELECTED = 3
    SPAN = 4
    MOMENT = 5


class CellPainter:
    """Paints for one palette. Segments are shared between rows and frames, so a frame makes few objects."""

    def __init__(self, palette: Palette) -> None:
        self._styles = [_styles(palette, shade) for shade in Shade]
        self._segments: dict[tuple[int, int, int], Segment] = {}

    def style(self, code: int, shade: Shade) -> Style:
        return self._styles[shade][code]

    def paint(self, cells: bytes, shade: Shade) -> list[Segment]:
        """The segments of a stretch of cells."""
        known = self._segments
        painted = []
        for run in _RUN.finditer(cells):
            start, end = run.span()
            key = (cells[start], end - start, int(shade))
            segment = known.get(key)
            if segment is None:
                segment = known[key] = Segment(GLYPH_OF[key[0]] * key[1], self._styles[shade][key[0]])
            painted.append(segment)
        return painted


def _styles(palette: Palette, shade: Shade) -> list[Style]:
    ground = palette.background + {
        Shade.SELECTED: palette.selected_background,
        Shade.FUTURE_SELECTED: palette.selected_background,
        Shade.SPAN: palette.span_background,
        Shade.MOMENT: palette.cursor_background,
    }.get(shade, Style.null())
    if shade in (Shade.FUTURE, Shade.FUTURE_SELECTED):
        return [ground + palette.faint for _ in Cell]
    return [ground + state_style(palette, cell) for cell in Cell]


def state_style(palette: Palette, cell: Cell) -> Style:
    """The colour of a cell's state on the palette's ground, without the ground."""
    glyph = GLYPHS[cell]
    return Style.parse(glyph.on_dark if palette.is_dark else glyph.on_light)
