"""One pass over a growing trace's records, for whoever derives something from all of them.

Decides what a record's times are: for a step, those of its spans (``Task`` decides them: a task that yields is ready
from the end of its step on, one that was just created from its creation on), so that figures and events never disagree
with the picture. A walk begins at any record, goes on where it stopped, sees each record once, and leaves out what the
Trace refused.

Awkward case: a provisional record is seen like any other; whether it still stands, ``Trace.pending_tasks`` says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING

from loopviz.events import RecordKind
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import NEVER_READY, STATE_BITS, STATE_MASK

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, end, flags, who, ready_ns, start_ns, end_ns of a RECORD.
_FIELDS = Struct("<BxBBIQQQ16x")
_STEP = int(RecordKind.STEP)

#: A record as a walk sees it: record, kind, who, end, flags, ready_ns, start_ns, end_ns. Times are since the
#: recording's start; of a STEP, they are those of its spans. A plain tuple, since there may be millions.
Seen = tuple[int, int, int, int, int, int, int, int]


class Walk:
    """A place in a growing trace. ``done`` counts the records walked over, or passed over before the ``first``."""

    def __init__(self, trace: Trace, first: int = 0) -> None:
        self.trace = trace
        self.done = self._first = first
        self._steps_done = 0

    def new(self, at_most: int = 1 << 62) -> Iterator[tuple[int, Iterator[Seen]]]:
        """The records not walked over yet, in file order: stretches of one loop's, each with the loop's number.

        Each stretch is to be exhausted before the next one, and all of them before this is asked for again.
        """
        records = self.trace.records
        first, last = self.done, min(len(records), self.done + at_most)
        self.done = last
        for start, end, loop in records.runs(first, last):
            yield loop, self._of_one_loop(start, end)

    def _of_one_loop(self, first: int, last: int) -> Iterator[Seen]:
        refused, records, ready_times = self.trace.refused_records, self.trace.records, self.trace.ready_times
        origin, record, step = records.origin_ns, first - 1, self._steps_done
        for kind, end, flags, who, ready_ns, start_ns, end_ns in records.unpacked(_FIELDS, first, last):
            record += 1
            if refused and record in refused:
                continue
            if kind == _STEP:
                ready_ns = self._ready_ns(who, record) if self._first else ready_times[step]
                step += 1
            else:
                ready_ns -= origin
            yield record, kind, who, end, flags, ready_ns, start_ns - origin, end_ns - origin
        self._steps_done = step

    def _ready_ns(self, who: int, record: int) -> int:
        """Since when the task was ready for the step that a record tells, for a walk that has not seen all before."""
        task = self.trace.tasks[who]
        at = bisect_left(task.tellers, record)
        while task.boundaries[at] & STATE_MASK != State.RUNNING:
            at += 1
        before = task.boundaries[at - 1] if at else 0
        return before >> STATE_BITS if before & STATE_MASK == State.READY else NEVER_READY
