"""What the events of tasks tell: created, renamed, ready, started, suspended, finished, told to cancel, blocking.

Decides which facts each has; ``loopviz.exporters.json_lines`` lists them. Latencies are the lengths of the ready spans
in the picture: a step that was never ready (an eager task's first) has None.
"""

from __future__ import annotations

from bisect import bisect_left

from loopviz.events import Flag, RecordKind, StepEnd, WakeKind, WarningKind
from loopviz.trace.lifecycle import State
from loopviz.trace.names import name_before
from loopviz.trace.records import known
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.told import Facts, Part, Told, line_of, origin
from loopviz.trace.waits import wait_of


def created(told: Told) -> Facts:
    definitions, task = told.trace.definitions, told.trace.tasks[told.raw.who]
    code, made_at = definitions.codes.get(task.code), definitions.chain(task.created_site)
    return {
        "name": task.name,
        "coroutine": task.coroutine,
        "arguments": task.arguments,
        "file": code.file if code else None,
        "line": code.line if code and code.line > 0 else None,
        "created_file": made_at[-1].file if made_at else None,
        "created_line": line_of(made_at[-1]) if made_at else None,
        "parent": told.trace.parent(task),
        "eager": task.eager,
        "alive_before": task.created_ns is None,
        "inferred": bool(told.raw.flags & Flag.INFERRED),
        **origin(told.trace, task.creator_kind, task.creator),
    }


def renamed(told: Told) -> Facts:
    return {"name": told.text(told.raw.target), "previous_name": name_before(told.trace, told.raw.who, told.record)}


def ready(told: Told) -> Facts:
    if told.part == Part.AGAIN and told.raw.kind == RecordKind.STEP:
        return origin(told.trace, WakeKind.TASK, told.raw.who)
    return told.origin()


def start_name(told: Told) -> str:
    """A task is started by the first step it ever makes; where earlier ones may have been missed, it is resumed."""
    task, at = told.trace.tasks[told.raw.who], _start_boundary(told)
    first = at == 0 or (at == 1 and task.boundaries[0] & STATE_MASK == State.READY)
    return "task_started" if first and task.created_record >= 0 else "task_resumed"


def start(told: Told) -> Facts:
    boundaries, at = told.trace.tasks[told.raw.who].boundaries, _start_boundary(told)
    if at == 0 or boundaries[at - 1] & STATE_MASK != State.READY:
        return {"latency_ns": None}
    return {"latency_ns": (boundaries[at] >> STATE_BITS) - (boundaries[at - 1] >> STATE_BITS)}


def _start_boundary(told: Told) -> int:
    """The boundary of the task at which the step began to run."""
    task = told.trace.tasks[told.raw.who]
    at = bisect_left(task.tellers, told.record)
    while task.boundaries[at] & STATE_MASK != State.RUNNING:
        at += 1
    return at


_OUTCOMES = {StepEnd.RETURNED: "returned", StepEnd.RAISED: "raised", StepEnd.CANCELLED: "cancelled"}


def end_name(told: Told) -> str:
    return "task_finished" if told.raw.end in _OUTCOMES else "task_suspended"


def end(told: Told) -> Facts:
    step = told.step
    wait = wait_of(told.trace, step)
    if wait is None:
        return {"outcome": _OUTCOMES[step.end], "result": told.text(step.target), "ran_ns": step.length_ns}
    return {
        "wait": wait.kind,
        "words": wait.words,
        "wait_task": wait.task,
        "wait_count": wait.count,
        "delay_ns": wait.delay_ns,
        "yielded": step.end == StepEnd.YIELDED,
        "ran_ns": step.length_ns,
        "frames": told.frames(),
    }


def cancel_requested(told: Told) -> Facts:
    return {"requests": told.raw.target, "inferred": bool(told.raw.flags & Flag.INFERRED), **told.origin()}


def warning(told: Told) -> Facts:
    kind = known(WarningKind, told.raw.end).name.lower()
    code = told.trace.definitions.codes.get(told.raw.call)
    return {
        "warning": kind,
        "text": told.text(told.raw.target) or "",
        "coroutine": code.name if code else None,
        "file": code.file if code else None,
        "line": code.line if code and code.line > 0 else None,
        "frames": told.frames(),
        **told.origin(),
    }


def blocked(told: Told) -> Facts:
    return {
        "callback": told.raw.who if told.raw.flags & Flag.CALLBACK_STEP else None,
        "running_ns": told.t_ns - told.since_start(told.raw.start_ns),
        "frames": told.frames(),
    }
