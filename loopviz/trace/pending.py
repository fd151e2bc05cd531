"""What each loop has under way besides tasks: timers that are set, callbacks that run or queue, selects.

Decides how these are kept so that any moment finds them by bisection. Records of one loop stand in the order in which
their facts ended, so callbacks and selects are sorted by their end as they come; timers are found by their ``Lives``.

Awkward cases: a timer that was never seen to fire nor to be cancelled stays set; cancelled after it fired, it is gone
since it fired; a callback that was queued but had not run when the trace ended is not known.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from struct import Struct

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.lives import Lives
from loopviz.trace.records import Records
from loopviz.trace.tasks import LATEST_NS

#: kind, waker_kind, who, ready_ns, start_ns, end_ns, waker of a RECORD.
_FIELDS = Struct("<BB2xIQQQI16x")
_STEP, _CALLBACK, _IDLE = int(RecordKind.STEP), int(RecordKind.CALLBACK), int(RecordKind.IDLE)
_TIMER_SET, _TIMER_CANCELLED = int(RecordKind.TIMER_SET), int(RecordKind.TIMER_CANCELLED)
_TIMER = int(WakeKind.TIMER)


class Stretches:
    """Records that last, one after the other, sorted by their end."""

    def __init__(self) -> None:
        self._ends = array("q")
        self._records = array("q")

    def add(self, record: int, end_ns: int) -> None:
        self._ends.append(end_ns)
        self._records.append(record)

    def ending_after(self, time_ns: int) -> Iterator[int]:
        """The records that had not ended at a moment, in order."""
        return map(self._records.__getitem__, range(bisect_right(self._ends, time_ns), len(self._ends)))


class Timers:
    """The timers of one loop. Each is known by its *slot*, the order in which it was set."""

    def __init__(self) -> None:
        self.records = array("q")
        self.due_ns = array("q")
        self._gone_ns = array("q")
        self._slots: dict[int, int] = {}
        self._lives = Lives(self._gone_ns.__getitem__)

    def set(self, number: int, record: int, set_ns: int, due_ns: int) -> None:
        slot = len(self.records)
        self.records.append(record)
        self.due_ns.append(due_ns)
        self._gone_ns.append(LATEST_NS)
        self._slots[number] = slot
        self._lives.born(slot, set_ns)

    def gone(self, number: int, time_ns: int) -> None:
        """It fired, or was cancelled; what comes first counts."""
        slot = self._slots.pop(number, None)
        if slot is not None:
            self._gone_ns[slot] = time_ns

    def set_at(self, time_ns: int) -> list[int]:
        """The slots of all timers that are set at a moment."""
        return self._lives.at(time_ns)


class Pending:
    """Timers, callbacks and selects of one loop."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.callbacks = Stretches()
        self.selects = Stretches()

    def take(self, records: Records, refused: set[int], first: int, last: int) -> None:
        """Take in records of this loop, from ``first`` up to, not including, ``last``."""
        origin, timers, record = records.origin_ns, self.timers, first - 1
        for kind, waker_kind, who, ready_ns, start_ns, end_ns, waker in records.unpacked(_FIELDS, first, last):
            record += 1
            if kind == _CALLBACK and record not in refused:
                self.callbacks.add(record, end_ns - origin)
            if waker_kind == _TIMER and kind in (_STEP, _CALLBACK):
                timers.gone(waker, _kept(ready_ns - origin))
            elif kind == _IDLE and record not in refused:
                self.selects.add(record, end_ns - origin)
            elif kind == _TIMER_SET:
                timers.set(who, record, _kept(ready_ns - origin), _kept(start_ns - origin))
            elif kind == _TIMER_CANCELLED:
                timers.gone(who, _kept(start_ns - origin))


def _kept(time_ns: int) -> int:
    """A time that makes no sense, as the nearest that does."""
    return min(max(0, time_ns), LATEST_NS)
