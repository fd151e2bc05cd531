"""Names that asyncio gives to tasks after it has made them, as ``create_task(..., name=...)`` does before 3.13.

Decides that such a name counts from the creation on. asyncio sets it by a function of its own, which is watched; where
it has none, it makes tasks with their names. Names that a program sets itself are noticed later; see ``TaskTable``.
"""

from __future__ import annotations

from asyncio import tasks
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from loopviz.events import Flag
from loopviz.recording import active

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

_NAME = "_set_task_name"


def watch(recorder: Recorder) -> Callable[[], None]:
    """Notice the names that asyncio sets. Returns what undoes it."""
    original = getattr(tasks, _NAME, None)
    if original is None:
        return lambda: None

    @wraps(original)
    def set_task_name(task: Any, name: Any) -> None:
        original(task, name)
        if name is not None:
            _notice(recorder, task)

    setattr(tasks, _NAME, set_task_name)

    def undo() -> None:
        if getattr(tasks, _NAME) is set_task_name:
            setattr(tasks, _NAME, original)

    return undo


def _notice(recorder: Recorder, task: Any) -> None:
    try:
        known = recorder.tasks.known.get(id(task))
        state = active.state_of(task.get_loop()) if known is not None else None
        if known is not None and state is not None and state.open:
            recorder.tasks.renew_name(state, task, known, state.now_ns(), Flag.AT_CREATION)
    except Exception as error:
        recorder.fail(error)
