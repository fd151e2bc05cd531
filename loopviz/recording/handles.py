"""Handles that remember what scheduled them.

Decides where two facts are kept, and notices a timer that is cancelled. They are asyncio's handles in every respect a
program can see: the class names are the same, since a handle's ``repr`` prints its class.

Awkward case: a light entry, which stands in a handle's place (see ``steps``), is understood by our own ``_run_once``
alone; before any other meets it, and where debug mode wants to report it, it is turned into what it stands for. What a
recording has left in a loop's queue, or among its timers, speaks of tasks and timers that the next one knows nothing
of.
"""

from __future__ import annotations

from asyncio import events
from collections.abc import Callable
from threading import get_ident
from traceback import StackSummary
from typing import Any

from loopviz.events import WakeKind
from loopviz.recording.active import state_of
from loopviz.recording.timers import timer_cancelled

_UNKNOWN = int(WakeKind.UNKNOWN)


class RecordedHandle(events.Handle):
    """A handle of ``call_soon``."""

    __slots__ = ("ready_ns", "waker", "waker_kind")
    _callback: Any
    _source_traceback: StackSummary | None
    ready_ns: int
    waker: int
    waker_kind: int


class RecordedThreadSafeHandle(getattr(events, "_ThreadSafeHandle", events.Handle)):  # type: ignore[misc]
    """A handle of ``call_soon_threadsafe``, which is of a class of its own since 3.14."""

    __slots__ = ("ready_ns", "waker", "waker_kind")
    ready_ns: int
    waker: int
    waker_kind: int


class RecordedTimerHandle(events.TimerHandle):
    """A handle of ``call_later`` and ``call_at``, numbered: 0 where that was not in the recording under way."""

    __slots__ = ("number",)
    number: int
    _cancelled: bool
    _loop: Any
    _scheduled: bool
    _source_traceback: StackSummary | None

    def cancel(self) -> None:
        if not self._cancelled:
            loop = self._loop
            loop._timer_handle_cancelled(self)
            if self._scheduled and self.number and (state := state_of(loop)) is not None:
                timer_cancelled(state, self)
        _cancel(self)


_cancel = events.Handle.cancel
RecordedTimerHandle.cancel.__qualname__ = events.TimerHandle.cancel.__qualname__

for _recorded in (RecordedHandle, RecordedThreadSafeHandle, RecordedTimerHandle):
    _asyncio_own = _recorded.__mro__[1]
    _recorded.__name__, _recorded.__qualname__ = _asyncio_own.__name__, _asyncio_own.__qualname__
    _recorded.__module__ = _asyncio_own.__module__


def to_handles(loop: Any) -> None:
    """Turn the light entries in a loop's queue into Handles."""
    ready = loop._ready
    for index in range(len(ready)):
        if type(ready[index]) is tuple:
            ready[index] = _handle_of(loop, *ready[index])


def disown(loop: Any, now_ns: Callable[[], int]) -> None:
    """Have what an earlier recording left behind refer to nothing any more. Light entries are left alone in a queue
    that another thread may be emptying.
    """
    if loop._thread_id in (None, get_ident()) and any(type(entry) is tuple for entry in list(loop._ready)):
        to_handles(loop)
    for handle in (*list(loop._ready), *list(loop._scheduled)):
        if type(handle) is RecordedTimerHandle:
            handle.number = 0
        elif type(handle) in (RecordedHandle, RecordedThreadSafeHandle):
            handle.ready_ns, handle.waker_kind, handle.waker = now_ns(), _UNKNOWN, 0


def _handle_of(
    loop: Any, ready_ns: int, waker_kind: int, waker: int, _task: Any, callback: Any, args: Any, context: Any
) -> RecordedHandle:
    handle = RecordedHandle(callback, args, loop, context)
    handle.ready_ns, handle.waker_kind, handle.waker = ready_ns, waker_kind, waker
    handle._source_traceback = None
    return handle
