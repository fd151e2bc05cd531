"""What the compare screen shows: which bands are open, what is selected, how far it is scrolled. No widget, no
terminal.

Decides the lines. A *folded* band is a few lines of dots, a row of dots for each of its items, and a line of marks
where it printed: as many lines as let all bands be seen at once. An *open* band has a line for each task and call, as
in the timeline. All bands are open where there is room for that; from the first key that opens or folds one on, the
user decides.

Awkward cases: a band that is not ready yet has its lines already, so that nothing jumps when it is; a band of thousands
of rows is opened as far as ``_MOST_ROWS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from loopviz.timeline.comparison import Band, Comparison, Entrant
from loopviz.timeline.comparison_prints import main_words
from loopviz.timeline.viewport import Viewport
from loopviz.tui.contest import Contest

_MOST_ROWS = 200
#: Lines of a folded band: what its name, its figures and its order need, and what ten items can use.
_LEAST_FOLDED, _MOST_FOLDED = 3, 8
#: From so many lines on, the last is for what was printed.
_WITH_PRINTS = 4


class LineKind(IntEnum):
    """What a line of a band shows; ``BandLine.place`` says which one of them."""

    DOTS = 1
    PRINTS = 2
    TITLE = 3
    REASON = 4
    ROW = 5
    MORE = 6
    WORDS = 7


class BandLine(NamedTuple):
    """One line on the screen: of which band, what, and which of its rows or lines of dots (of MORE: how many more)."""

    band: int
    kind: LineKind
    place: int = 0


class CompareView:
    """The window onto one contest. ``top`` is the first line seen, ``height`` how many fit."""

    def __init__(self, contest: Contest, axis_name: str = "time") -> None:
        self.axis_name = axis_name
        self.selected = 0
        self.top = 0
        self.columns = self.height = 1
        #: Which bands are open; None as long as the room decides.
        self._open: set[int] | None = None
        self.revision = 0
        self.restart(contest)

    def restart(self, contest: Contest) -> None:
        """Show another contest of the same programs."""
        self.contest = contest
        self._shown: list[Entrant] = [_blank(entrant) for entrant in contest.entrants]
        self._bands: list[Band] = list(map(Band, self._shown))
        self._compare()

    def _compare(self) -> None:
        self.comparison = Comparison(self._bands, self.contest.arguments)
        self._open_lines: dict[int, list[BandLine]] = {}
        self.revision += 1

    # -- growing ---------------------------------------------------------------------------------------------------

    def stale(self) -> list[tuple[int, Entrant]]:
        """The places of the bands whose program has got further, and how far it is."""
        now = enumerate(self.contest.entrants)
        return [(place, entrant) for place, entrant in now if entrant is not self._shown[place]]

    def set_band(self, place: int, entrant: Entrant, band: Band) -> None:
        """Show a band made of ``entrant``."""
        self._shown[place], self._bands[place] = entrant, band
        self._compare()

    # -- moving ----------------------------------------------------------------------------------------------------

    def resize(self, columns: int, height: int) -> None:
        """The bands have got another size, in cells and lines."""
        self.columns, self.height = max(1, columns), max(1, height)
        self.scroll(0)

    @property
    def viewport(self) -> Viewport:
        """The one viewport of all bands."""
        return self.comparison.viewport(self.axis_name, self.columns)

    def change_axis(self) -> None:
        self.axis_name = "steps" if self.axis_name == "time" else "time"

    def select(self, place: int) -> None:
        """Select a band and bring it into view, as much of it as fits."""
        self.selected = min(max(0, place), len(self._bands) - 1)
        lines = self.lines()
        own = [index for index, line in enumerate(lines) if line.band == self.selected]
        if own[-1] >= self.top + self.height:
            self.top = min(own[0], own[-1] - self.height + 1)
        self.top = min(self.top, own[0])
        self.scroll(0)

    def scroll(self, count: int) -> None:
        """Scroll by lines; never past the last."""
        self.top = min(max(0, self.top + count), max(0, len(self.lines()) - self.height))

    # -- folding ---------------------------------------------------------------------------------------------------

    def is_open(self, place: int) -> bool:
        """Whether a band has a line for each row."""
        return place in self._open if self._open is not None else self._all_fit

    @property
    def _all_fit(self) -> bool:
        return sum(len(self._opened(place)) for place in range(len(self._bands))) <= self.height

    def toggle(self, place: int) -> None:
        """Open or fold one band."""
        self._open = {band for band in range(len(self._bands)) if self.is_open(band)} ^ {place}
        self.select(place)

    def toggle_all(self) -> None:
        """Open all bands, or fold all where one is open."""
        everything = set(range(len(self._bands)))
        self._open = set() if any(map(self.is_open, everything)) else everything
        self.select(self.selected)

    # -- lines -----------------------------------------------------------------------------------------------------

    def lines(self) -> list[BandLine]:
        """Every line, from the first band's first to the last band's last."""
        lines = []
        for place in range(len(self._bands)):
            lines += self._opened(place) if self.is_open(place) else self._folded(place)
        return lines

    @property
    def folded_height(self) -> int:
        """The lines of a folded band."""
        return min(max(_LEAST_FOLDED, self.height // len(self._bands)), _MOST_FOLDED)

    @property
    def dot_lines(self) -> int:
        """The lines of dots of a folded band."""
        return self.folded_height - (self.folded_height >= _WITH_PRINTS)

    def _folded(self, place: int) -> list[BandLine]:
        lines = [BandLine(place, LineKind.DOTS, line) for line in range(self.dot_lines)]
        return lines + [BandLine(place, LineKind.PRINTS)] * (self.folded_height - len(lines))

    def _opened(self, place: int) -> list[BandLine]:
        if place not in self._open_lines:
            self._open_lines[place] = self._made(place, self._bands[place])
        return self._open_lines[place]

    def _made(self, place: int, band: Band) -> list[BandLine]:
        rows, left_out = band.rows(_MOST_ROWS)
        lines = [BandLine(place, LineKind.TITLE)]
        if band.outcome.is_pending or not band.outcome.is_good:
            lines.append(BandLine(place, LineKind.REASON))
        lines += [BandLine(place, LineKind.ROW, row) for row in range(len(rows))]
        if left_out:
            lines.append(BandLine(place, LineKind.MORE, left_out))
        if band.printed:
            lines.append(BandLine(place, LineKind.PRINTS))
        if main_words(band):
            lines.append(BandLine(place, LineKind.WORDS))
        return lines

    @property
    def bands(self) -> Sequence[Band]:
        return self._bands

    @property
    def frame(self) -> tuple[object, ...]:
        """All that the screen's looks depend on: two equal ones look the same."""
        opened = tuple(map(self.is_open, range(len(self._bands))))
        return (self.revision, self.axis_name, self.selected, self.top, self.columns, self.height, opened)


def _blank(entrant: Entrant) -> Entrant:
    """A program of which nothing is known yet."""
    return Entrant(entrant.label, entrant.outcome)
