"""The table of the compare screen: a line of headings, and one for each program.

Decides which of its tables fits: all figures beside each other, or what came out and what the loop did for it one after
the other, at the user's choice. The names and values are those of every other picture of a comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_items import NOT_IN_ORDER
from loopviz.timeline.comparison_table import COLUMNS, LOOP_WORK, RESULTS, Column
from loopviz.tui.painting import Line
from loopviz.tui.text import width
from loopviz.tui.themes import Palette

_GAP = 2
_MARKED, _UNMARKED = "▸ ", "  "
_WIDEST_CELL = 28


def tables_for(comparison: Comparison, cells: int) -> Sequence[Sequence[Column]]:
    """The tables to choose from in so many cells."""
    needed = len(_UNMARKED) + sum(_widths(comparison, COLUMNS)) + _GAP * (len(COLUMNS) - 1)
    return [COLUMNS] if needed <= cells else [RESULTS, LOOP_WORK]


def table_lines(comparison: Comparison, columns: Sequence[Column], selected: int, palette: Palette) -> list[Line]:
    """The headings, and a line for each program; the selected one is marked."""
    widths = _widths(comparison, columns)
    lines = [_line(_UNMARKED, [(column.heading, palette.dim) for column in columns], columns, widths, palette)]
    for place, band in enumerate(comparison.bands):
        cells = [(column.cell(comparison, band), _style(column, comparison, band, palette)) for column in columns]
        lines.append(_line(_MARKED if place == selected else _UNMARKED, cells, columns, widths, palette))
    return lines


def _line(
    mark: str, cells: Sequence[tuple[str, Style]], columns: Sequence[Column], widths: Sequence[int], palette: Palette
) -> Line:
    line = Line(mark, palette.accent)
    for place, ((text, style), column) in enumerate(zip(cells, columns, strict=True)):
        line.add(" " * _GAP if place else "", palette.text)
        (line.column if column.is_text else line.right)(text, widths[place], style)
    return line


def _widths(comparison: Comparison, columns: Sequence[Column]) -> list[int]:
    bands = comparison.bands
    cells = [[column.heading, *(column.cell(comparison, band) for band in bands)] for column in columns]
    return [min(max(map(width, column)), _WIDEST_CELL) for column in cells]


def _style(column: Column, comparison: Comparison, band: Band, palette: Palette) -> Style:
    if column.heading == "program":
        return palette.strong
    if column.heading == "outcome" and not band.outcome.is_good:
        return palette.dim if band.outcome.is_pending else palette.bad
    return palette.accent if column.cell(comparison, band).startswith(NOT_IN_ORDER) else palette.text
