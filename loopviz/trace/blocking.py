"""The lines at which steps held the loop: what a watchdog saw of them while they ran.

Decides which sightings are of which step: those that name its task, or its callback, and its start. A step is looked at
again after twice as long each time; the last look stands for all of it, and a step is put down to the innermost line
of the program's own code there, or of any code where there is none.

Awkward cases: a step that the trace does not see the end of lasts until the trace ends; one that a bounded file has
dropped, or that is damaged, is as long as it was seen to be; where the stack is not known, neither is a line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from loopviz.events import Flag, RecordKind
from loopviz.trace.definitions import Frame, innermost_own
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Span
from loopviz.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class BlockingStep:
    """A step that held the loop, of a task or of a callback (the other is None). Times are since the recording's start.

    ``frame`` is where it was last seen, None where the recording does not know.
    """

    task: int | None
    callback: int | None
    start_ns: int
    length_ns: int
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class BlockingPlace:
    """The steps that were seen to hold the loop at one line; ``longest`` is one of them."""

    frame: Frame | None
    step_count: int
    total_ns: int
    longest: BlockingStep


def blocking_places(trace: Trace) -> list[BlockingPlace]:
    """Every line at which the loop was held, the one that took most of its time first."""
    at: dict[Frame | None, list[BlockingStep]] = {}
    for step in blocking_steps(trace):
        at.setdefault(step.frame, []).append(step)
    places = [
        BlockingPlace(
            frame, len(steps), sum(step.length_ns for step in steps), max(steps, key=lambda step: step.length_ns)
        )
        for frame, steps in at.items()
    ]
    return sorted(places, key=lambda place: place.total_ns, reverse=True)


def blocking_steps(trace: Trace) -> Iterator[BlockingStep]:
    """Every step that was seen to hold its loop, in the order in which they were first seen."""
    last_looks: dict[tuple[int, bool, int], int] = {}
    for record in trace.of_kind(RecordKind.BLOCKED):
        raw = trace.records.raw(record)
        last_looks[raw.who, bool(raw.flags & Flag.CALLBACK_STEP), raw.start_ns] = record
    for (who, is_callback, _), record in last_looks.items():
        raw = trace.records.raw(record)
        start_ns, seen_ns = map(trace.records.since_start, (raw.start_ns, raw.end_ns))
        end_ns = _callback_end_ns(trace, who, raw.start_ns) if is_callback else _step_end_ns(trace, who, start_ns)
        length_ns = max(0, (seen_ns if end_ns is None else end_ns) - start_ns)
        task, callback = (None, who) if is_callback else (who, None)
        yield BlockingStep(task, callback, start_ns, length_ns, _frame(trace, record))


def blocked_at(trace: Trace, span: Span) -> Frame | None:
    """Where a task's step was last seen to hold the loop; None for one that was not, or of which no line is known."""
    looks, records = trace.of_kind(RecordKind.BLOCKED), trace.records
    until_ns = trace.end_ns if span.end_ns is None else span.end_ns

    def seen_ns(record: int) -> int:
        return records.since_start(records.raw(record).end_ns)

    # One watchdog writes them all, in the order of their times.
    for place in range(bisect_left(looks, until_ns + 1, key=seen_ns) - 1, -1, -1):
        raw = records.raw(looks[place])
        if records.since_start(raw.end_ns) < span.start_ns:
            return None
        begun_ns = records.since_start(raw.start_ns)
        if raw.who == span.task and begun_ns == span.start_ns and not raw.flags & Flag.CALLBACK_STEP:
            return _frame(trace, looks[place])
    return None


def _frame(trace: Trace, record: int) -> Frame | None:
    chain = trace.definitions.chain(trace.records.raw(record).site)
    return innermost_own(chain) if chain else None


def _step_end_ns(trace: Trace, number: int, start_ns: int) -> int | None:
    """When the task's step that began then ended, or the trace did; None where there is none."""
    task = trace.tasks.get(number)
    index = task.span_index_at(start_ns) if task is not None else None
    if task is None or index is None:
        return None
    span = task.span(index)
    if span.state is not State.RUNNING or span.start_ns != start_ns:
        return None
    return trace.end_ns if span.end_ns is None else span.end_ns


def _callback_end_ns(trace: Trace, number: int, raw_start_ns: int) -> int | None:
    """When the callback that began then ended, or the trace did; None where there is none."""
    if number in trace.pending_callbacks:
        return trace.end_ns
    record = trace.callback_records.get(number)
    raw = trace.records.raw(record) if record is not None else None
    return trace.records.since_start(raw.end_ns) if raw is not None and raw.start_ns == raw_start_ns else None
