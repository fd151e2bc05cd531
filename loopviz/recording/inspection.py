"""What is read off a task, always without changing it.

Decides whether it has begun, how it ended, what it runs and what it is called. ``exception()`` would mark an exception
as retrieved, so the slots behind the methods are read.

Awkward cases: a task-like object of a program's own factory may lack any of the slots, the one for weak references
among them; the coroutine of an eager task that is over is gone.
"""

from __future__ import annotations

from types import CoroutineType
from typing import Any

from loopviz.events import StepEnd
from loopviz.recording.chains import link
from loopviz.recording.definitions import Definitions
from loopviz.recording.values import short_exception, short_repr, type_name

_weak_reference_offset, _bases = type.__dict__["__weakrefoffset__"].__get__, type.__dict__["__mro__"].__get__
_RETURNED, _RAISED, _CANCELLED = StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED


def can_be_known(task: object) -> bool:
    """Whether a task can be held weakly, and says when it is over: what a factory of the program's makes may be
    anything.
    """
    kind = type(task)
    return bool(_weak_reference_offset(kind)) and any("done" in vars(each) for each in _bases(kind))


def has_started(task: Any) -> bool | None:
    """Whether a task's coroutine has run at all; None where that can't be told."""
    if task.done():
        return True
    coroutine = coroutine_of(task)
    if type(coroutine) is not CoroutineType:
        return None
    return coroutine.cr_frame is None or coroutine.cr_suspended or coroutine.cr_running


def coroutine_of(task: Any) -> Any:
    """A living task's coroutine. Of a finished eager task it is gone, and asking for it crashes Python 3.12.1."""
    get_coro = getattr(task, "get_coro", None)
    return get_coro() if get_coro is not None else None


def code_of(coroutine: Any) -> Any:
    for slot in ("cr_code", "gi_code", "ag_code"):
        code = getattr(coroutine, slot, None)
        if code is not None:
            return code
    frame, inside = link(coroutine)
    # The loop closes a dropped async generator by a task of ``aclose()``, which is a wrapper around it.
    return frame.f_code if frame is not None else getattr(inside, "ag_code", None)


def name_of_task(task: Any) -> str:
    try:
        name = task.get_name()
    except AttributeError:
        return type_name(type(task))
    return name if type(name) is str else type_name(type(task))


def end_of(task: Any, definitions: Definitions) -> tuple[StepEnd, int]:
    """How a finished task ended, and the text of its result or exception."""
    if task.cancelled():
        return _CANCELLED, 0
    error = getattr(task, "_exception", None)
    if error is not None:
        return _RAISED, definitions.passing(short_exception(error))
    result = getattr(task, "_result", None)
    return _RETURNED, 0 if result is None else definitions.passing(short_repr(result))
