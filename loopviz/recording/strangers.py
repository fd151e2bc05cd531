"""Event loops that can't be recorded: each kind is told once.

Decides what such a loop is: one that runs without asking any method of ours, be it written in another language or a
subclass with a ``_run_once`` of its own. Every loop says when it begins to run, to ``asyncio._set_running_loop``; that
function is watched, since it is called twice in a run and never while one goes on. A ``_run_once`` may also be replaced
while a loop runs: ours notices that after its own last iteration.

Awkward cases: a loop that took the function before the recording began, or asks ``_asyncio`` for it, is not noticed.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from loopviz.events import WarningKind
from loopviz.recording import libuv
from loopviz.recording.handles import to_handles
from loopviz.recording.values import type_name

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder
    from loopviz.recording.state import LoopState

_NAME = "_set_running_loop"
_OUR_LOOP = "loopviz.recording.loop"


def watch(recorder: Recorder) -> Callable[[], None]:
    """Tell of each kind of loop that runs and can't be recorded. Returns what undoes it."""
    original = events._set_running_loop

    @wraps(original)
    def set_running_loop(loop: Any) -> None:
        original(loop)
        if loop is None or not recorder.open or is_instrumented(type(loop)):
            return
        state = getattr(loop, "_loopviz", None)
        if state is not None:
            give_way(loop, state)
        else:
            _tell(recorder, type(loop))

    for owner in (asyncio, events):
        setattr(owner, _NAME, set_running_loop)

    def undo() -> None:
        for owner in (asyncio, events):
            if getattr(owner, _NAME) is set_running_loop:
                setattr(owner, _NAME, original)

    return undo


def give_way(loop: Any, state: LoopState) -> None:
    """Another's ``_run_once`` has taken the place of ours, and is to find nothing that it does not know."""
    try:
        state.fast = False
        to_handles(loop)
        if not is_instrumented(type(loop)):
            _tell(state.recorder, type(loop))
    except Exception as error:
        state.recorder.fail(error)


def _tell(recorder: Recorder, kind: type) -> None:
    if kind not in recorder.strangers:
        recorder.strangers.add(kind)
        name = f"{type.__getattribute__(kind, '__module__')}.{type_name(kind)}"
        recorder.warn(WarningKind.NOT_INSTRUMENTED, f"{name} can't be recorded: {_reason(kind)}")


def _reason(kind: type) -> str:
    if issubclass(kind, asyncio.BaseEventLoop):
        return f"what it runs is not asyncio's _run_once, but that of {kind._run_once.__module__}"  # type: ignore[attr-defined]
    return "it is an event loop of an unknown kind"


def is_instrumented(kind: type) -> bool:
    """Whether loops of a class are recorded."""
    run_once = getattr(kind, "_run_once", None)
    return getattr(run_once, "__module__", None) == _OUR_LOOP or libuv.is_instrumented(kind)
