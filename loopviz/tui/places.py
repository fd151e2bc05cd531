"""Which line of which file a span is at: the user's own line where there is one.

Decides: a suspended task is at its innermost await in the user's own code, and still there while it queues for its
turn; a step is at where it ended, and one that held the loop at where it was last seen to do so. Before its first step,
and once it has finished, a task is at its coroutine's first line.
"""

from __future__ import annotations

from loopviz.events import RecordKind
from loopviz.trace.blocking import blocked_at
from loopviz.trace.definitions import Frame, innermost_own
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Span, Task
from loopviz.trace.trace import Trace
from loopviz.trace.waits import wait_of_span


def place_of_span(trace: Trace, task: Task, index: int) -> Frame | None:
    """The frame to show for the task's span number ``index``; None where the recording knows of none."""
    span = task.span(index)
    if span.state is State.READY and index:
        before = task.span(index - 1)
        # What it waited for, or the step that yielded.
        yielded = _end_of_step(trace, before) if before.state is State.RUNNING else None
        return yielded or place_of_span(trace, task, index - 1)
    if span.state is State.SUSPENDED:
        wait = wait_of_span(trace, span)
        return (wait.user or wait.innermost) if wait is not None else coroutine_place(trace, task)
    if span.state is State.RUNNING:
        return blocked_at(trace, span) or _end_of_step(trace, span) or coroutine_place(trace, task)
    return coroutine_place(trace, task)


def _end_of_step(trace: Trace, span: Span) -> Frame | None:
    """Where a step ended; None where that is not known."""
    raw = trace.records.raw(span.record) if 0 <= span.record < len(trace.records) else None
    chain = trace.definitions.chain(raw.site) if raw is not None and raw.kind == RecordKind.STEP else ()
    return innermost_own(chain) if chain else None


def coroutine_place(trace: Trace, task: Task) -> Frame | None:
    """Where the task's coroutine begins."""
    code = trace.definitions.codes.get(task.code)
    return Frame(code.name, code.file, code.line, code.library) if code is not None else None
