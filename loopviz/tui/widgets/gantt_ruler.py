"""The axis line above the rows: the scale on the left, labels at their columns, the shown moment's mark."""

from __future__ import annotations

from textual.strip import Strip

from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette
from loopviz.tui.view import View
from loopviz.tui.widgets.gantt_rows import Columns

#: What each axis is called.
AXES = {"time": "time axis", "steps": "step axis"}


def ruler_strip(palette: Palette, view: View, columns: Columns, moment: int | None) -> Strip:
    """The axis line. Labels begin at the column that holds what they name."""
    scale = f"  {AXES[view.axis_name]}, {view.axis.scale_label(view.viewport)}"
    line = Line().column(scale, columns.left - 1, palette.dim).add("│", palette.faint)
    if not view.rows:
        return line.strip(columns.total, palette.background)
    cells = [" "] * columns.cells
    for tick in view.axis.ticks(view.viewport):
        cells[tick.column : tick.column + len(tick.label)] = tick.label
    if moment is None:
        line.add("".join(cells), palette.dim)
    else:
        line.add("".join(cells[:moment]), palette.dim).add("▼", palette.accent)
        line.add("".join(cells[moment + 1 :]), palette.faint)
    return line.strip(columns.total, palette.background)
