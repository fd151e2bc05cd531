"""Event loops that can't be recorded: each kind is told once.

Decides what such a loop is: one that runs without asking any method of ours, be it written in another language or a
subclass with a ``_run_once`` of its own. Every loop says when it begins to run, to ``asyncio._set_running_loop``; that
function is watched, since it is called twice in a run and never while one goes on.

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
from loopviz.recording.loop import run_once
from loopviz.recording.values import type_name

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

_NAME = "_set_running_loop"


def watch(recorder: Recorder) -> Callable[[], None]:
    """Tell of each kind of loop that runs and can't be recorded. Returns what undoes it."""
    original = events._set_running_loop
    told: set[type] = set()

    @wraps(original)
    def set_running_loop(loop: Any) -> None:
        original(loop)
        kind = type(loop)
        if loop is None or kind in told or not recorder.open:
            return
        told.add(kind)
        if not is_instrumented(kind):
            name = f"{type.__getattribute__(kind, '__module__')}.{type_name(kind)}"
            what = f"{name} can't be recorded: it is an event loop of an unknown kind"
            recorder.warn(WarningKind.NOT_INSTRUMENTED, what)

    for owner in (asyncio, events):
        setattr(owner, _NAME, set_running_loop)

    def undo() -> None:
        for owner in (asyncio, events):
            if getattr(owner, _NAME) is set_running_loop:
                setattr(owner, _NAME, original)

    return undo


def is_instrumented(kind: type) -> bool:
    """Whether loops of a class are recorded."""
    return getattr(kind, "_run_once", None) is run_once or libuv.is_instrumented(kind)
