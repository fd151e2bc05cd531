"""Many items in a few lines: a row of braille dots for each, where it is there.

Decides how ten tasks fit into three lines of a terminal. A character has eight dots, two columns of four, so a line
holds four rows of items at twice the resolution of its cells. With room to spare, rows are thicker and keep a gap
between them; with more items than rows, neighbours share one.

Awkward cases: what lasts no time still has a dot; what lies outside of the viewport has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from loopviz.timeline.viewport import Viewport

#: Rows of dots in a line of text, and columns in a cell.
ROWS, COLUMNS = 4, 2
_THICKEST = 3
#: What a division may be off by before it counts as another column.
_ROUNDING = 1e-9
#: The bit of each dot of a character, by row and column, from U+2800 on.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

Stretch = tuple[float, float]


def dotted(items: Sequence[Sequence[Stretch]], viewport: Viewport, lines: int) -> list[str]:
    """So many lines of as many characters as the viewport has columns.

    Each item is the stretches, in positions of the axis, in which its row has dots.
    """
    rows = _rows(items, viewport, lines * ROWS)
    return [_line(rows[line * ROWS : (line + 1) * ROWS], viewport.columns) for line in range(lines)]


def _rows(items: Sequence[Sequence[Stretch]], viewport: Viewport, count: int) -> list[int]:
    """Each row's dots as the bits of a number, the leftmost lowest."""
    rows = [0] * count
    pitch = max(1, count // len(items)) if items else 1
    thickness = min(max(1, pitch - 1), _THICKEST)
    for place, stretches in enumerate(items):
        bits = 0
        for stretch in stretches:
            bits |= _bits(stretch, viewport)
        first = place * pitch if len(items) <= count else place * count // len(items)
        for row in range(first, min(first + thickness, count)):
            rows[row] |= bits
    return rows


def _bits(stretch: Stretch, viewport: Viewport) -> int:
    width = viewport.per_column / COLUMNS
    first = floor((stretch[0] - viewport.left) / width + _ROUNDING)
    past = max(first + 1, ceil((stretch[1] - viewport.left) / width - _ROUNDING))
    first, past = max(0, first), min(past, viewport.columns * COLUMNS)
    return ((1 << past - first) - 1) << first if past > first else 0


def _line(rows: Sequence[int], columns: int) -> str:
    characters = []
    for cell in range(columns):
        dots = 0
        for row, bits in zip(_BITS, rows, strict=True):
            two = bits >> cell * COLUMNS & 0b11
            dots |= (row[0] if two & 1 else 0) | (row[1] if two & 2 else 0)
        characters.append(chr(0x2800 + dots) if dots else " ")
    return "".join(characters)
