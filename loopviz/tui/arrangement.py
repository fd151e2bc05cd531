"""Which panels are on show beside each other, and how tall they are, for a size of the terminal.

Decides the breakpoints. The timeline comes first: panels get what it can spare. Where not all have a place of their
own, the last place is shared and ``tab`` turns its pages.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Panels in the order of the screen, which is the order in which ``tab`` turns them.
PANELS = ("span", "loop", "source", "output")

#: From so many columns on, so many places beside each other.
_PLACES = ((180, 4), (110, 3), (0, 1))
#: From so many rows on, so many for the panels, their title line included.
_ROWS = ((60, 18), (44, 14), (32, 11), (20, 8), (0, 0))

#: Title, axis, key bar, and a row's distance to the panels.
_AROUND_ROWS = 4


@dataclass(frozen=True, slots=True)
class Arrangement:
    """``shown`` from left to right; ``turned`` are the panels that share the last place (empty where each has its
    own).
    """

    shown: tuple[str, ...]
    turned: tuple[str, ...]
    rows: int


def arrange(columns: int, rows: int, page: int, hidden: bool, listed: int | None = None) -> Arrangement:
    """The panels of a terminal of ``columns`` by ``rows``; ``page`` counts how often ``tab`` turned the last place.

    ``listed`` is how many rows the timeline has to list: what it can't use is the panels', up to half of the screen.
    """
    panel_rows = 0 if hidden else next(height for least, height in _ROWS if rows >= least)
    if panel_rows == 0:
        return Arrangement((), (), 0)
    if listed is not None:
        panel_rows = max(panel_rows, min(rows - listed - _AROUND_ROWS, rows // 2))
    places = next(count for least, count in _PLACES if columns >= least)
    own, turned = PANELS[: places - 1], PANELS[places - 1 :]
    if len(turned) == 1:
        return Arrangement(PANELS, (), panel_rows)
    return Arrangement((*own, turned[page % len(turned)]), turned, panel_rows)
