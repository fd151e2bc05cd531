"""Handles that remember what scheduled them.

Decides nothing but where two facts are kept. They are asyncio's handles in every respect a program can see: the class
names are the same, since a handle's ``repr`` prints its class.
"""

from __future__ import annotations

from asyncio import events
from traceback import StackSummary


class RecordedHandle(events.Handle):
    """A handle of ``call_soon``."""

    __slots__ = ("ready_ns", "waker", "waker_kind")
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
    """A handle of ``call_later`` and ``call_at``, numbered."""

    __slots__ = ("number",)
    number: int
    _scheduled: bool
    _source_traceback: StackSummary | None


for _recorded in (RecordedHandle, RecordedThreadSafeHandle, RecordedTimerHandle):
    _asyncio_own = _recorded.__mro__[1]
    _recorded.__name__, _recorded.__qualname__ = _asyncio_own.__name__, _asyncio_own.__qualname__
    _recorded.__module__ = _asyncio_own.__module__
