"""Events: each one timestamped fact of a trace, under its name in the event table of the documentation.

Decides which event a part of a record is: its name, the task it is about, and who states its facts (``task_facts``,
``loop_facts``). Facts are plain values, so that any format can carry them; ``loopviz.exporters.json_lines`` lists them
all. Three of the choices:

- A step that ends in a bare yield is ``task_suspended`` with ``yielded`` true, and ``task_ready`` at the same time: the
  task waits for nothing but its turn, and the picture shows no suspension.
- ``by`` names the origin of what happened (a task, a timer, I/O, another thread), ``by_task`` the task behind it (for a
  timer: who set it), ``by_callback`` the callback that did it on its behalf.
- A task's name is the last one it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopviz.events import Flag, RecordKind
from loopviz.trace import loop_facts, task_facts
from loopviz.trace.told import Facts, Part, Told
from loopviz.trace.wakes import task_behind

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. ``t_ns`` is since the recording's start; ``loop`` and ``task`` are numbers, None where there is none.

    ``record`` is the index of the record that tells it.
    """

    t_ns: int
    name: str
    loop: int | None
    task: int | None
    facts: Facts
    record: int


def event_of(trace: Trace, t_ns: int, record: int, part: Part) -> Event:
    """The event that a part of a record tells; ``t_ns`` is what the chronicle says."""
    raw = trace.records.raw(record)
    told = Told(trace, record, part, raw, t_ns)
    is_callback = raw.kind == RecordKind.RUNNING and raw.flags & Flag.CALLBACK_STEP
    form = _CALLBACK_STARTED if is_callback else _FORMS[raw.kind, part]
    name = form.name if isinstance(form.name, str) else form.name(told)
    return Event(t_ns, name, told.loop or None, form.task(told), form.facts(told), record)


def _who(told: Told) -> int | None:
    return told.raw.who or None


def _nobody(_told: Told) -> int | None:
    return None


def _behind(told: Told) -> int | None:
    return task_behind(told.trace, told.raw.waker_kind, told.raw.waker)


def _who_or_behind(told: Told) -> int | None:
    return told.raw.who or _behind(told)


def _who_unless_callback(told: Told) -> int | None:
    return None if told.raw.flags & Flag.CALLBACK_STEP else told.raw.who or None


@dataclass(frozen=True, slots=True)
class _Form:
    """How an event is put: its name (or what finds it), the task it is about, its facts."""

    name: str | Callable[[Told], str]
    task: Callable[[Told], int | None]
    facts: Callable[[Told], Facts]


_READY = _Form("task_ready", _who, task_facts.ready)
_START = _Form(task_facts.start_name, _who, task_facts.start)
_END = _Form(task_facts.end_name, _who, task_facts.end)
_CALLBACK_STARTED = _Form("callback_started", _nobody, loop_facts.callback_started)

_FORMS: dict[tuple[int, Part], _Form] = {
    (RecordKind.LOOP_STARTED, Part.MOMENT): _Form("loop_started", _nobody, loop_facts.loop),
    (RecordKind.LOOP_STOPPED, Part.MOMENT): _Form("loop_stopped", _nobody, loop_facts.loop),
    (RecordKind.IDLE, Part.START): _Form("loop_idle", _nobody, loop_facts.idle),
    (RecordKind.IDLE, Part.END): _Form("loop_woken", _nobody, loop_facts.woken),
    (RecordKind.TASK_CREATED, Part.MOMENT): _Form("task_created", _who, task_facts.created),
    (RecordKind.TASK_CREATED, Part.AGAIN): _READY,
    (RecordKind.TASK_RENAMED, Part.MOMENT): _Form("task_renamed", _who, task_facts.renamed),
    (RecordKind.STEP, Part.READY): _READY,
    (RecordKind.STEP, Part.START): _START,
    (RecordKind.STEP, Part.END): _END,
    (RecordKind.STEP, Part.AGAIN): _READY,
    (RecordKind.STEP, Part.EAGER_START): _START,
    (RecordKind.STEP, Part.EAGER_END): _END,
    (RecordKind.READY, Part.READY): _READY,
    (RecordKind.RUNNING, Part.READY): _READY,
    (RecordKind.RUNNING, Part.START): _START,
    (RecordKind.CANCEL_REQUESTED, Part.MOMENT): _Form("cancel_requested", _who, task_facts.cancel_requested),
    (RecordKind.CALLBACK, Part.START): _CALLBACK_STARTED,
    (RecordKind.CALLBACK, Part.END): _Form("callback_finished", _nobody, loop_facts.callback_finished),
    (RecordKind.TIMER_SET, Part.MOMENT): _Form("timer_set", _behind, loop_facts.timer_set),
    (RecordKind.TIMER_CANCELLED, Part.MOMENT): _Form("timer_cancelled", _behind, loop_facts.timer_cancelled),
    (RecordKind.OUTPUT, Part.MOMENT): _Form("output", _behind, loop_facts.output),
    (RecordKind.MARK, Part.MOMENT): _Form("mark", _behind, loop_facts.mark),
    (RecordKind.BLOCKED, Part.MOMENT): _Form("blocked", _who_unless_callback, task_facts.blocked),
    (RecordKind.WARNING, Part.MOMENT): _Form("warning", _who_or_behind, task_facts.warning),
}
