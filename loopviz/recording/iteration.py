"""One iteration of the instrumented loop, in place of asyncio's ``_run_once``.

Decides what is done between two looks at the selector. It follows the method of CPython 3.11 to 3.15, which are alike
but for one line (the end of the timers' window, which from 3.14 on is strictly later than now).

Awkward cases: entries that a thread queues while the loop is in select stand among the selector's own and carry their
origin with them; a KeyboardInterrupt may come out of select or out of any step, and ends the run; debug mode reports
slow callbacks by asyncio's own rules and logger; a program that replaces ``Handle._run``, to time what runs, finds
everything run by it.
"""

from __future__ import annotations

import heapq
import math
from asyncio import base_events, events
from types import FunctionType, MethodType
from typing import Any

from loopviz.events import WakeKind
from loopviz.recording.callables import READ_FROM_SELF, is_function_of, is_step
from loopviz.recording.handles import RecordedHandle, RecordedThreadSafeHandle, RecordedTimerHandle
from loopviz.recording.ready import run_ready
from loopviz.recording.state import LoopState
from loopviz.recording.steps import run_callback, run_step

Loop = Any
_MOST_TIMERS_UNSORTED = base_events._MIN_SCHEDULED_TIMER_HANDLES  # type: ignore[attr-defined]
_CANCELLED_FRACTION = base_events._MIN_CANCELLED_TIMER_HANDLES_FRACTION  # type: ignore[attr-defined]
_LONGEST_SELECT = base_events.MAXIMUM_SELECT_TIMEOUT  # type: ignore[attr-defined]
_IO, _TIMER = int(WakeKind.IO), int(WakeKind.TIMER)
_Handle: Any = events.Handle
#: None where somebody else's has taken its place before we came.
_STOCK_RUN = _Handle._run if is_function_of(_Handle._run, events) else None


def iterate(self: Loop, state: LoopState) -> None:
    """Drop cancelled timers, wait for I/O, collect due timers, run what is ready."""
    ready = self._ready
    if self._scheduled:
        _drop_cancelled_timers(self)
    timeout = 0 if ready or self._stopping else _select_timeout(self)
    if timeout == 0 and (due_ns := state.recorder.look_due_ns) and state.now_ns() >= due_ns:
        state.give_way()
    event_list = self._selector.select(0) if timeout == 0 else state.recorder.idle(state, self, timeout)
    known = len(ready)
    self._process_events(event_list)
    event_list = None  # Needed to break cycles when an exception occurs.
    if self._scheduled:
        _collect_due_timers(self)
    if len(ready) > known:
        state.polled_ns = state.now_ns()
    state.fast = state.light and not self._debug and _Handle._run is _STOCK_RUN
    run_ready(self, state, ready, _run_handle, _run_handle_in_debug_mode)


def _select_timeout(self: Loop) -> float | None:
    if not self._scheduled:
        return None
    return float(min(max(0, self._scheduled[0]._when - self.time()), _LONGEST_SELECT))


def _drop_cancelled_timers(self: Loop) -> None:
    scheduled = len(self._scheduled)
    if scheduled > _MOST_TIMERS_UNSORTED and self._timer_cancelled_count / scheduled > _CANCELLED_FRACTION:
        kept = []
        for handle in self._scheduled:
            if handle._cancelled:
                handle._scheduled = False
            else:
                kept.append(handle)
        heapq.heapify(kept)
        self._scheduled = kept
        self._timer_cancelled_count = 0
    else:
        while self._scheduled and self._scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False


def _collect_due_timers(self: Loop) -> None:
    now = self.time()
    end_time = now + max(self._clock_resolution, math.ulp(now))
    while self._scheduled:
        handle = self._scheduled[0]
        if handle._when >= end_time:
            break
        handle = heapq.heappop(self._scheduled)
        handle._scheduled = False
        self._ready.append(handle)


def _run_handle(self: Loop, state: LoopState, handle: Any) -> None:
    kind = type(handle)
    if kind is events.Handle:
        ready_ns, waker_kind, waker = state.polled_ns, _IO, 0
    elif kind is RecordedHandle or kind is RecordedThreadSafeHandle:
        ready_ns, waker_kind, waker = handle.ready_ns, handle.waker_kind, handle.waker
    elif kind is RecordedTimerHandle:
        ready_ns, waker_kind, waker = state.polled_ns, _TIMER, handle.number
    else:
        ready_ns, waker_kind, waker = state.polled_ns, _TIMER if isinstance(handle, events.TimerHandle) else _IO, 0
    callback = handle._callback
    function = callback.__func__ if type(callback) is MethodType else callback
    name = state.plain.get(function.__qualname__) if type(function) is FunctionType else None
    if name is None and is_step(callback):
        run_step(state, ready_ns, waker_kind, waker, handle)
    elif name is None and function is READ_FROM_SELF:
        handle._run()
    else:
        run_callback(state, ready_ns, waker_kind, waker, handle, name)
    handle = callback = function = None  # Needed to break cycles when an exception occurs.


def _run_handle_in_debug_mode(self: Loop, state: LoopState, handle: Any) -> None:
    try:
        self._current_handle = handle
        started = self.time()
        _run_handle(self, state, handle)
        took = self.time() - started
        if took >= self.slow_callback_duration:
            what = base_events._format_handle(handle)  # type: ignore[attr-defined]
            base_events.logger.warning("Executing %s took %.3f seconds", what, took)  # type: ignore[attr-defined]
    finally:
        self._current_handle = handle = None
