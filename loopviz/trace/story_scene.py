"""What a sentence may ask about the rest of the trace: the step before, who waits for whom, whose cancellation is due.

Decides how these are found without building anything for the whole story: a few indexes grow with the trace, and what
the sentences about one step share is remembered for as long as they are near each other.

Awkward cases: a step has none before it where the task is new, was alive before the recording, or its past was dropped;
a cancellation that a task asked of itself, while it ran, reaches it at its next await.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from struct import Struct
from typing import TYPE_CHECKING

from loopviz.events import RecordKind, StepEnd, WakeKind
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.moments import Moments
from loopviz.trace.records import Raw
from loopviz.trace.story_names import Names
from loopviz.trace.story_waits import Waiting, waiting
from loopviz.trace.tasks import STATE_BITS, STATE_MASK, Task
from loopviz.trace.turns import Turns
from loopviz.trace.waits import wait_of

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, end, who, target of a RECORD.
_FIELDS = Struct("<BxBxI28xI8x")
_STEP, _TIMER_SET = int(RecordKind.STEP), int(RecordKind.TIMER_SET)
_ON_TASK: frozenset[int] = frozenset({StepEnd.ON_TASK, StepEnd.ON_SHIELD})
#: So many records and waits are remembered: sentences that share one are close together.
_MOST_REMEMBERED = 4096
_RUNNING = int(State.RUNNING)


class Scene:
    """A growing trace, as sentences ask about it. ``name`` puts a task's number into words."""

    def __init__(self, trace: Trace, moments: Moments | None = None) -> None:
        self.trace = trace
        self.names = Names(trace)
        self.turns = Turns(trace)
        self.moments = moments or Moments(trace)
        self.name: Callable[[int], str] = self.names.task
        #: How many records were taken in.
        self.taken = 0
        self._taken_of: dict[RecordKind, int] = {}
        #: By loop: when it started and stopped, and the record that says so. Likewise all warnings.
        self._starts: dict[int, list[tuple[int, int]]] = {}
        self._stops: dict[int, list[tuple[int, int]]] = {}
        self._warnings: list[tuple[int, int]] = []
        self._awaited: dict[int, array[int]] = {}
        #: By task: when it was asked to cancel.
        self._cancels: dict[int, list[int]] = {}
        self._raws: dict[int, Raw] = {}
        self._waits: dict[int, Waiting | None] = {}
        self._alike: dict[tuple[int, ...], Waiting] = {}

    def update(self, until: int) -> None:
        """Take in what the trace has got since, if anything, as far as the record ``until``."""
        records, first = self.trace.records, self.taken
        if first >= until:
            return
        self.taken = until
        self._waits.clear()
        self._alike.clear()
        self.names.update(until)
        self.turns.update(until)
        self.moments.update(until)
        record = first - 1
        for kind, end, _who, target in records.unpacked(_FIELDS, first, self.taken):
            record += 1
            if kind == _STEP and end in _ON_TASK:
                self._awaited.setdefault(target, array("q")).append(record)
        for time_ns, record, _raw in self._new(RecordKind.LOOP_STARTED):
            insort(self._starts.setdefault(records.loop_of(record), []), (time_ns, record))
        for time_ns, record, _raw in self._new(RecordKind.LOOP_STOPPED):
            insort(self._stops.setdefault(records.loop_of(record), []), (time_ns, record))
        for time_ns, record, _raw in self._new(RecordKind.WARNING):
            insort(self._warnings, (time_ns, record))
        for time_ns, _record, raw in self._new(RecordKind.CANCEL_REQUESTED):
            insort(self._cancels.setdefault(raw.who, []), time_ns)

    def _new(self, kind: RecordKind) -> Iterator[tuple[int, int, Raw]]:
        """When, the record, and its fields, of a kind's records that are new; not always in order of time."""
        records, found = self.trace.records, self.trace.of_kind(kind)
        first, last = self._taken_of.get(kind, 0), bisect_left(found, self.taken)
        for record in found[first:last]:
            raw = records.raw(record)
            yield records.since_start(raw.start_ns), record, raw
        self._taken_of[kind] = last

    def wait_after(self, record: int) -> Waiting | None:
        """What the task waits for after the step that ``record`` tells; None where that was its last."""
        try:
            return self._waits[record]
        except KeyError:
            pass
        if len(self._waits) >= _MOST_REMEMBERED:
            self._waits.clear()
        raw = self.raw(record)
        what: tuple[int, ...] = raw.end, raw.site, raw.target
        found = self._alike.get(what)
        if found is None or found.wait.kind == "sleep":  # sleeps are alike only if their delays are
            what = *what, self._timer_before(record, raw.who)
            found = self._alike.get(what)
        if found is None:
            wait = wait_of(self.trace, self.trace.records.step(record))
            found = waiting(self.trace, wait) if wait is not None else None
            if found is not None:
                self._alike[what[:3]] = found
                if what[3] >= 0:
                    self._alike[what] = found
        self._waits[record] = found
        return found

    def _timer_before(self, record: int, task: int) -> int:
        """The delay of the timer that the task set right before its step was recorded, as a sleep does; else -1."""
        before = self.raw(record - 1) if record else None
        if before is None or before.kind != _TIMER_SET or (before.waker_kind, before.waker) != (WakeKind.TASK, task):
            return -1
        return before.end_ns

    def raw(self, record: int) -> Raw:
        """The record's fields."""
        raw = self._raws.get(record)
        if raw is None:
            if len(self._raws) >= _MOST_REMEMBERED:
                self._raws.clear()
            raw = self._raws[record] = self.trace.records.raw(record)
        return raw

    def step_before(self, task: Task, boundary: int) -> int | None:
        """The record of the task's step before one that begins at a boundary; None where that is not known."""
        if boundary == 0:
            return None
        before = task.tellers[boundary - 1]
        return before if self.raw(before).kind == _STEP else None

    def cancelled_since(self, task: int, step: int, until_ns: int) -> bool:
        """Whether the task was asked to cancel from within its ``step`` (a record) up to ``until_ns``."""
        asked = self._cancels.get(task)
        if asked is None:
            return False
        at = bisect_right(asked, self.trace.records.since_start(self.raw(step).start_ns))
        return at < len(asked) and asked[at] <= until_ns

    def was_asked_to_cancel(self, task: int, until_ns: int) -> bool:
        """Whether the task had ever been asked to cancel by ``until_ns``."""
        asked = self._cancels.get(task)
        return asked is not None and asked[0] <= until_ns

    def is_stopped(self, loop: int, time_ns: int) -> bool:
        """Whether the loop had run, and did not run at ``time_ns``."""
        stop, start = _last(self._stops.get(loop), time_ns), _last(self._starts.get(loop), time_ns)
        return stop is not None and (start is None or start < stop)

    def start_of_run(self, loop: int, time_ns: int) -> int | None:
        """The record of the loop's last start up to ``time_ns``."""
        start = _last(self._starts.get(loop), time_ns)
        return None if start is None else start[1]

    def is_first_start(self, loop: int, record: int) -> bool:
        """Whether ``record`` tells of the loop's first start."""
        return self._starts[loop][0][1] == record

    def last_warning(self, time_ns: int) -> Raw | None:
        """The last warning up to ``time_ns``."""
        warning = _last(self._warnings, time_ns)
        return None if warning is None else self.raw(warning[1])

    def waiters(self, number: int, time_ns: int) -> list[int]:
        """The tasks that awaited a task directly, and had not gone on by ``time_ns``."""
        return [
            raw.who
            for record, raw in self._awaiting(number)
            if (task := self.trace.tasks.get(raw.who)) is not None and _last_step(task, time_ns) == record
        ]

    def _awaiting(self, number: int) -> Iterator[tuple[int, Raw]]:
        for record in self._awaited.get(number, ()):
            yield record, self.raw(record)

    def ended(self, number: int, time_ns: int) -> Task | None:
        """The task, if ``time_ns`` is in its last step or later: what it caused then, its end may have caused."""
        task = self.trace.tasks.get(number)
        if task is None or task.state not in FINISHED or len(task.boundaries) < 2:
            return None
        return task if task.boundaries[-2] >> STATE_BITS <= time_ns else None


def begins_at(task: Task, record: int) -> int:
    """The boundary at which the step that ``record`` tells begins: where it was ready, or ran without having been."""
    return bisect_left(task.tellers, record)


def is_first(task: Task, boundary: int) -> bool:
    """Whether the step that begins there is the task's first; where its past was not recorded, none is."""
    return boundary == 0 and task.created_record >= 0


def _last(happened: list[tuple[int, int]] | None, time_ns: int) -> tuple[int, int] | None:
    """The last of what happened up to a time; None if there is none."""
    at = bisect_left(happened, (time_ns + 1,)) if happened else 0
    return happened[at - 1] if happened and at else None


def _last_step(task: Task, time_ns: int) -> int | None:
    """The record of the last step that the task had begun by ``time_ns``."""
    at = bisect_right(task.boundaries, time_ns << STATE_BITS | STATE_MASK) - 1
    while at >= 0 and task.boundaries[at] & STATE_MASK != _RUNNING:
        at -= 1
    return task.tellers[at] if at >= 0 else None
