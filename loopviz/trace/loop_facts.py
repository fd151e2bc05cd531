"""What the events of loops tell: started, idle, woken, plain callbacks, timers, output, marks.

Decides which facts each has; ``loopviz.exporters.json_lines`` lists them. Awkward case: a loop may be run again, and in
another thread, so its thread is that of its last start.
"""

from __future__ import annotations

from bisect import bisect_right

from loopviz.events import NO_TIMEOUT, RecordKind
from loopviz.trace.told import Facts, Told

_STREAMS = {1: "stdout", 2: "stderr"}


def loop(told: Told) -> Facts:
    info = told.trace.loop_info(told.loop)
    return {
        "thread": _thread(told) or info.thread,
        "kind": info.kind,
        "class": info.loop_class,
        "python": str(told.trace.header.get("python", "?")),
    }


def _thread(told: Told) -> str | None:
    starts = told.trace.of_kind(RecordKind.LOOP_STARTED)
    for at in range(bisect_right(starts, told.record) - 1, -1, -1):
        if told.trace.records.loop_of(starts[at]) == told.loop:
            return told.text(told.trace.records.raw(starts[at]).target)
    return None


def idle(told: Told) -> Facts:
    return {"timeout_ns": None if told.raw.ready_ns == NO_TIMEOUT else told.raw.ready_ns}


def woken(told: Told) -> Facts:
    return {**idle(told), "idle_ns": told.t_ns - told.since_start(told.raw.start_ns)}


def callback_started(told: Told) -> Facts:
    return {
        "callback": told.raw.who,
        "name": told.text(told.raw.target),
        "latency_ns": told.step.latency_ns,
        **told.origin(),
    }


def callback_finished(told: Told) -> Facts:
    step = told.step
    return {
        "callback": told.raw.who,
        "name": told.text(told.raw.target),
        "outcome": step.end.name.lower(),
        "ran_ns": step.length_ns,
    }


def timer_set(told: Told) -> Facts:
    return {
        "timer": told.raw.who,
        "name": told.text(told.raw.target),
        "due_ns": told.since_start(told.raw.start_ns),
        "delay_ns": told.raw.end_ns,
        **told.origin(),
    }


def timer_cancelled(told: Told) -> Facts:
    return {"timer": told.raw.who, **told.origin()}


def output(told: Told) -> Facts:
    return {"stream": _STREAMS.get(told.raw.end), "text": told.text(told.raw.target) or "", **told.origin()}


def mark(told: Told) -> Facts:
    return {"label": told.text(told.raw.target) or "", **told.origin()}
