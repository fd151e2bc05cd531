"""The order of all steps: what the step axis is made of.

Decides which step is the k-th, and which moments it covers. Steps of tasks and callbacks, of all loops, are sorted by
their start. The k-th covers the moments from its start to its end, or to the start of the next where that comes
first; a moment in the gap after it lies at k + 1, where the next one begins. A million steps are two arrays and no
objects.

Awkward cases:

- An eager step runs inside its creator's step, and steps of loops in other threads run beside it: the later start
  ends the earlier step's unit, so that positions never fall, and the rest of the earlier step has no width.
- Records come when a step ends and in chunks per loop, so a step may arrive late and move all positions behind it: that
  raises ``revision``, and ``changed_since`` says from where on.
- A step that runs now (told in advance by a ``RUNNING`` record) has its unit already, and ends where the trace does.
- Times in a damaged file may be anything: they are kept within 64 bits.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import ceil, floor, inf

from loopviz.events import Flag, RecordKind
from loopviz.trace.trace import Trace

_FARTHEST_NS = 1 << 62
#: Steps are sorted so many at a time, so that a long trace takes little memory meanwhile.
_BATCH = 1 << 16


class Steps:
    """Starts and ends of all steps of a growing trace, in order of their start."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.revision = 0
        self._starts = array("q")
        self._ends = array("q")
        self._taken = 0
        self._told = 0
        #: Records of steps that run now, and the starts under which they stand in the order.
        self._running: dict[int, int] = {}
        #: Where positions changed, and by which revision: both rise, since a change further left hides those before it.
        self._changed_at: list[int] = []
        self._changed_by: list[int] = []

    def __len__(self) -> int:
        return len(self._starts)

    def update(self, at_most: int = 1 << 62) -> None:
        """Take in the steps that the trace has got since, or as many of those that have ended."""
        steps, told = self.trace.step_records, self.trace.of_kind(RecordKind.RUNNING)
        if len(steps) == self._taken and len(told) == self._told and not self._running:
            return
        running = self._still_running(told)
        self._told = len(told)
        self._remove([start for record, start in self._running.items() if record not in running])
        now = min(self.trace.end_ns, _FARTHEST_NS)
        self._lengthen([start for record, start in running.items() if record in self._running], now)
        last = min(len(steps), self._taken + at_most)
        while self._taken < last:
            arrived = steps[self._taken : min(last, self._taken + _BATCH)]
            self._insert(_within_bounds(list(self.trace.records.times(arrived))))
            self._taken += len(arrived)
        self._insert([(start, max(start, now)) for record, start in running.items() if record not in self._running])
        self._running = running

    def _still_running(self, told: array[int]) -> dict[int, int]:
        """Of each loop the last step told in advance, where it has not ended since."""
        latest: dict[int, int] = {}
        for record in (*self._running, *told[self._told :]):
            latest[self.trace.records.loop_of(record)] = record
        return {record: self._start_of(record) for record in latest.values() if self._runs(record)}

    def _runs(self, record: int) -> bool:
        raw = self.trace.records.raw(record)
        pending = self.trace.pending_callbacks if raw.flags & Flag.CALLBACK_STEP else self.trace.pending_tasks
        return pending.get(raw.who) == record

    def _start_of(self, record: int) -> int:
        return next(_kept(start, start)[0] for start, _end in self.trace.records.times((record,)))

    def _remove(self, starts: list[int]) -> None:
        for start in starts:
            index = bisect_left(self._starts, start)
            del self._starts[index], self._ends[index]
            self._change(index)

    def _lengthen(self, starts: list[int], now_ns: int) -> None:
        for start in starts:
            index = bisect_left(self._starts, start)
            if self._ends[index] < now_ns:
                self._ends[index] = now_ns
                self._change(index)

    def _insert(self, fresh: list[tuple[int, int]]) -> None:
        """Merge new steps in: all at the end as a rule, since steps arrive nearly in order."""
        if not fresh:
            return
        fresh.sort()
        index = bisect_left(self._starts, fresh[0][0])
        if late := list(zip(self._starts[index:], self._ends[index:], strict=True)):
            fresh = sorted(late + fresh)
            del self._starts[index:], self._ends[index:]
        self._starts.extend([start for start, _end in fresh])
        self._ends.extend([end for _start, end in fresh])
        # The step before ends its unit where the first of these begins.
        self._change(max(0, index - 1))

    def _change(self, index: int) -> None:
        self.revision += 1
        while self._changed_at and self._changed_at[-1] >= index:
            self._changed_at.pop()
            self._changed_by.pop()
        self._changed_at.append(index)
        self._changed_by.append(self.revision)

    def changed_since(self, revision: int) -> float:
        """The first position that changes after ``revision`` may have moved; infinite where there were none."""
        index = bisect_right(self._changed_by, revision)
        return self._changed_at[index] if index < len(self._changed_at) else inf

    def _end(self, k: int) -> int:
        end = self._ends[k]
        return min(end, self._starts[k + 1]) if k + 1 < len(self._starts) else end

    def position(self, time_ns: int) -> float:
        """k and a fraction inside the k-th step; k + 1 in the gap after it; 0 before the first."""
        return self.positions((time_ns,))[0]

    def positions(self, times_ns: Iterable[int]) -> list[float]:
        """The positions of many moments; where these are in order, each is looked for near the one before."""
        starts, ends, count = self._starts, self._ends, len(self._starts)
        found: list[float] = []
        k = before_ns = 0
        for time_ns in times_ns:
            if time_ns < before_ns:
                k = bisect_right(starts, time_ns)
            elif k < count and starts[k] <= time_ns:
                k += 1
                if k < count and starts[k] <= time_ns:
                    k = bisect_right(starts, time_ns, k)
            before_ns = time_ns
            if k == 0:
                found.append(0.0)
                continue
            start, end = starts[k - 1], ends[k - 1]
            if time_ns == start:
                found.append(float(k - 1))
            elif time_ns >= end:
                found.append(float(k))
            else:
                end = min(end, starts[k]) if k < count else end
                found.append(k - 1 + (time_ns - start) / (end - start))
        return found

    def time_at(self, position: float) -> int:
        """The moment at a position; of a gap its last, where the next step starts; past all steps, the trace's end."""
        k = floor(position)
        if k >= len(self._starts):
            return self.trace.end_ns
        k = max(0, k)
        start = self._starts[k]
        return start + floor((self._end(k) - start) * min(1.0, max(0.0, position - k)))

    def reached_at(self, position: float) -> int:
        """The first moment at ``position`` or beyond: of a gap, its beginning. -2**62 for 0, 2**62 past all steps."""
        if position <= 0:
            return -_FARTHEST_NS
        k = ceil(position) - 1
        if k >= len(self._starts):
            return _FARTHEST_NS
        start, end = self._starts[k], self._end(k)
        if start < end:
            moment = start + ceil((end - start) * (position - k))
            # Fractions are rounded: the moment before may lie at the very same position.
            return moment - 1 if self.position(moment - 1) >= position else moment
        # A step of no time lies at k, and what comes after it at k + 1; unless another one starts at the same moment.
        return start if k + 1 < len(self._starts) and self._starts[k + 1] == start else start + 1


def _kept(start_ns: int, end_ns: int) -> tuple[int, int]:
    start = min(start_ns, _FARTHEST_NS)
    return start, min(max(end_ns, start), _FARTHEST_NS)


def _within_bounds(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if all(start <= end <= _FARTHEST_NS for start, end in steps):
        return steps
    return [_kept(start, end) for start, end in steps]
