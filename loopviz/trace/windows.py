"""A part of a long trace's chronicle, made at once: the events of the records around a moment.

Decides which records those are: so many before and after the last one that tells of something up to the moment, in the
order of the file. A window has the events of its records in their order, exactly as the whole chronicle has them; what
is told by records outside of it is missing.

Awkward cases: loops take turns in the file, block by block, so that a window may hold of another loop nothing, or
something far away; a timer's record has the time at which it is due, and is placed by the time at which it was set.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from loopviz.events import RecordKind, StepEnd
from loopviz.trace.chronicle import Chronicle, is_ready_at_once
from loopviz.trace.lifecycle import State
from loopviz.trace.records import Raw
from loopviz.trace.tasks import STATE_MASK
from loopviz.trace.trace import Trace

#: So many records before the moment, and after it: some screens full of sentences.
_BEFORE, _AFTER = 600, 200

_BY_READY: frozenset[int] = frozenset({RecordKind.TIMER_SET, RecordKind.READY})
_BY_END: frozenset[int] = frozenset({RecordKind.STEP, RecordKind.CALLBACK, RecordKind.IDLE, RecordKind.BLOCKED})


def records_around(trace: Trace, time_ns: int, until: int = 1 << 62) -> tuple[int, int]:
    """The first record of the window around a moment, and the one after its last, of the records before ``until``."""
    records = trace.records

    def told_ns(index: int) -> int:
        return records.since_start(_told_at(records.raw(index)))

    last = min(len(records), until)
    at = bisect_right(range(last), time_ns, key=told_ns)
    return max(0, at - _BEFORE), min(last, at + _AFTER)


def _told_at(raw: Raw) -> int:
    """When the last happened that a record tells; the records of a loop are in this order."""
    if raw.kind in _BY_READY:
        return raw.ready_ns
    return raw.end_ns if raw.kind in _BY_END else raw.start_ns


def window(trace: Trace, first: int, last: int) -> Chronicle:
    """The events of the records from ``first`` up to, not including, ``last``."""
    return Chronicle(trace, last - first, first, set(_told_ready(trace, first, last)))


def _told_ready(trace: Trace, first: int, last: int) -> Iterator[int]:
    """The tasks that are ready before their first step in the window, as a record before the window has told."""
    seen: dict[int, int] = {}
    for index in range(first, last):
        raw = trace.records.raw(index)
        if raw.kind == RecordKind.STEP and index not in trace.refused_records:
            seen.setdefault(raw.who, index)
    if last == len(trace.records):
        seen = {**trace.pending_tasks, **seen}
    return (task for task, record in seen.items() if _was_told_ready(trace, task, record))


def _was_told_ready(trace: Trace, number: int, record: int) -> bool:
    task = trace.tasks[number]
    at = bisect_left(task.tellers, record)
    if at >= len(task.boundaries) or task.boundaries[at] & STATE_MASK != State.READY:
        return False
    if at:
        before = trace.records.raw(task.tellers[at - 1])
        return before.kind == RecordKind.STEP and before.end == StepEnd.YIELDED
    created = trace.records.raw(task.created_record) if task.created_record >= 0 else None
    if created is None:
        return False
    return is_ready_at_once(task, created.flags, created.start_ns - trace.records.origin_ns)
