"""Who woke whom: from what a record says to what a person asks.

Decides how a waker is followed. A task is often woken by a plain callback that another task's end scheduled (``gather``
does so), or by a timer that the task set itself (``sleep``). The *wake* keeps both: what it was at first hand, and the
task that stands behind it, if one does.

Awkward cases: a callback whose record has not come yet or was dropped leaves its wake unexplained; a chain of callbacks
is followed to a fixed depth, so a loop in damaged data ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.lifecycle import State
from loopviz.trace.records import Step
from loopviz.trace.tasks import Span

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Wake:
    """What made a task ready.

    ``kind`` is the origin: a task, a timer, I/O, another thread, the outside. ``task`` is the task at the origin (for a
    timer: who set it). ``callback`` is the name of the callback that did it on its behalf, where one did.
    """

    kind: WakeKind
    task: int | None
    timer: int | None
    callback: str | None
    at_ns: int

    def is_yield_of(self, task: int) -> bool:
        """Whether nothing woke the task: it had only given its turn away, and was ready again at once."""
        return self.kind == WakeKind.TASK and self.task == task and self.callback is None


def wake_of(trace: Trace, step: Step) -> Wake:
    """The wake that led to ``step``."""
    return follow(trace, step.waker_kind, step.waker, step.ready_ns)


def wake_of_span(trace: Trace, span: Span) -> Wake | None:
    """What made the task ready, for a span that is ready or running; None for any other, and where it was not seen."""
    if span.state not in (State.READY, State.RUNNING):
        return None
    raw = trace.records.raw(span.record)
    if raw.kind == RecordKind.TASK_CREATED:
        return follow(trace, raw.waker_kind, raw.waker, span.start_ns)
    if raw.kind == RecordKind.STEP and span.state == State.READY and span.end_ns is None:
        # Its next step has not come yet: the span is told by the step that yielded, which made the task ready itself.
        return follow(trace, WakeKind.TASK, span.task, span.start_ns)
    return wake_of(trace, trace.records.step(span.record))


def follow(trace: Trace, kind: int, number: int, at_ns: int) -> Wake:
    """The wake at the origin of a record's waker, of a ``WakeKind`` (or nonsense) and number."""
    callback: str | None = None
    for _ in range(_DEEPEST):
        if kind != WakeKind.CALLBACK:
            break
        record = trace.callback_records.get(number)
        if record is None:
            return Wake(WakeKind.CALLBACK, None, None, callback, at_ns)
        raw = trace.records.raw(record)
        callback = callback or trace.definitions.texts.get(raw.target)
        kind, number = raw.waker_kind, raw.waker
    if kind == WakeKind.TASK:
        return Wake(WakeKind.TASK, number, None, callback, at_ns)
    if kind == WakeKind.TIMER:
        return Wake(WakeKind.TIMER, task_behind(trace, kind, number), number, callback, at_ns)
    return Wake(WakeKind(kind) if kind <= WakeKind.OUTSIDE else WakeKind.UNKNOWN, None, None, callback, at_ns)


def task_behind(trace: Trace, waker_kind: int, waker: int) -> int | None:
    """The number of the task at the origin of a waker; None where no task is."""
    for _ in range(_DEEPEST):
        if waker_kind == WakeKind.TASK:
            return waker
        if waker_kind == WakeKind.CALLBACK:
            record = trace.callback_records.get(waker)
        elif waker_kind == WakeKind.TIMER:
            record = trace.timer_records.get(waker)
        else:
            return None
        if record is None:
            return None
        raw = trace.records.raw(record)
        waker_kind, waker = raw.waker_kind, raw.waker
    return None
