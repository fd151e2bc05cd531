"""Which panels are on show beside each other, and how tall they are, for a size of the terminal.

Decides the breakpoints. The timeline comes first: panels get what it can spare. Where not all have a place of their
own, some share one, and ``tab`` turns its pages; where several are shared, each turn changes one of them, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Panels in the order of the screen.
PANELS = ("story", "span", "loop", "source", "output")

#: From so many columns on, these places beside each other, and the panels of each.
_PLACES: tuple[tuple[int, tuple[tuple[str, ...], ...]], ...] = (
    (220, (("story",), ("span",), ("loop",), ("source",), ("output",))),
    (180, (("story",), ("span",), ("loop",), ("source", "output"))),
    (110, (("story", "span"), ("loop",), ("source", "output"))),
    (0, (PANELS,)),
)
#: From so many rows on, so many for the panels, their title line included.
_ROWS = ((60, 18), (44, 14), (32, 11), (20, 8), (0, 0))

#: Title, axis, key bar, and a row's distance to the panels.
_AROUND_ROWS = 4


@dataclass(frozen=True, slots=True)
class Arrangement:
    """``places`` from left to right, each with the panels that share it; ``shown`` is the one on show in each."""

    places: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]
    rows: int

    @property
    def is_shared(self) -> bool:
        """Whether there is a page to turn."""
        return any(len(panels) > 1 for panels in self.places)


def arrange(columns: int, rows: int, page: int, hidden: bool, listed: int | None = None) -> Arrangement:
    """The panels of a terminal of ``columns`` by ``rows``; ``page`` counts how often ``tab`` turned a page.

    ``listed`` is how many rows the timeline has to list: what it can't use is the panels', up to half of the screen.
    """
    panel_rows = 0 if hidden else next(height for least, height in _ROWS if rows >= least)
    if panel_rows == 0:
        return Arrangement((), (), 0)
    if listed is not None:
        panel_rows = max(panel_rows, min(rows - listed - _AROUND_ROWS, rows // 2))
    places = _places(columns)
    return Arrangement(places, _shown(places, page), panel_rows)


def page_with(columns: int, page: int, panel: str) -> int:
    """The page nearest to ``page`` that shows a panel."""
    places = _places(columns)
    turns = sorted(range(-len(PANELS), len(PANELS) + 1), key=abs)
    return next((page + turn for turn in turns if panel in _shown(places, page + turn)), page)


def _places(columns: int) -> tuple[tuple[str, ...], ...]:
    return next(places for least, places in _PLACES if columns >= least)


def _shown(places: Sequence[tuple[str, ...]], page: int) -> tuple[str, ...]:
    """The panel on show in each place: each turn is that of the next shared place, from the right to the left."""
    shared = [panels for panels in places if len(panels) > 1]
    turns = {panels: (page + at) // len(shared) for at, panels in enumerate(shared)}
    return tuple(panels[turns.get(panels, 0) % len(panels)] for panels in places)
