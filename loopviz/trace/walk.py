"""One pass over a growing trace's records, for whoever derives something from all of them.

Decides what a record's times are: for a step, those of its spans (``Task`` decides them: a task that yields is ready
from the end of its step on, one that was just created from its creation on), so that figures and events never disagree
with the picture. A walk goes on where it stopped, sees each record once, and leaves out what the Trace refused.

Awkward case: a provisional record is seen like any other; whether it still stands, ``Trace.pending_tasks`` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING

from loopviz.events import RecordKind

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, end, flags, who, ready_ns, start_ns, end_ns of a RECORD.
_FIELDS = Struct("<BxBBIQQQ20x")
_STEP = int(RecordKind.STEP)

#: A record as a walk sees it: record, kind, who, end, flags, ready_ns, start_ns, end_ns. Times are since the
#: recording's start; of a STEP, they are those of its spans. A plain tuple, since there may be millions.
Seen = tuple[int, int, int, int, int, int, int, int]


class Walk:
    """A place in a growing trace. ``done`` counts the records walked over."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.done = 0
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
                ready_ns = ready_times[step]
                step += 1
            else:
                ready_ns -= origin
            yield record, kind, who, end, flags, ready_ns, start_ns - origin, end_ns - origin
        self._steps_done = step
