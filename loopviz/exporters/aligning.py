"""Columns of text, aligned for a font of fixed width.

Decides that each column is as wide as its widest cell, that names stand to the left and figures to the right, and that
what a program calls things is made visible and cut before it can move anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from loopviz.exporters.escaping import columns_of, cut, cut_label, visible

GAP = "  "
_LONGEST_CELL = 40


def width_of(text: str) -> int:
    """How many columns a text takes."""
    return sum(map(columns_of, text))


def padded(text: str, columns: int) -> str:
    """A text in exactly so many columns."""
    shown = cut_label(text, columns)
    return shown + " " * (columns - width_of(shown))


def aligned(rows: Iterable[Sequence[str]], texts: Sequence[int] = (0,), longest: int = _LONGEST_CELL) -> list[str]:
    """A line for each row of cells; ``texts`` are the columns set to the left, ``longest`` bounds their width."""
    cells = [[cut(visible(cell), longest) for cell in row] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
    return [GAP.join(_placed(row, widths, texts)).rstrip() for row in cells]


def _placed(row: Sequence[str], widths: Sequence[int], texts: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        padding = " " * (width - width_of(cell))
        yield cell + padding if place in texts else padding + cell
