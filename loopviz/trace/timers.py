"""The timers of one loop: which of them are set at a moment, and which of those is due first.

Decides how that is found. Timers live from being set to being gone; those that live are found by their ``Lives``, and
of a moment near the one before only those are looked at that were set or went between the two.

Awkward cases: a timer that was never seen to fire nor to be cancelled stays set; cancelled after it fired, it is gone
since it fired; one that is told late, as of another loop's thread, goes where its time belongs.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection

from loopviz.trace.lives import Lives
from loopviz.trace.tasks import LATEST_NS

#: To look at a timer that was set or went costs so many times as much as to look at one that is set.
_COST_OF_CHANGE = 4


class Timers:
    """Timers by their *slot*, the order in which they were told of. ``records`` tell that they were set."""

    def __init__(self) -> None:
        self.records = array("q")
        self._due_ns = array("q")
        self._set_ns = array("q")
        self._gone_ns = array("q")
        self._slots: dict[int, int] = {}
        self._lives = Lives(self._gone_ns.__getitem__)
        # The slots of those that are gone, sorted by when they went.
        self._gone = array("q")
        self._at_ns = 0
        self._set: list[tuple[int, int]] | None = None

    def add(self, number: int, record: int, set_ns: int, due_ns: int) -> None:
        slot = len(self.records)
        self.records.append(record)
        self._due_ns.append(due_ns)
        self._set_ns.append(set_ns)
        self._gone_ns.append(LATEST_NS)
        self._slots[number] = slot
        self._lives.born(slot, set_ns)
        self._set = None

    def gone(self, number: int, time_ns: int) -> None:
        """It fired, or was cancelled; what comes first counts."""
        slot = self._slots.pop(number, None)
        if slot is not None:
            self._gone_ns[slot] = time_ns
            if not self._gone or self._gone_ns[self._gone[-1]] <= time_ns:
                self._gone.append(slot)
            else:
                insort(self._gone, slot, key=self._gone_ns.__getitem__)
            self._set = None

    def set_at(self, time_ns: int) -> list[tuple[int, int]]:
        """When they are due, and the slots, of all timers that are set at a moment, sorted; not to be changed."""
        known, changed = self._set, self._changed(time_ns) if self._set is not None else ()
        if known is None or len(changed) * _COST_OF_CHANGE > len(known):
            known = self._set = sorted((self._due_ns[slot], slot) for slot in self._lives.at(time_ns))
        else:
            self._move(known, time_ns, changed)
        self._at_ns = time_ns
        return known

    def _changed(self, time_ns: int) -> set[int]:
        """Those that were set or went between the moment last asked for and another."""
        first_ns, last_ns = sorted((self._at_ns, time_ns))
        when = self._gone_ns.__getitem__
        gone = self._gone[bisect_right(self._gone, first_ns, key=when) : bisect_right(self._gone, last_ns, key=when)]
        return {*gone, *self._lives.born_between(first_ns, last_ns)}

    def _move(self, known: list[tuple[int, int]], time_ns: int, changed: Collection[int]) -> None:
        for slot in changed:
            entry = self._due_ns[slot], slot
            if self._is_set(slot, self._at_ns):
                del known[bisect_left(known, entry)]
            if self._is_set(slot, time_ns):
                insort(known, entry)

    def _is_set(self, slot: int, time_ns: int) -> bool:
        return self._set_ns[slot] <= time_ns < self._gone_ns[slot]
