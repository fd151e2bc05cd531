"""The making of a task, on any kind of loop: numbered before it is made, written down when it has been.

Decides how the first step of an eager task, which runs while the task is being made, is told from that of one that is
queued. Whether a task is eager is known only afterwards: a program's own factory, or what has taken the place of
asyncio's ``create_task``, may be anything.

Awkward cases: an eager task may be over before anybody has it, so it is numbered first and counts as running meanwhile;
a task that turned out not to be eager was queued in its own name, which is corrected; a task may run a coroutine of a
tool's around the one it was made of; our own frames are cut from the stack that debug mode keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from traceback import StackSummary
from typing import Any

from loopviz.events import Flag, WakeKind
from loopviz.recording.inspection import can_be_known, has_started
from loopviz.recording.state import LoopState
from loopviz.recording.steps import record_eager_step
from loopviz.recording.tracebacks import cut_own_frames

_EAGER = int(Flag.EAGER)
_CREATED_EAGERLY = frozenset({"eager_start"})


def is_asked_to_be_eager(kwargs: dict[str, Any]) -> bool:
    """Whether ``create_task`` with these arguments may start the task at once."""
    return not _CREATED_EAGERLY.isdisjoint(kwargs)


def make_task(loop: Any, state: LoopState, create: Callable[..., Any], coroutine: Any, kwargs: dict[str, Any]) -> Any:
    """Have the loop's own ``create_task`` make a task, which is queued, and record its creation."""
    born_ns, waker_kind, waker = state.now_ns(), state.current_kind, state.current
    task = create(loop, coroutine, **kwargs) if kwargs else create(loop, coroutine)
    try:
        if not state.fast:
            _cut_creation_stack(task)
        tasks = state.recorder.tasks
        tasks.created(state, task, coroutine, tasks.reserve(), born_ns, waker_kind, waker)
    except Exception as error:
        state.recorder.fail(error)
    return task


def make_any_task(
    loop: Any, state: LoopState, create: Callable[..., Any], coroutine: Any, kwargs: dict[str, Any]
) -> Any:
    """The same where it may begin at once, or run something else around the coroutine."""
    tasks = state.recorder.tasks
    number, by = tasks.reserve(), (state.current_kind, state.current)
    born_ns = state.now_ns()
    state.current_kind, state.current = int(WakeKind.TASK), number
    try:
        task = create(loop, coroutine, **kwargs)
    finally:
        state.current_kind, state.current = by
    try:
        _cut_creation_stack(task)
        if can_be_known(task):
            eager = has_started(task) is True
            known = tasks.created(state, task, coroutine, number, born_ns, *by, _EAGER if eager else 0)
            tasks.note_wrapping(known, task, coroutine)
            if eager:
                record_eager_step(state, task, known, by, born_ns)
            else:
                state.correct_waker(loop, task, by)
    except Exception as error:
        state.recorder.fail(error)
    try:
        return task
    finally:
        del task  # or an eager task's exception would hold its task through this frame


def _cut_creation_stack(task: Any) -> None:
    """Cut our frames from the stack that debug mode has kept, if it has."""
    stack = getattr(task, "_source_traceback", None)
    if type(stack) is StackSummary:
        cut_own_frames(stack)
