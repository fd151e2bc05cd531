"""A span in words: what a reader sees who points at it.

Decides the facts and their order: who and in which state, from when to when and for how long, why (what a suspended
task waits on and where, who made a ready one ready), and for merged spans what they are made of.
"""

from __future__ import annotations

from collections.abc import Iterator

from loopviz.events import WakeKind
from loopviz.exporters.escaping import visible
from loopviz.exporters.facts import count
from loopviz.timeline.durations import exact, rounded
from loopviz.timeline.labels import task_label
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.segments import Segment
from loopviz.timeline.tracks import CALLBACK, IDLE, OVERHEAD, STEP
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Span
from loopviz.trace.trace import Trace
from loopviz.trace.waits import wait_of_span
from loopviz.trace.wakes import Wake, wake_of_span

_TASK_STATES: dict[int, str] = {
    State.UNKNOWN: "in an unknown state",
    State.SUSPENDED: "suspended",
    State.READY: "ready, waits for its turn",
    State.RUNNING: "running",
}
_LOOP_STATES: dict[int, str] = {
    OVERHEAD: "busy between steps",
    IDLE: "idle",
    CALLBACK: "runs a callback",
    STEP: "runs a task",
}
_WAKERS = {
    WakeKind.TIMER: "a timer",
    WakeKind.IO: "I/O",
    WakeKind.THREAD: "another thread",
    WakeKind.OUTSIDE: "code outside of the loop",
    WakeKind.CALLBACK: "a callback",
}


class Titles:
    """Writes titles for one trace: lines that only read as text, whatever the program's names hold."""

    def __init__(self, trace: Trace, zero_ns: int = 0) -> None:
        self.trace = trace
        self.zero_ns = zero_ns

    def of(self, row: Row, label: str, segment: Segment) -> str:
        """The title of a segment; ``label`` is the row's, made visible."""
        states = _LOOP_STATES if row.kind == RowKind.LOOP else _TASK_STATES
        lasted = rounded(segment.end_ns - segment.start_ns)
        times = f"from {exact(segment.start_ns - self.zero_ns)} to {exact(segment.end_ns - self.zero_ns)}"
        if segment.spans > 1:
            lengths = sorted(segment.lengths_ns.items(), reverse=True)
            parts = [f"{states[state]} {rounded(ns)}" for state, ns in lengths if state in states]
            return "\n".join([f"{label}: {count(segment.steps, 'step')} in {lasted}", times, *parts])
        state = next(iter(segment.lengths_ns))
        return "\n".join([f"{label}: {states[state]} for {lasted}", times, *self._reasons(row, segment)])

    def wait(self, row: Row, segment: Segment) -> str:
        """What a suspended task waits on, in a word or two; empty where that is not known."""
        span = self._span(row, segment)
        wait = None if span is None else wait_of_span(self.trace, span)
        return "" if wait is None else visible(wait.words)

    def _reasons(self, row: Row, segment: Segment) -> Iterator[str]:
        span = self._span(row, segment)
        if span is None:
            return
        if (wait := wait_of_span(self.trace, span)) is not None:
            frame = wait.user or wait.innermost
            yield visible(f"on {wait.words}" + (f" at {frame.place} in {frame.name}" if frame else ""))
        if (wake := wake_of_span(self.trace, span)) is not None:
            yield visible(self._waker(wake, span))

    def _span(self, row: Row, segment: Segment) -> Span | None:
        """The span of the task that a segment shows; None for a loop's."""
        if row.kind == RowKind.LOOP:
            return None
        if row.kind == RowKind.TASK:
            return self.trace.tasks[row.number].span(segment.span)
        task = self.trace.tasks[self.trace.calls[row.number].task]
        index = task.span_index_at(segment.start_ns)
        return None if index is None else task.span(index)

    def _waker(self, wake: Wake, span: Span) -> str:
        if wake.is_yield_of(span.task):
            return "it yielded, and was ready again at once"
        waker = self.trace.tasks.get(wake.task) if wake.kind == WakeKind.TASK and wake.task else None
        words = task_label(self.trace, waker) if waker else _WAKERS.get(wake.kind, "something not recorded")
        return f"made ready by {words}" + (f", through {wake.callback}" if wake.callback else "")
