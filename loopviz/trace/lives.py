"""Which of many numbered things existed at a moment: tasks from creation to end, timers from being set to being due.

Decides how that is found without looking at all of them. Births are kept sorted by time; now and then, as many births
after the last time as things lived then, the list of the living is noted. A question starts from the note before its
moment, so its cost follows the number of the living, not of all that ever lived, and the notes take no more room than
the births.

Awkward cases: a birth that is told late (another loop's chunk came first) goes where its time belongs, and the notes
behind it are made anew; an end is asked for when the question is, since it may not have been known before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import chain

#: No note is made sooner.
_FEWEST_BETWEEN = 512


class Lives:
    """Lives by number. ``ended_ns(number)`` says when one ended, None while it has not."""

    def __init__(self, ended_ns: Callable[[int], int | None]) -> None:
        self._ended_ns = ended_ns
        self._times = array("q")
        self._numbers = array("q")
        # Before which birth a note was made, and who lived then.
        self._noted_at: list[int] = [0]
        self._noted: list[array[int]] = [array("q")]

    def born(self, number: int, time_ns: int) -> None:
        """Add a life. Two births at the same time stay in the order in which they were added."""
        if not self._times or time_ns >= self._times[-1]:
            self._times.append(time_ns)
            self._numbers.append(number)
        else:
            at = bisect_right(self._times, time_ns)
            self._times.insert(at, time_ns)
            self._numbers.insert(at, number)
            while self._noted_at[-1] > at:
                self._noted_at.pop()
                self._noted.pop()
        if len(self._times) - self._noted_at[-1] >= max(_FEWEST_BETWEEN, len(self._noted[-1])):
            self._note()

    def _note(self) -> None:
        living = self.at(self._times[-1])
        self._noted_at.append(len(self._times))
        self._noted.append(array("q", living))

    def born_between(self, first_ns: int, last_ns: int) -> array[int]:
        """The numbers of all that were born after one moment, and not after another, in order of birth."""
        return self._numbers[bisect_right(self._times, first_ns) : bisect_right(self._times, last_ns)]

    def about(self, time_ns: int) -> Iterator[int]:
        """The numbers of all that may have lived at a moment, in order of birth: some may have ended before."""
        born = bisect_right(self._times, time_ns)
        note = bisect_right(self._noted_at, born) - 1
        return chain(self._noted[note], self._numbers[self._noted_at[note] : born])

    def at(self, time_ns: int) -> list[int]:
        """The numbers of all that were born by ``time_ns`` and had not ended, in order of birth."""
        ended_ns = self._ended_ns
        return [n for n in self.about(time_ns) if (end := ended_ns(n)) is None or end > time_ns]
