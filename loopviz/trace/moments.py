"""The state of a loop at a moment: what runs, what queues for its turn, which timers are set, who waits for what.

Decides how a moment is put together from spans, so that it can be asked for at any time, many times a second, however
long the trace: only what lived at the moment is looked at, and of a moment near the one before, where somebody tells
what happened between them, only what that changed. The ready queue is in the loop's own order: by the time at
which each became ready, then by the order in which they ran. A moment shows what is so from its time on: a step that
ends at that very time is over.

Awkward cases: an eager task's first step runs within its creator's, and then it is the innermost that runs; what was
ready at the end of the trace is in the queue, callbacks excepted, since nothing is recorded of them before they run; a
timer is set until its callback is ready or it is cancelled, so one that is overdue while the loop is blocked still
stands here.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from loopviz.events import NO_TIMEOUT, RecordKind
from loopviz.trace.lives import Lives
from loopviz.trace.pending import Pending
from loopviz.trace.standing import Place, Standing
from loopviz.trace.trace import Trace
from loopviz.trace.waits import Wait, wait_of_span
from loopviz.trace.wakes import Wake, task_behind, wake_of, wake_of_span

if TYPE_CHECKING:
    from loopviz.trace.chronicle import Chronicle


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


#: Stands for the task's number where it is a callback that is ready.
_A_CALLBACK = -1
#: Records that tell of a task: they may change where it stands.
_OF_A_TASK: frozenset[int] = frozenset(
    {RecordKind.STEP, RecordKind.TASK_CREATED, RecordKind.READY, RecordKind.RUNNING}
)
#: To look at what happened costs so many times as much as to look at a task that lives.
_COST_OF_CHANGE = 4


class Moments:
    """The moments of a growing trace.

    ``chronicle`` may be given by somebody who has it: all events, as far as it was taken in.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.chronicle: Chronicle | None = None
        self._records_taken = 0
        self._tasks_taken = 0
        self._pending: dict[int, Pending] = {}
        self._lives: dict[int, Lives] = {}
        self._last: tuple[object, Moment | None] = None, None
        # Of each loop, where its tasks stood at the moment last asked for, and what was known then.
        self._standings: dict[int, Standing] = {}
        self._standings_of = (0, 0)

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
        tasks = self._standing(t_ns, loop)
        callbacks = self._queued_callbacks(t_ns, loop)
        queue = sorted((*tasks.ready[:most], *map(self._place_of_callback, callbacks[:most])))
        timers, timer_count = self._timers(t_ns, loop, most)
        return Moment(
            t_ns,
            loop,
            self._running(t_ns, loop, tasks.running),
            self._idle(t_ns, loop),
            tuple(map(self._queued, queue[:most])),
            len(tasks.ready) + len(callbacks),
            timers,
            timer_count,
            tuple(map(self._suspended, tasks.suspended[:most])),
            len(tasks.suspended),
        )

    def _standing(self, t_ns: int, loop: int) -> Standing:
        known_of = self._records_taken, len(self.trace.records)
        if known_of != self._standings_of:
            self._standings.clear()
            self._standings_of = known_of
        standing = self._standings.get(loop)
        changed = self._changed(standing, t_ns, loop) if standing is not None else None
        if standing is None or changed is None:
            living = self._lives[loop].about(t_ns) if loop in self._lives else ()
            standing = self._standings[loop] = Standing(self.trace.tasks, t_ns, living)
        else:
            standing.move(t_ns, changed)
        return standing

    def _changed(self, standing: Standing, t_ns: int, loop: int) -> set[int] | None:
        """The tasks that something happened to since (or before) the moment of a standing; None where all tasks are
        better looked at.
        """
        chronicle, records, tasks = self.chronicle, self.trace.records, self.trace.tasks
        if chronicle is None or min(chronicle.taken, self._records_taken) < len(records):
            return None
        first_ns, last_ns = sorted((standing.t_ns, t_ns))
        happened = range(chronicle.position_at(first_ns + 1), chronicle.position_at(last_ns + 1))
        if len(happened) * _COST_OF_CHANGE > len(standing):
            return None
        told = map(records.raw, {chronicle.place(position)[1] for position in happened})
        numbers = {raw.who for raw in told if raw.kind in _OF_A_TASK}
        return {number for number in numbers if number in tasks and tasks[number].loop == loop}

    def _queued_callbacks(self, t_ns: int, loop: int) -> array[int]:
        """The records of the callbacks that are ready and have not begun, in the order in which they will run."""
        if loop not in self._pending:
            return array("q")
        ready = self._pending[loop].callbacks.ready_at(t_ns)
        return ready[1:] if ready and self._start_ns(ready[0]) <= t_ns else ready

    def _place_of_callback(self, record: int) -> Place:
        return self.trace.records.since_start(self.trace.records.raw(record).ready_ns), record, _A_CALLBACK, 0

    def _start_ns(self, record: int) -> int:
        return self.trace.records.since_start(self.trace.records.raw(record).start_ns)

    def _running(self, t_ns: int, loop: int, tasks: list[Place]) -> Running | None:
        """The innermost of what runs: that which started last."""
        trace, running = self.trace, [(place[0], 1, place[2]) for place in tasks]
        under_way = self._pending[loop].callbacks.ending_after(t_ns) if loop in self._pending else iter(())
        of_loop = (record for record in trace.pending_callbacks.values() if trace.records.loop_of(record) == loop)
        for record in (*islice(under_way, 1), *of_loop):
            if (start_ns := self._start_ns(record)) <= t_ns:
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

    def _queued(self, place: Place) -> Queued:
        since_ns, record, number, at = place
        if number == _A_CALLBACK:
            step = self.trace.records.step(record)
            return Queued(None, step.callback, self._callback_name(record), since_ns, wake_of(self.trace, step))
        task = self.trace.tasks[number]
        return Queued(number, None, task.name, since_ns, wake_of_span(self.trace, task.span(at)))

    def _suspended(self, place: Place) -> Suspended:
        _began, _number, number, at = place
        task = self.trace.tasks[number]
        span = task.span(at)
        return Suspended(number, task.name, span.start_ns, wait_of_span(self.trace, span))

    def _timers(self, t_ns: int, loop: int, most: int | None) -> tuple[tuple[SetTimer, ...], int]:
        if loop not in self._pending:
            return (), 0
        timers = self._pending[loop].timers
        due = timers.set_at(t_ns)
        return tuple(self._timer(timers.records[slot]) for _due_ns, slot in due[:most]), len(due)

    def _timer(self, record: int) -> SetTimer:
        records, raw = self.trace.records, self.trace.records.raw(record)
        return SetTimer(
            raw.who,
            task_behind(self.trace, raw.waker_kind, raw.waker),
            self.trace.definitions.texts.get(raw.target),
            records.since_start(raw.ready_ns),
            records.since_start(raw.start_ns),
        )
