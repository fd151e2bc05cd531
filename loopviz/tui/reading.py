"""Where the story is read, and how much of it is told.

Decides that the story follows the shown moment until somebody reads elsewhere, and follows again as soon as that
moment changes. Of the events of one instant none is the moment's more than the others.

Awkward cases: what is read may be a passage of the story alone, as long as there is no more, and another one with each
sentence read; a brief story may leave out thousands of events in a row, and nobody waits until they are passed over:
one of them is told; where nothing is told before the moment, the story begins after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from loopviz.trace.levels import Level
from loopviz.trace.told import Part
from loopviz.tui.history import History, Passage
from loopviz.tui.travel import Travel

#: When an event happened, the record that tells it, which of its events it is.
Place = tuple[int, int, Part]

#: So many events in a row may be left out.
_LONGEST_GAP = 2000


class Reading:
    """``level`` is how much is told."""

    def __init__(self, history: History, travel: Travel, level: Level = Level.BRIEF) -> None:
        self.history = history
        self.level = level
        self._travel = travel
        self._passage: Passage | None = None
        self._place: Place | None = None
        # The place counts for this moment alone.
        self._at_moment: int | None = None

    @property
    def passage(self) -> Passage:
        """What positions are of, since one was asked for."""
        if self._passage is None:
            self._passage = self.history.at(0)
        return self._passage

    @property
    def standing(self) -> tuple[object, ...]:
        """What is read and how much is told: two equal ones are the same, at the same moment."""
        return self.level, self._place, self._at_moment

    @property
    def is_held(self) -> bool:
        """Whether somebody has chosen what to read."""
        return self._place is not None and self._at_moment == self._travel.moment_ns

    @property
    def is_elsewhere(self) -> bool:
        """Whether that is not at the shown moment."""
        return self.is_held and self._place is not None and self._place[0] != self._at_moment

    def hold(self, place: Place) -> None:
        """Read here, until the moment changes."""
        self._place, self._at_moment = place, self._travel.moment_ns

    def follow(self) -> bool:
        """Read at the shown moment again; False where that is so."""
        was_elsewhere = self.is_elsewhere
        self._place = None
        return was_elsewhere

    def change_level(self) -> Level:
        """Tell all, or what a learner needs; returns which."""
        self.level = Level.BRIEF if self.level is Level.FULL else Level.FULL
        return self.level

    def position(self, shown_ns: int) -> int | None:
        """The position that is read, in the passage of it: of the place held, else of the shown moment; None where
        nothing is told.
        """
        if self._place is not None and self.is_held:
            self._passage = self.history.at(self._place[0])
            return self._nearest(self._passage.chronicle.position_of(*self._place) + 1)
        self._passage = self.history.at(shown_ns)
        return self._nearest(self._passage.chronicle.position_at(shown_ns + 1))

    def _nearest(self, position: int) -> int | None:
        """The last that is told before a position; where there is none, the first after it."""
        return next(self.before(position), next(self.after(position - 1), None))

    def before(self, position: int) -> Iterator[int]:
        """The positions that are told before ``position``, the nearest first."""
        return self._told(range(position - 1, -1, -1))

    def after(self, position: int) -> Iterator[int]:
        """The positions that are told after ``position``."""
        return self._told(range(position + 1, len(self.passage.chronicle)))

    def _told(self, positions: range) -> Iterator[int]:
        while positions:
            told = self.passage.story.first_told(positions[:_LONGEST_GAP], self.level)
            passed = _LONGEST_GAP if told is None else positions.index(told)
            yield from positions[passed : passed + 1]
            positions = positions[passed + 1 :]

    def move(self, count: int, shown_ns: int) -> None:
        """Read so many sentences further on; below zero, further back. Stops at the first and the last."""
        position = self.position(shown_ns)
        if position is not None:
            way = self.after(position) if count > 0 else self.before(position)
            for further in islice(way, abs(count)):
                position = further
            self.hold(self.passage.chronicle.place(position))

    def go_to_end(self, last: bool) -> None:
        """Read the first sentence, or the last one."""
        passage = self._passage = self.history.at(self.history.trace.end_ns if last else 0)
        position = next(self.before(len(passage.chronicle)) if last else self.after(-1), None)
        if position is not None:
            self.hold(passage.chronicle.place(position))

    def place(self, shown_ns: int) -> Place | None:
        """What is read."""
        position = self.position(shown_ns)
        return None if position is None else self.passage.chronicle.place(position)
