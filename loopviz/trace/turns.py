"""In which order a loop took what was ready: the queue's length and anybody's place in it, at any moment.

Decides it from one fact: asyncio's ready queue is first in, first out. So whatever ran later and was ready already
stood behind. For each loop the turns (steps of tasks, plain callbacks) are kept in the order in which they were taken,
with the times at which each became ready and was taken; both only ever grow, and every question is a bisection.

Awkward cases: an eager task's first step is no turn of its own, nobody queued for it; a turn whose ready time is before
that of the turn before it (clocks are read a moment later than things happen; uvloop calls timers past the queue)
counts as ready when that was; a step that has not ended is known by what the recorder told in advance, and has no place
yet.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from struct import Struct
from typing import TYPE_CHECKING

from loopviz.events import Flag, RecordKind

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, flags, ready_ns, start_ns of a RECORD.
_FIELDS = Struct("<BxxB4xQQ24x")
_STEP, _CALLBACK, _EAGER = int(RecordKind.STEP), int(RecordKind.CALLBACK), int(Flag.EAGER)


class _LoopTurns:
    """The turns of one loop: their records, and when each became ready and was taken."""

    __slots__ = ("ready_ns", "records", "taken_ns")

    def __init__(self) -> None:
        self.records = array("q")
        self.ready_ns = array("q")
        self.taken_ns = array("q")

    def place_of(self, record: int) -> int | None:
        place = bisect_left(self.records, record)
        return place if place < len(self.records) and self.records[place] == record else None


class Turns:
    """The turns of a growing trace. Call ``update`` after it has grown."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._taken = 0
        self._loops: dict[int, _LoopTurns] = {}

    def update(self, until: int) -> None:
        """Take in what the trace has got since, as far as the record ``until``."""
        first, self._taken = self._taken, until
        for start, end, loop in self.trace.records.runs(first, until):
            self._take(self._loops.setdefault(loop, _LoopTurns()), start, end)

    def _take(self, turns: _LoopTurns, first: int, last: int) -> None:
        origin, refused, record = self.trace.records.origin_ns, self.trace.refused_records, first - 1
        ready, latest = turns.ready_ns, turns.ready_ns[-1] if turns.ready_ns else 0
        for kind, flags, ready_ns, start_ns in self.trace.records.unpacked(_FIELDS, first, last):
            record += 1
            if (kind != _STEP or flags & _EAGER) and kind != _CALLBACK:
                continue
            if record in refused:
                continue
            start_ns -= origin
            latest = min(start_ns, max(latest, ready_ns - origin))
            ready.append(latest)
            turns.taken_ns.append(start_ns)
            turns.records.append(record)

    def queue_length(self, loop: int, record: int) -> int | None:
        """How many were in the queue as the turn was taken, itself among them; None for a step that was no turn."""
        turns = self._loops.get(loop)
        place = turns.place_of(record) if turns is not None else None
        if turns is None or place is None:
            return None
        return bisect_right(turns.ready_ns, turns.taken_ns[place], place + 1) - place

    def ahead(self, loop: int, record: int, time_ns: int) -> int | None:
        """How many stood before the turn at ``time_ns``, while it queued; None for a step that was no turn."""
        turns = self._of(loop)
        place = turns.place_of(record)
        return None if place is None else place - bisect_right(turns.taken_ns, time_ns, 0, place)

    def between(self, loop: int, record: int, later: int) -> int | None:
        """How many turns were taken between two; None where one of them was none."""
        turns = self._of(loop)
        place, other = turns.place_of(record), turns.place_of(later)
        return None if place is None or other is None else other - place - 1

    def last_before(self, loop: int, record: int) -> int | None:
        """The record of the last turn that the loop took before ``record`` was written; None if there is none."""
        turns = self._of(loop)
        place = bisect_left(turns.records, record)
        return turns.records[place - 1] if place else None

    def first_after(self, loop: int, record: int) -> int | None:
        """The record of the first turn that the loop took after ``record`` was written; None if there is none."""
        turns = self._of(loop)
        place = bisect_right(turns.records, record)
        return turns.records[place] if place < len(turns.records) else None

    def _of(self, loop: int) -> _LoopTurns:
        return self._loops.get(loop) or _LoopTurns()
