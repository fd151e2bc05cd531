"""The history of each call: a coroutine that a task awaits, as a lane below the task.

Decides when a call runs, waits for its turn, or is suspended: it does what its task does, for as long as it is part
of the task's await chain. A step tells the innermost call in which it ended; that call and those that await it, up to
the task's own coroutine, are the ones *open* then.

Awkward cases: where in a step a call begins or returns is not recorded, so its first and its last step are shown
whole; a coroutine that never suspends is not seen at all; an async generator leaves the chain and may come back, and
is absent in between; a call whose record was lost stands alone; a cycle in damaged data ends where it began.
"""

from __future__ import annotations

from array import array

from loopviz.events import RecordKind
from loopviz.timeline.tracks import ABSENT, TASK_PAINT, UNSETTLED, Track
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import STATE_BITS, STATE_MASK, Task
from loopviz.trace.trace import Trace


class CallHistory:
    """Boundaries of one call, in the form of ``Task.boundaries``."""

    def __init__(self) -> None:
        self.boundaries = array("q")


class TaskCalls:
    """The histories of all calls of one task, followed as it grows."""

    def __init__(self, trace: Trace, task: Task) -> None:
        self.trace = trace
        self.task = task
        self.histories: dict[int, CallHistory] = {}
        #: The calls in the await chain, innermost first; and those that leave it when the step in progress ends.
        self._open: tuple[int, ...] = ()
        self._leaving: tuple[int, ...] = ()
        self._settled = 0
        self._seen = (0, 0)
        #: The histories that unsettled boundaries were added to, one entry for each: to be taken back.
        self._added: list[CallHistory] = []

    def update(self) -> None:
        """Take in what the task has got since."""
        boundaries = self.task.boundaries
        seen = (len(boundaries), boundaries[-1] if boundaries else 0)
        if seen == self._seen:
            return
        self._seen = seen
        for history in self._added:
            history.boundaries.pop()
        settled = max(self._settled, len(boundaries) - UNSETTLED)
        self._take(self._settled, settled)
        self._settled = settled
        before = self._open, self._leaving
        self._added = []
        self._take(settled, len(boundaries))
        self._open, self._leaving = before

    def _take(self, low: int, high: int) -> None:
        boundaries, tellers = self.task.boundaries, self.task.tellers
        for index in range(low, high):
            boundary = boundaries[index]
            if boundary & STATE_MASK == State.RUNNING:
                self._run(boundary, tellers[index])
            else:
                self._rest(boundary >> STATE_BITS, boundary & STATE_MASK)

    def _run(self, boundary: int, teller: int) -> None:
        raw = self.trace.records.raw(teller)
        # A step in progress has not told yet where it will end.
        after = self._chain(raw.call) if raw.kind == RecordKind.STEP else self._open
        self._leaving = tuple(call for call in self._open if call not in after)
        for call in (*self._leaving, *after):
            self._add(call, boundary)
        self._open = after

    def _rest(self, time_ns: int, state: int) -> None:
        gone = self._leaving
        self._leaving = ()
        if state in FINISHED:
            gone, self._open = gone + self._open, ()
        for call in gone:
            self._add(call, time_ns << STATE_BITS | ABSENT)
        for call in self._open:
            self._add(call, time_ns << STATE_BITS | state)

    def _add(self, call: int, boundary: int) -> None:
        history = self.histories.setdefault(call, CallHistory())
        history.boundaries.append(boundary)
        self._added.append(history)

    def _chain(self, call: int) -> tuple[int, ...]:
        if self._open and self._open[0] == call:
            return self._open
        chain: list[int] = []
        while call and call not in chain:
            chain.append(call)
            known = self.trace.calls.get(call)
            call = known.parent if known else 0
        return tuple(chain)


class CallTracks:
    """The tracks of the calls of a growing trace; follows only the tasks whose calls are looked at."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._tasks: dict[int, TaskCalls] = {}
        self._tracks: dict[int, Track] = {}

    def track(self, number: int) -> Track:
        """The track of a call, up to date; empty for one that is not known."""
        call = self.trace.calls.get(number)
        task = self.trace.tasks.get(call.task) if call else None
        if task is None:
            return Track(CallHistory(), TASK_PAINT)
        calls = self._tasks.get(task.number)
        if calls is None:
            calls = self._tasks[task.number] = TaskCalls(self.trace, task)
        calls.update()
        if number not in self._tracks:
            self._tracks[number] = Track(calls.histories.setdefault(number, CallHistory()), TASK_PAINT)
        return self._tracks[number]
