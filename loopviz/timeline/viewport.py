"""Which part of an axis is seen: where it begins and how wide a cell is.

Decides that nothing shimmers: the left edge is always a whole number of cells, so that panning shifts cells and never
cuts them anew. Zooming goes by the 1-2-5 ladder; fitting takes the snug widths between its rungs too, since it has
columns to fill. A viewport is immutable; every move gives another one.

Awkward cases: an extent of zero counts as one cell; a viewport of no columns is kept at one, since a screen may be
folded away; zooming in and out again at one column comes back to the same cells if they are on the ladder, and from
those between its rungs zooming goes on from the nearest one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

from loopviz.timeline.ladder import nearest_rung, rung_at_least, rung_value, snug_at_least

#: What a division may be off by before it counts as another cell.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Viewport:
    """``columns`` cells of ``per_column`` axis units each, from position ``left``, which is snapped to a whole cell.

    ``finest`` is the narrowest cell that zooming may reach, in axis units (``Axis.viewport`` sets it).
    """

    left: float
    per_column: float
    columns: int
    finest: float = 0.1

    def __post_init__(self) -> None:
        if not self.per_column > 0:
            raise ValueError("a cell needs a width above zero")
        object.__setattr__(self, "columns", max(1, self.columns))
        object.__setattr__(self, "left", round(self.left / self.per_column) * self.per_column)

    @property
    def first_cell(self) -> int:
        """The number of the leftmost cell; cell 0 begins at position 0."""
        return round(self.left / self.per_column)

    @property
    def right(self) -> float:
        """The position where the last column ends."""
        return self.position_of(self.columns)

    def position_of(self, column: float) -> float:
        """The position of a column's left edge; 0.5 more is its middle."""
        return round((self.first_cell + column) * self.per_column, 9)

    def column_of(self, position: float) -> int:
        """The column that holds a position. Outside of the viewport it is below 0, or ``columns`` and more."""
        return floor(position / self.per_column + _ROUNDING) - self.first_cell

    def pan(self, columns: int) -> Viewport:
        """Move by whole columns; above zero goes to later positions."""
        return self._at_cell(self.first_cell + columns, self.per_column)

    def zoom(self, steps: int, at_column: int) -> Viewport:
        """Go ``steps`` rungs of the ladder in (above zero) or out; what the middle of ``at_column`` shows stays."""
        width = rung_value(max(nearest_rung(self.per_column) - steps, rung_at_least(self.finest)))
        middle = self.position_of(at_column + 0.5)
        return self._at_cell(floor(middle / width + _ROUNDING) - at_column, width)

    def fit(self, extent: float) -> Viewport:
        """The finest round cells with which everything up to ``extent`` is seen, from position 0."""
        return self._at_cell(0, snug_at_least(max(extent / self.columns, self.finest)))

    def follow(self, extent: float) -> Viewport:
        """The same cells, with the end of the trace in the rightmost column, or all of it where it fits."""
        return self._at_cell(max(0, self.cells_to(extent) - self.columns), self.per_column)

    def clamp(self, extent: float) -> Viewport:
        """Come back to the trace: not before position 0, not wider than ``fit``, the end at most half way left."""
        widest = self.fit(extent)
        if self.per_column > widest.per_column:
            return widest
        last = max(0, self.cells_to(extent) - (self.columns + 1) // 2)
        return self._at_cell(min(max(0, self.first_cell), last), self.per_column)

    def resized(self, columns: int) -> Viewport:
        """The same left edge and cells, more or fewer of them."""
        return replace(self, columns=columns)

    def cells_to(self, extent: float) -> int:
        """How many cells there are from position 0 up to ``extent``: the last one may be cut by it."""
        return max(1, ceil(extent / self.per_column - _ROUNDING))

    def _at_cell(self, cell: int, per_column: float) -> Viewport:
        return replace(self, left=cell * per_column, per_column=per_column)
