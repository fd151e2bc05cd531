"""The history of each loop: when it idled in select, ran callbacks, ran steps of tasks, or was about its own business.

Decides a loop's boundaries. The records of one loop come in the order in which they ended, and none of them overlaps
another but for an eager step, which is part of its creator's.

Awkward cases: what a loop does after its last record is not known. While it runs it is taken to idle, since a
recorder writes out what it has just before the loop goes to sleep; a step told in advance (``RUNNING``) says that it
does not. A loop that ran before the recording began has no ``LOOP_STARTED`` and begins with its first record. Loop 0
is no loop: its records are nobody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from struct import Struct

from loopviz.events import Flag, RecordKind
from loopviz.timeline.tracks import ABSENT, CALLBACK, IDLE, LOOP_PAINT, OVERHEAD, STEP, Track
from loopviz.trace.tasks import LATEST_NS, STATE_BITS
from loopviz.trace.trace import Trace

#: kind, flags, start_ns, end_ns of a record; the rest is skipped.
_FACTS = Struct("<B2xB12xQQ16x")

#: What a loop is about, by the kind of the record that tells it.
_SPANS: dict[int, int] = {RecordKind.STEP: STEP, RecordKind.CALLBACK: CALLBACK, RecordKind.IDLE: IDLE}
#: Records of a moment that matter to a loop.
_MOMENTS: frozenset[int] = frozenset({RecordKind.LOOP_STARTED, RecordKind.LOOP_STOPPED, RecordKind.RUNNING})


class LoopHistory:
    """Boundaries of one loop, in the form of ``Task.boundaries``.

    The last one says that the loop idles since its last record ended (*between* two records); once another record
    comes, it says that the loop was busy until that began.
    """

    def __init__(self) -> None:
        self.boundaries = array("q")
        self._foretold = False
        self._between = False

    def take_all(self, facts: Iterable[tuple[int, ...]], origin_ns: int) -> None:
        """Take in records of this loop: kind, flags, and times as they stand in the file."""
        boundaries = self.boundaries
        for kind, flags, start_ns, end_ns in facts:
            state = _SPANS.get(kind)
            if state is None:
                if kind in _MOMENTS:
                    self._take_moment(kind, flags, start_ns - origin_ns)
                continue
            start_ns -= origin_ns
            end_ns -= origin_ns
            if self._between and boundaries[-1] >> STATE_BITS <= start_ns <= end_ns <= LATEST_NS and not flags:
                # Nearly every record is such a one: the same as below, without the calls.
                if boundaries[-1] >> STATE_BITS < start_ns:
                    boundaries[-1] += OVERHEAD - IDLE
                    boundaries.append(start_ns << STATE_BITS | state)
                else:
                    boundaries[-1] += state - IDLE
                boundaries.append(end_ns << STATE_BITS | IDLE)
            elif not flags & Flag.EAGER:
                self._begin(start_ns, state)
                self._rest(end_ns)

    def _take_moment(self, kind: int, flags: int, start_ns: int) -> None:
        if kind == RecordKind.LOOP_STARTED:
            self._rest(start_ns)
        elif kind == RecordKind.LOOP_STOPPED:
            self._begin(start_ns, ABSENT)
        elif kind == RecordKind.RUNNING:
            self._begin(start_ns, CALLBACK if flags & Flag.CALLBACK_STEP else STEP)
            self._foretold = True

    def _rest(self, time_ns: int) -> None:
        self._begin(time_ns, IDLE)
        self._between = True

    def _begin(self, time_ns: int, state: int) -> None:
        boundaries = self.boundaries
        if self._foretold:
            boundaries.pop()
            self._foretold = False
        last_ns = boundaries[-1] >> STATE_BITS if boundaries else 0
        time_ns = min(max(time_ns, last_ns), LATEST_NS)
        if self._between:
            boundaries.pop()
            self._between = False
            if time_ns > last_ns:
                boundaries.append(last_ns << STATE_BITS | OVERHEAD)
        boundaries.append(time_ns << STATE_BITS | state)


class LoopTracks:
    """The tracks of all loops of a growing trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._taken = 0
        self._histories: dict[int, LoopHistory] = {}
        self._tracks: dict[int, Track] = {}

    def track(self, loop: int) -> Track:
        """The track of a loop, up to date; empty for a loop that has no records."""
        self._update()
        if loop not in self._tracks:
            self._tracks[loop] = Track(self._history(loop), LOOP_PAINT)
        return self._tracks[loop]

    def _history(self, loop: int) -> LoopHistory:
        return self._histories.setdefault(loop, LoopHistory())

    def _update(self) -> None:
        records = self.trace.records
        for first, last, loop in records.runs(self._taken):
            facts = records.unpacked(_FACTS, first, last)
            if refused := self.trace.refused_records:
                facts = (fact for index, fact in enumerate(facts, first) if index not in refused)
            self._history(loop).take_all(facts, records.origin_ns)
        self._taken = len(records)
