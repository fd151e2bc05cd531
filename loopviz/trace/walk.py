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
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import STATE_BITS, STATE_MASK

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, end, flags, who, ready_ns, start_ns, end_ns of a RECORD.
_FIELDS = Struct("<BxBBIQQQ20x")
_STEP = int(RecordKind.STEP)
_READY = int(State.READY)
_RUNNING = int(State.RUNNING)
#: The ``ready_ns`` of a step that ran without having been ready.
NEVER_READY = -1


#: A record as a walk sees it: record, loop, kind, who, end, flags, ready_ns, start_ns, end_ns. Times are since the
#: recording's start; of a STEP, they are those of its spans. A plain tuple, since there may be millions.
Seen = tuple[int, int, int, int, int, int, int, int, int]


class Walk:
    """A place in a growing trace. ``done`` counts the records walked over."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.done = 0
        # Of each unfinished task, the boundary where its next step may begin.
        self._cursors: dict[int, int] = {}

    def new(self, at_most: int = 1 << 62) -> Iterator[Seen]:
        """The records not walked over yet, in file order. To be exhausted before it is asked for again."""
        records = self.trace.records
        first, last = self.done, min(len(records), self.done + at_most)
        self.done = last
        for start, end, loop in records.runs(first, last):
            yield from self._of_one_loop(loop, start, end)

    def _of_one_loop(self, loop: int, first: int, last: int) -> Iterator[Seen]:
        tasks, refused, records = self.trace.tasks, self.trace.refused_records, self.trace.records
        origin, cursors = records.origin_ns, self._cursors
        record = first - 1
        for kind, end, flags, who, ready_ns, start_ns, end_ns in records.unpacked(_FIELDS, first, last):
            record += 1
            if record in refused:
                continue
            if kind != _STEP:
                yield record, loop, kind, who, end, flags, ready_ns - origin, start_ns - origin, end_ns - origin
                continue
            boundaries = tasks[who].boundaries
            at = cursors.get(who, 0)
            while boundaries[at] & STATE_MASK != _RUNNING:
                at += 1
            cursors[who] = at + 1
            after = boundaries[at + 1]
            if after & STATE_MASK > _RUNNING:
                del cursors[who]
            before = boundaries[at - 1] if at else 0
            ready_ns = before >> STATE_BITS if before & STATE_MASK == _READY else NEVER_READY
            yield (
                record,
                loop,
                kind,
                who,
                end,
                flags,
                ready_ns,
                boundaries[at] >> STATE_BITS,
                after >> STATE_BITS,
            )
