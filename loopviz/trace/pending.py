"""What each loop has under way besides tasks: timers that are set, callbacks that run or queue, selects.

Decides how these are kept so that any moment finds them by bisection. Records of one loop stand in the order in which
their facts ended, so callbacks and selects are sorted by their end as they come. Callbacks queue first in, first out:
in that order they became ready, too.

Awkward cases: a callback that became ready before the one in front of it, as clocks have it, counts as ready when that
was; one that was queued but had not run when the trace ended is not known.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from struct import Struct

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.records import Records
from loopviz.trace.tasks import LATEST_NS
from loopviz.trace.timers import Timers

#: kind, waker_kind, who, ready_ns, start_ns, end_ns, waker of a RECORD.
_FIELDS = Struct("<BB2xIQQQI12x")
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


class Callbacks(Stretches):
    """Callbacks: they queue before they run."""

    def __init__(self) -> None:
        super().__init__()
        self._ready = array("q")

    def queue(self, record: int, ready_ns: int, end_ns: int) -> None:
        self.add(record, end_ns)
        self._ready.append(max(ready_ns, self._ready[-1]) if self._ready else ready_ns)

    def ready_at(self, time_ns: int) -> array[int]:
        """The records that had become ready by a moment and had not ended, in order."""
        return self._records[bisect_right(self._ends, time_ns) : bisect_right(self._ready, time_ns)]


class Pending:
    """Timers, callbacks and selects of one loop."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.callbacks = Callbacks()
        self.selects = Stretches()

    def take(self, records: Records, refused: set[int], first: int, last: int) -> None:
        """Take in records of this loop, from ``first`` up to, not including, ``last``."""
        origin, timers, record = records.origin_ns, self.timers, first - 1
        for kind, waker_kind, who, ready_ns, start_ns, end_ns, waker in records.unpacked(_FIELDS, first, last):
            record += 1
            if kind == _CALLBACK and record not in refused:
                self.callbacks.queue(record, min(_kept(ready_ns - origin), start_ns - origin), end_ns - origin)
            if waker_kind == _TIMER and kind in (_STEP, _CALLBACK):
                timers.gone(waker, _kept(ready_ns - origin))
            elif kind == _IDLE and record not in refused:
                self.selects.add(record, end_ns - origin)
            elif kind == _TIMER_SET:
                timers.add(who, record, _kept(ready_ns - origin), _kept(start_ns - origin))
            elif kind == _TIMER_CANCELLED:
                timers.gone(who, _kept(start_ns - origin))


def _kept(time_ns: int) -> int:
    """A time that makes no sense, as the nearest that does."""
    return min(max(0, time_ns), LATEST_NS)
