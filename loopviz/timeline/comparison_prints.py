"""When a program printed, and what its main task printed: in which order it used what it got.

Decides that the order of use is that of the main task's own lines, since nothing else in a trace tells what a program
did with a result. Other tasks' lines are marks without words: they print as they end, and the rows tell when that is.
"""

from __future__ import annotations

from loopviz.timeline.axes import Axis
from loopviz.timeline.comparison import Band
from loopviz.timeline.comparison_items import shortened
from loopviz.timeline.viewport import Viewport

BY_MAIN = "●"
BY_OTHERS = "○"
_JOINT = " · "


def print_marks(band: Band, viewport: Viewport, axis: Axis) -> str:
    """A mark in each column where a line was printed; where both printed, it is the main task's."""
    marks: dict[int, str] = {}
    for line in band.printed:
        # The end of the last step lies on its right edge, where the band ends.
        column = min(viewport.column_of(axis.position(line.t_ns)), viewport.cells_to(axis.extent) - 1)
        if 0 <= column < viewport.columns and marks.get(column) != BY_MAIN:
            marks[column] = BY_MAIN if line.by_main else BY_OTHERS
    return "".join(marks.get(column, " ") for column in range(max(marks, default=-1) + 1))


def main_words(band: Band) -> str:
    """The lines that the main task printed, the first of them and the last where there are many: ``got 2 · got 1``."""
    return _JOINT.join(shortened([line.text.strip() for line in band.printed if line.by_main]))
