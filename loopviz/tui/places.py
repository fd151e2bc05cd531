"""Which line of which file a span is at: the user's own line where there is one.

Decides: a suspended task is at its innermost await in the user's own code, and still there while it queues for its
turn; a step is at where it ended. Before its first step, and once it has finished, a task is at its coroutine's first
line.
"""

from __future__ import annotations

from loopviz.events import RecordKind
from loopviz.trace.definitions import Frame
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace
from loopviz.trace.waits import wait_of_span


def place_of_span(trace: Trace, task: Task, index: int) -> Frame | None:
    """The frame to show for the task's span number ``index``; None where the recording knows of none."""
    span = task.span(index)
    if span.state is State.READY and index:
        # What it waited for, or the step that yielded.
        return place_of_span(trace, task, index - 1)
    if span.state is State.SUSPENDED:
        wait = wait_of_span(trace, span)
        return (wait.user or wait.innermost) if wait is not None else coroutine_place(trace, task)
    if span.state is State.RUNNING and 0 <= span.record < len(trace.records):
        raw = trace.records.raw(span.record)
        if raw.kind == RecordKind.STEP and (chain := trace.definitions.chain(raw.site)):
            return innermost_own(chain)
    return coroutine_place(trace, task)


def coroutine_place(trace: Trace, task: Task) -> Frame | None:
    """Where the task's coroutine begins."""
    code = trace.definitions.codes.get(task.code)
    return Frame(code.name, code.file, code.line, code.library) if code is not None else None


def innermost_own(chain: tuple[Frame, ...]) -> Frame:
    """The innermost frame of the user's own code; the innermost of all where there is none."""
    return next((frame for frame in reversed(chain) if not frame.library), chain[-1])
