"""The Trace: all that was recorded of one run, fed chunk by chunk.

Decides what each record does to the model. Records go in, nothing else: no file, clock or screen is known here. Feeding
one record at a time gives the same Trace as feeding all at once, since records are taken strictly in order and nothing
is decided by a chunk's borders.

Times are nanoseconds since the recording's start. Chunks of several loops interleave, so only the records of one loop
are in order; ``end_ns`` is the latest time seen.

Awkward cases: a record of a task whose creation was dropped makes the task, named by its number, with its beginning
unknown; kinds that a later version may add are skipped; what contradicts the rest or makes no sense (a step that ends
before it starts, a definition that can't be read) is left out and counted in ``refused``; what a bounded recording or a
full disk lost is summed in ``lost_records``; the tasks with which ``asyncio.run`` ends every loop are tasks like any
other, and ``housekeeping`` tells them from the program's own.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from loopviz.events import RECORD, ChunkKind, Flag, RecordKind, StepEnd, WarningKind
from loopviz.trace.by_number import RecordByNumber
from loopviz.trace.definitions import Definitions, LoopInfo
from loopviz.trace.lifecycle import State
from loopviz.trace.names import given_name
from loopviz.trace.namesakes import Namesakes
from loopviz.trace.records import Raw, Records
from loopviz.trace.tasks import LATEST_NS, STATE_BITS, Task
from loopviz.trace.wakes import task_behind

_STATE_AFTER = {
    StepEnd.YIELDED: State.READY,
    StepEnd.RETURNED: State.RETURNED,
    StepEnd.RAISED: State.RAISED,
    StepEnd.CANCELLED: State.CANCELLED,
}
#: The state after each value that a record's ``end`` can have; whatever is not in the table leaves the task suspended.
_AFTER = tuple(int(_STATE_AFTER.get(end, State.SUSPENDED)) for end in range(256))  # type: ignore[call-overload]

#: kind, end, flags, who, ready_ns, start_ns, end_ns, target of a RECORD.
_HOT_FIELDS = Struct("<BxBBIQQQ4xI8x")
_STEP = int(RecordKind.STEP)
_CALLBACK = int(RecordKind.CALLBACK)
# As plain integers: combining flags makes an object each time, and this is done for each task.
_EAGER = int(Flag.EAGER)
_ALIVE_BEFORE = int(Flag.ALIVE_BEFORE)
_BEGINS_UNKNOWN = int(Flag.ALIVE_BEFORE | Flag.CARRIED)
_CARRIED = int(Flag.CARRIED)
_UNKNOWN, _READY, _RUNNING = int(State.UNKNOWN), int(State.READY), int(State.RUNNING)
#: A nanosecond in boundaries.
_NS = 1 << STATE_BITS

#: The library's coroutines with which ``asyncio.run`` and ``asyncio.Runner`` end a loop, whoever made that.
_HOUSEKEEPING = frozenset({"shutdown_asyncgens", "shutdown_default_executor"})


@dataclass(frozen=True, slots=True)
class Call:
    """One coroutine object that a task awaited, from first sight. ``parent`` is the call that awaits it, 0 the task."""

    number: int
    task: int
    parent: int
    code: int
    arguments: str
    start_ns: int


@dataclass(slots=True)
class Trace:
    """A recording. ``header`` is the file's JSON; ``tasks`` and ``calls`` are by number, in order of first sight."""

    header: dict[str, Any] = field(default_factory=dict)
    definitions: Definitions = field(default_factory=Definitions)
    records: Records = field(default_factory=Records)
    tasks: dict[int, Task] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)
    #: Of each step of a task, in file order, since when it was ready as its spans have it, or ``NEVER_READY``.
    ready_times: array[int] = field(default_factory=lambda: array("q"))
    #: Records of STEP kind and CALLBACK kind, in file order; and where each callback number's record is.
    step_records: array[int] = field(default_factory=lambda: array("I"))
    callback_records: RecordByNumber = field(default_factory=RecordByNumber)
    timer_records: RecordByNumber = field(default_factory=RecordByNumber)
    #: Of each task that was renamed, the records that say so.
    renames: dict[int, list[int]] = field(default_factory=dict)
    #: All other records, by kind, in file order: idle, timers, output, marks, ...
    other_records: dict[int, array[int]] = field(default_factory=dict)
    #: Of each task and callback that had not ended its step when the recorder looked, the provisional record of that.
    pending_tasks: dict[int, int] = field(default_factory=dict)
    pending_callbacks: dict[int, int] = field(default_factory=dict)
    end_ns: int = 0
    #: How many records are missing, by the reason.
    losses: dict[str, int] = field(default_factory=dict)
    #: The texts of the warnings that loops can't be recorded.
    not_instrumented: list[int] = field(default_factory=list)
    #: What is wrong with the file that it was read from, once that was read to its end; see ``files``.
    note: str | None = None
    refused: int = 0
    refused_records: set[int] = field(default_factory=set)
    #: Numbers of the tasks that asyncio made to end a loop: no part of what the program does.
    housekeeping: set[int] = field(default_factory=set)
    #: What tells tasks of one name apart, as far as somebody has asked.
    namesakes: Namesakes = field(default_factory=Namesakes, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.records.origin_ns = int(self.header.get("origin_ns", 0))

    def feed(self, kind: int, loop: int, payload: bytes) -> None:
        """Take in one chunk. No payload makes it raise: what can't be understood is left out and counted."""
        if kind == ChunkKind.RECORDS:
            self._feed_records(loop, payload)
        elif kind in (ChunkKind.DEFINITIONS, ChunkKind.PASSING):
            self.refused += self.definitions.add_all(payload)
        elif kind == ChunkKind.LOSS:
            self._feed_loss(payload)

    def _feed_loss(self, payload: bytes) -> None:
        try:
            loss = json.loads(payload)
            records, reason = max(0, int(loss["records"])), str(loss["reason"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            self.refused += 1
            return
        self.losses[reason] = self.losses.get(reason, 0) + records

    def _feed_records(self, loop: int, payload: bytes) -> None:
        """Take in records. Nearly all are steps and callbacks: they are taken here, with no Raw of their own."""
        if torn := len(payload) % RECORD.size:
            payload = payload[:-torn]
            self.refused += 1
        index, origin = self.records.extend(loop, payload) - 1, self.records.origin_ns
        tasks, pending, steps, callbacks = self.tasks, self.pending_tasks, self.step_records, self.callback_records
        ready_times = self.ready_times
        # Times of the file become boundaries with one multiplication and one subtraction each.
        ready_zero, running_zero, zero = origin * _NS - _READY, origin * _NS - _RUNNING, origin * _NS
        latest_ns, far_ns = self.end_ns + origin, LATEST_NS + origin
        for kind, end, flags, who, ready_ns, start_ns, end_ns, target in _HOT_FIELDS.iter_unpack(payload):
            index += 1
            if kind == _STEP:
                task = tasks.get(who) or self._unseen_task(who, loop)
                if pending and who in pending:
                    self._retract(task)
                after = _AFTER[end]
                ready = None if flags & _EAGER else ready_ns * _NS - ready_zero
                since_ns = task.step(ready, start_ns * _NS - running_zero, end_ns * _NS - zero + after, index)
                if since_ns is None:
                    self._refuse(index, task)
                    continue
                ready_times.append(since_ns)
                if target and after > _RUNNING:
                    task.result = self.definitions.texts.get(target)
            elif kind == _CALLBACK:
                if not origin <= start_ns <= end_ns <= far_ns:
                    self._refuse(index)
                    continue
                callbacks.put(who, index)
                self.pending_callbacks.pop(who, None)
            else:
                if (taker := _TAKERS.get(kind)) is not None:
                    taker(self, index, loop, self.records.raw(index))
                continue
            steps.append(index)
            if end_ns > latest_ns:
                latest_ns = end_ns
        self.end_ns = max(self.end_ns, latest_ns - origin)

    def _unseen_task(self, number: int, loop: int) -> Task:
        task = self.tasks[number] = Task(number, loop, f"task {number}")
        return task

    def _refuse(self, index: int, task: Task | None = None) -> None:
        """Leave out a record, of ``task`` if one is given; if nothing else is known of that, there is no such task."""
        self.refused += 1
        self.refused_records.add(index)
        if task is not None and not task.boundaries and task.created_record < 0:
            del self.tasks[task.number]

    def _retract(self, task: Task) -> None:
        task.retract_provisional()
        del self.pending_tasks[task.number]

    def _take_created(self, index: int, loop: int, raw: Raw) -> None:
        if not self._keep(index, raw, raw.start_ns):
            return
        task, flags, start_ns = self._described(loop, raw), raw.flags, self.records.since_start(raw.start_ns)
        if task.created_record < 0:
            task.created_record = index
        if not flags & _ALIVE_BEFORE:
            task.created_ns, task.creator_kind, task.creator = start_ns, raw.waker_kind, raw.waker
        if not task.boundaries and (not flags & _EAGER or flags & _CARRIED):
            task.begin(start_ns, _UNKNOWN if flags & _BEGINS_UNKNOWN else _READY, index)

    def _described(self, loop: int, raw: Raw) -> Task:
        """The task of a creation, with what this says of it but for when and by whom."""
        _kind, _, _, flags, who, arguments, _, _, _, _, site, call = raw
        texts, code = self.definitions.texts, self.definitions.codes.get(call)
        name, task = given_name(texts, raw), self.tasks.get(who)
        if task is None:
            task = self.tasks[who] = Task(who, loop, f"task {who}" if name is None else name)
        else:
            task.forget_unknown()
            task.name = task.name if name is None else name
        task.code, task.coroutine, task.arguments = call, code.name if code else "?", texts.get(arguments, "")
        task.created_site, task.eager = site, flags & _EAGER != 0
        if code is not None and code.library and code.name.rpartition(".")[2] in _HOUSEKEEPING:
            self.housekeeping.add(who)
        return task

    def _take_call(self, index: int, _loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.start_ns):
            text = self.definitions.texts.get(raw.ready_ns, "")
            start_ns = self.records.since_start(raw.start_ns)
            self.calls[raw.who] = Call(raw.who, raw.target, raw.waker, raw.call, text, start_ns)

    def _take_ready(self, index: int, loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.ready_ns):
            self._foretell(index, loop, raw, None)

    def _take_running(self, index: int, loop: int, raw: Raw) -> None:
        if not self._keep(index, raw, raw.start_ns):
            return
        if raw.flags & Flag.CALLBACK_STEP:
            self.pending_callbacks[raw.who] = index
        else:
            self._foretell(index, loop, raw, self.records.since_start(raw.start_ns))

    def _foretell(self, index: int, loop: int, raw: Raw, start_ns: int | None) -> None:
        ready_ns = self.records.since_start(raw.ready_ns)
        since_ns = ready_ns if start_ns is None else min(ready_ns, start_ns)
        task = self.tasks.get(raw.who)
        if task is None:
            task = self._unseen_task(raw.who, loop)
            task.begin(since_ns, State.UNKNOWN, index)
        self.pending_tasks.pop(raw.who, None)
        if task.foretell(since_ns, start_ns, index):
            self.pending_tasks[raw.who] = index
        else:
            self._refuse(index)

    def _take_timer(self, index: int, _loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.ready_ns):
            self.timer_records.put(raw.who, index)

    def _take_renamed(self, index: int, _loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.start_ns) and (task := self.tasks.get(raw.who)):
            self.renames.setdefault(raw.who, []).append(index)
            task.name = self.definitions.texts.get(raw.target, task.name)

    def _take_cancel(self, index: int, _loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.start_ns) and (task := self.tasks.get(raw.who)):
            task.cancel_requests += raw.target

    def _take_stretch(self, index: int, _loop: int, raw: Raw) -> None:
        if raw.start_ns <= raw.end_ns:
            self._keep(index, raw, raw.end_ns)
        else:
            self._refuse(index)

    def _take_warning(self, index: int, _loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.start_ns) and raw.end == WarningKind.NOT_INSTRUMENTED:
            self.not_instrumented.append(raw.target)

    def _take_moment(self, index: int, _loop: int, raw: Raw) -> None:
        self._keep(index, raw, raw.start_ns)

    def _take_started(self, index: int, loop: int, raw: Raw) -> None:
        if self._keep(index, raw, raw.start_ns):
            self.definitions.runs_in(loop, raw.target)

    def _keep(self, index: int, raw: Raw, time_ns: int) -> bool:
        """List the record under its kind, and see how far the trace reaches; False where its time makes no sense."""
        since_start_ns = time_ns - self.records.origin_ns
        if since_start_ns > LATEST_NS:
            self._refuse(index)
            return False
        kept = self.other_records.get(raw.kind)
        if kept is None:
            kept = self.other_records[raw.kind] = array("I")
        kept.append(index)
        if since_start_ns > self.end_ns:
            self.end_ns = since_start_ns
        return True

    def of_kind(self, kind: RecordKind) -> array[int]:
        """Indexes of all records of a kind other than STEP and CALLBACK, in file order."""
        return self.other_records.get(kind, array("I"))

    @property
    def own_tasks(self) -> Iterator[Task]:
        """The program's tasks, in order of first sight: all but the ``housekeeping``."""
        return (task for task in self.tasks.values() if task.number not in self.housekeeping)

    @property
    def lost_records(self) -> int:
        """How many records are missing, for whatever reason."""
        return sum(self.losses.values())

    def parent(self, task: Task) -> int | None:
        """The task that created ``task``, itself or by a callback or timer of its own; None if none did or is known."""
        return task_behind(self, task.creator_kind, task.creator)

    def loop_info(self, number: int) -> LoopInfo:
        """What is known of a loop."""
        return self.definitions.loops.get(number) or LoopInfo(number, "?", "?", "?")


#: What a kind of record does to the Trace.
_TAKERS: dict[int, Callable[[Trace, int, int, Raw], None]] = {
    RecordKind.TASK_CREATED: Trace._take_created,
    RecordKind.CALL: Trace._take_call,
    RecordKind.READY: Trace._take_ready,
    RecordKind.RUNNING: Trace._take_running,
    RecordKind.TIMER_SET: Trace._take_timer,
    RecordKind.TASK_RENAMED: Trace._take_renamed,
    RecordKind.CANCEL_REQUESTED: Trace._take_cancel,
    RecordKind.IDLE: Trace._take_stretch,
    RecordKind.BLOCKED: Trace._take_stretch,
    RecordKind.TIMER_CANCELLED: Trace._take_moment,
    RecordKind.LOOP_STARTED: Trace._take_started,
    RecordKind.LOOP_STOPPED: Trace._take_moment,
    RecordKind.OUTPUT: Trace._take_moment,
    RecordKind.MARK: Trace._take_moment,
    RecordKind.WARNING: Trace._take_warning,
}
