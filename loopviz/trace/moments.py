"""The state of a loop at a moment: what runs, what queues for its turn, which timers are set, who waits for what.

Decides how a moment is put together from spans, so that it can be asked for at any time, many times a second, however
long the trace: only what lived at the moment is looked at. The ready queue is in the loop's own order: by the time at
which each became ready, then by the order in which they ran. A moment shows what is so from its time on: a step that
ends at that very time is over.

Awkward cases: an eager task's first step runs within its creator's, and then it is the innermost that runs; what was
ready at the end of the trace is in the queue, callbacks excepted, since nothing is recorded of them before they run; a
timer is set until its callback is ready or it is cancelled, so one that is overdue while the loop is blocked still
stands here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from loopviz.events import NO_TIMEOUT
from loopviz.trace.lifecycle import State
from loopviz.trace.lives import Lives
from loopviz.trace.pending import Pending
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.trace import Trace
from loopviz.trace.waits import Wait, wait_of_span
from loopviz.trace.wakes import Wake, task_behind, wake_of, wake_of_span


@dataclass(frozen=True, slots=True)
class Running:
    """What has the loop's thread. Exactly one of ``task`` and ``callback`` is a number; ``name`` is its name."""

    task: int | None
    callback: int | None
    name: str
    since_ns: int


@dataclass(frozen=True, slots=True)
class Queued:
    """What waits for its turn, since when, and what made it ready. As ``Running``, a task or a callback."""

    task: int | None
    callback: int | None
    name: str
    since_ns: int
    wake: Wake | None


@dataclass(frozen=True, slots=True)
class Suspended:
    """A task that waits for something, and for what."""

    task: int
    name: str
    since_ns: int
    wait: Wait | None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """A timer that has not fired yet. ``task`` is who set it, if a task did; ``callback`` is what it will call."""

    timer: int
    task: int | None
    callback: str | None
    set_ns: int
    due_ns: int


@dataclass(frozen=True, slots=True)
class Idle:
    """The loop sits in select. ``timeout_ns`` is what it asked for, None for any length."""

    since_ns: int
    timeout_ns: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One loop at ``t_ns``. The lists may be cut to a length that was asked for; the counts are whole.

    ``ready`` is in the order in which they will run, ``timers`` in that in which they are due, ``suspended`` in that in
    which the tasks were created.
    """

    t_ns: int
    loop: int
    running: Running | None
    idle: Idle | None
    ready: tuple[Queued, ...]
    ready_count: int
    timers: tuple[SetTimer, ...]
    timer_count: int
    suspended: tuple[Suspended, ...]
    suspended_count: int


#: Of a task: when its span began, the record that tells of it, the task's number, the boundary.
_Place = tuple[int, int, int, int]
#: Stands for the task's number where it is a callback that is ready.
_A_CALLBACK = -1
_SUSPENDED, _READY, _RUNNING = int(State.SUSPENDED), int(State.READY), int(State.RUNNING)


@dataclass(slots=True)
class _Tasks:
    """Where the tasks of a loop are at a moment, in order of creation; ``suspended`` may be cut, its count is whole."""

    running: list[_Place]
    ready: list[_Place]
    suspended: list[_Place]
    suspended_count: int = 0


class Moments:
    """The moments of a growing trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._records_taken = 0
        self._tasks_taken = 0
        self._pending: dict[int, Pending] = {}
        self._lives: dict[int, Lives] = {}
        self._last: tuple[object, Moment | None] = None, None

    @property
    def taken(self) -> int:
        """How many of the trace's records were taken in."""
        return self._records_taken

    def update(self, until: int | None = None) -> None:
        """Take in what the trace has got since, or as far as a record. ``at`` takes in all by itself."""
        trace, taken = self.trace, self._records_taken
        until = len(trace.records) if until is None else min(until, len(trace.records))
        if taken >= until:
            return
        for first, last, loop in trace.records.runs(taken, until):
            self._pending.setdefault(loop, Pending()).take(trace.records, trace.refused_records, first, last)
        new = list(islice(reversed(trace.tasks.values()), len(trace.tasks) - self._tasks_taken))
        for task in reversed(new):
            if task.loop not in self._lives:
                self._lives[task.loop] = Lives(lambda number: trace.tasks[number].finished_ns)
            self._lives[task.loop].born(task.number, task.first_ns or 0)
        self._records_taken, self._tasks_taken = until, len(trace.tasks)

    def at(self, t_ns: int, loop: int, most: int | None = None) -> Moment:
        """One loop at ``t_ns``, with at most ``most`` entries in each list."""
        self.update()
        return self.known_at(t_ns, loop, most)

    def known_at(self, t_ns: int, loop: int, most: int | None = None) -> Moment:
        """The same, as far as it is known from what was taken in. Who asks the same again gets the same object."""
        asked = t_ns, loop, most, self._records_taken, len(self.trace.records)
        before, known = self._last
        if known is None or before != asked:
            known = self._made(t_ns, loop, most)
            self._last = asked, known
        return known

    def _made(self, t_ns: int, loop: int, most: int | None) -> Moment:
        tasks = self._tasks(t_ns, loop, most)
        queue = sorted((*tasks.ready, *self._queued_callbacks(t_ns, loop)))
        timers, timer_count = self._timers(t_ns, loop, most)
        return Moment(
            t_ns,
            loop,
            self._running(t_ns, loop, tasks.running),
            self._idle(t_ns, loop),
            tuple(map(self._queued, queue[:most])),
            len(queue),
            timers,
            timer_count,
            tuple(map(self._suspended, tasks.suspended)),
            tasks.suspended_count,
        )

    def _tasks(self, t_ns: int, loop: int, most: int | None) -> _Tasks:
        found = _Tasks([], [], [])
        tasks, key, count = self.trace.tasks, t_ns << STATE_BITS | STATE_MASK, 0
        others = {_READY: found.ready, _RUNNING: found.running}
        for number in self._lives[loop].about(t_ns) if loop in self._lives else ():
            task = tasks[number]
            boundaries = task.boundaries
            at = bisect_right(boundaries, key) - 1
            if at < 0:
                continue
            boundary = boundaries[at]
            state = boundary & STATE_MASK
            if state == _SUSPENDED:
                count += 1
                if most is None or count <= most:
                    found.suspended.append((boundary >> STATE_BITS, task.tellers[at], number, at))
            elif state in others:
                others[state].append((boundary >> STATE_BITS, task.tellers[at], number, at))
        found.suspended_count = count
        return found

    def _callbacks_left(self, t_ns: int, loop: int) -> Iterator[tuple[int, int, int]]:
        """``(ready_ns, start_ns, record)`` of the callbacks that had not ended."""
        records = self.trace.records
        for record in self._pending[loop].callbacks.ending_after(t_ns) if loop in self._pending else ():
            raw = records.raw(record)
            yield records.since_start(raw.ready_ns), records.since_start(raw.start_ns), record

    def _queued_callbacks(self, t_ns: int, loop: int) -> Iterator[_Place]:
        # The queue is first in, first out: behind one that was not ready yet, none was.
        for ready_ns, start_ns, record in self._callbacks_left(t_ns, loop):
            if ready_ns > t_ns:
                return
            if start_ns > t_ns:
                yield ready_ns, record, _A_CALLBACK, 0

    def _running(self, t_ns: int, loop: int, tasks: list[_Place]) -> Running | None:
        """The innermost of what runs: that which started last."""
        trace, running = self.trace, [(place[0], 1, place[2]) for place in tasks]
        for _ready_ns, start_ns, record in islice(self._callbacks_left(t_ns, loop), 1):
            if start_ns <= t_ns:
                running.append((start_ns, 0, record))
        for record in trace.pending_callbacks.values():
            start_ns = trace.records.since_start(trace.records.raw(record).start_ns)
            if start_ns <= t_ns and trace.records.loop_of(record) == loop:
                running.append((start_ns, 0, record))
        if not running:
            return None
        since_ns, is_task, number = max(running)
        if is_task:
            return Running(number, None, trace.tasks[number].name, since_ns)
        return Running(None, trace.records.raw(number).who, self._callback_name(number), since_ns)

    def _callback_name(self, record: int) -> str:
        return self.trace.definitions.texts.get(self.trace.records.raw(record).target, "?")

    def _idle(self, t_ns: int, loop: int) -> Idle | None:
        records = self.trace.records
        for record in islice(self._pending[loop].selects.ending_after(t_ns), 1) if loop in self._pending else ():
            raw = records.raw(record)
            if records.since_start(raw.start_ns) <= t_ns:
                return Idle(records.since_start(raw.start_ns), None if raw.ready_ns == NO_TIMEOUT else raw.ready_ns)
        return None

    def _queued(self, place: _Place) -> Queued:
        since_ns, record, number, at = place
        if number == _A_CALLBACK:
            step = self.trace.records.step(record)
            return Queued(None, step.callback, self._callback_name(record), since_ns, wake_of(self.trace, step))
        task = self.trace.tasks[number]
        return Queued(number, None, task.name, since_ns, wake_of_span(self.trace, task.span(at)))

    def _suspended(self, place: _Place) -> Suspended:
        since_ns, _record, number, at = place
        task = self.trace.tasks[number]
        return Suspended(number, task.name, since_ns, wait_of_span(self.trace, task.span(at)))

    def _timers(self, t_ns: int, loop: int, most: int | None) -> tuple[tuple[SetTimer, ...], int]:
        if loop not in self._pending:
            return (), 0
        timers = self._pending[loop].timers
        slots = timers.set_at(t_ns)
        first = nsmallest(len(slots) if most is None else most, slots, key=timers.due_ns.__getitem__)
        return tuple(self._timer(timers.records[slot]) for slot in first), len(slots)

    def _timer(self, record: int) -> SetTimer:
        records, raw = self.trace.records, self.trace.records.raw(record)
        return SetTimer(
            raw.who,
            task_behind(self.trace, raw.waker_kind, raw.waker),
            self.trace.definitions.texts.get(raw.target),
            records.since_start(raw.ready_ns),
            records.since_start(raw.start_ns),
        )
