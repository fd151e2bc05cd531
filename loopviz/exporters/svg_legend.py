"""The legend of a drawing: a sign and a name for each state that occurs in it.

Decides that states which look the same are explained once, in one order, and that nothing is explained that is not
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loopviz.exporters.escaping import xml
from loopviz.exporters.svg_lanes import number
from loopviz.exporters.svg_style import BAR_HEIGHTS, CHARACTER, CLASSES, LEGEND_GAP, LEGEND_SIGN, MARGIN, MARKS
from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS

#: One of each pair that looks the same.
_ORDER = (
    Cell.RUNNING,
    Cell.READY,
    Cell.SUSPENDED,
    Cell.UNKNOWN,
    Cell.RETURNED,
    Cell.RAISED,
    Cell.CANCELLED,
    Cell.BUSY,
    Cell.CALLBACK,
    Cell.IDLE,
)


def to_explain(cells: Iterable[Cell]) -> list[Cell]:
    """The codes to explain where ``cells`` occur."""
    looks = {CLASSES.get(cell) for cell in cells}
    return [cell for cell in _ORDER if CLASSES[cell] in looks]


def legend_x(cells: list[Cell], item: int) -> float:
    """Where an item of the legend of ``cells`` begins; past the last one, where the legend ends."""
    names = sum(len(GLYPHS[cell].name) for cell in cells[:item])
    return MARGIN + names * CHARACTER + item * (LEGEND_SIGN + LEGEND_GAP)


def legend(cells: list[Cell], y: float) -> Iterator[str]:
    """Signs and names, around the height ``y``."""
    for item, cell in enumerate(cells):
        x = legend_x(cells, item)
        if cell in MARKS:
            at = f"translate({number(x + 7)} {number(y)})"
            yield f'<path class="{CLASSES[cell]}" transform="{at}" d="{MARKS[cell]}"/>\n'
        else:
            height = BAR_HEIGHTS[cell]
            place = f'x="{number(x)}" y="{number(y - height / 2)}" width="16" height="{height}"'
            yield f'<rect class="{CLASSES[cell]}" {place}/>\n'
        yield f'<text class="d" x="{number(x + LEGEND_SIGN)}" y="{number(y + 4)}">{xml(GLYPHS[cell].name)}</text>\n'
