"""The instrumented loop: the methods of asyncio's BaseEventLoop that recording replaces.

Decides how each of them differs from asyncio's own: not at all to the program, and by a record to us. ``call_soon``
puts a light entry in the queue for a task's own step (see ``steps``); ``_run_once`` is in ``iteration``.

``install`` replaces them on BaseEventLoop, so that every loop that derives from it is recorded, whoever made it, also
one that runs already; ``uninstall`` puts them back, and ``release`` turns light entries into Handles, so that
asyncio's own ``_run_once`` can go on in the middle of a run. ``METHODS`` offers the same methods to a loop class of
our own.

Awkward cases: in debug mode every entry is a Handle, so that slow callbacks are reported by asyncio's own rules, from
the moment on when it is turned on; our frames are cut from the tracebacks that debug mode keeps. Real Handles are also
what a subclass with a ``call_soon`` of its own gets, a future that is none of asyncio's and wakes its task without the
task's context, and a loop whose ``_run_once`` is replaced as it runs (by ``nest_asyncio``, say).
"""

from __future__ import annotations

import heapq
import threading
from asyncio import Task, base_events, constants
from collections.abc import Callable
from types import BuiltinFunctionType, MethodType
from typing import Any

from loopviz.events import WakeKind
from loopviz.recording import active, strangers
from loopviz.recording.callables import TASK_STEP, TASK_WAKEUP, is_function_of
from loopviz.recording.clocks import Clock
from loopviz.recording.complaints import told_to_handler
from loopviz.recording.creation import is_asked_to_be_eager, make_any_task, make_task
from loopviz.recording.handles import RecordedHandle, RecordedThreadSafeHandle, RecordedTimerHandle, to_handles
from loopviz.recording.iteration import iterate
from loopviz.recording.timers import timer_set
from loopviz.recording.tracebacks import creation_stack

Loop = Any
_BaseEventLoop = base_events.BaseEventLoop
_STOCK = {
    name: getattr(_BaseEventLoop, name)
    for name in (
        "call_soon",
        "call_soon_threadsafe",
        "call_later",
        "call_at",
        "create_task",
        "_run_once",
        "call_exception_handler",
        "set_debug",
    )
}
#: None where somebody else's has taken its place before we came: that may make any task of a coroutine.
_PLAIN_CREATE_TASK: Any = _STOCK["create_task"] if is_function_of(_STOCK["create_task"], base_events) else None
#: asyncio takes so many frames, and cuts its own.
_DEEPEST_CREATION = constants.DEBUG_STACK_DEPTH - 1


def call_soon(self: Loop, callback: Any, *args: Any, context: Any = None) -> Any:
    try:
        state = self._loopviz
    except AttributeError:
        state = active.attach(self)
    if state is None:
        return _STOCK["call_soon"](self, callback, *args, context=context)
    now_ns = state.now_ns
    if state.fast and context is not None:
        kind = type(callback)
        if kind is TASK_STEP or (kind is BuiltinFunctionType and callback.__name__ == TASK_WAKEUP):
            task = callback.__self__
            if isinstance(task, Task):
                self._ready.append((now_ns(), state.current_kind, state.current, task, callback, args, context))
                return None
    self._check_closed()
    if self._debug:
        self._check_thread()
        self._check_callback(callback, "call_soon")
    handle = RecordedHandle(callback, args, self, context)
    handle.ready_ns, handle.waker_kind, handle.waker = now_ns(), state.current_kind, state.current
    if handle._source_traceback:
        handle._source_traceback = creation_stack(_DEEPEST_CREATION)
    self._ready.append(handle)
    return handle


def call_soon_threadsafe(self: Loop, callback: Any, *args: Any, context: Any = None) -> Any:
    state = active.state_of(self)
    if state is None:
        return _STOCK["call_soon_threadsafe"](self, callback, *args, context=context)
    self._check_closed()
    if self._debug:
        self._check_callback(callback, "call_soon_threadsafe")
    handle = RecordedThreadSafeHandle(callback, args, self, context)
    handle.ready_ns = state.now_ns()
    if threading.get_ident() == self._thread_id:
        handle.waker_kind, handle.waker = state.current_kind, state.current
    else:
        handle.waker_kind, handle.waker = int(WakeKind.THREAD), 0
    if handle._source_traceback:
        handle._source_traceback = creation_stack(_DEEPEST_CREATION)
    self._ready.append(handle)
    self._write_to_self()
    return handle


def call_later(self: Loop, delay: Any, callback: Any, *args: Any, context: Any = None) -> Any:
    if delay is None:
        raise TypeError("delay must not be None")
    when = self.time() + delay
    if getattr(self.call_at, "__func__", None) is call_at:
        timer = _call_at(self, when, delay, callback, args, context)
    else:  # a subclass has one of its own, which asyncio would ask
        timer = self.call_at(when, callback, *args, context=context)
    return timer


def call_at(self: Loop, when: Any, callback: Any, *args: Any, context: Any = None) -> Any:
    if when is None:
        raise TypeError("when cannot be None")
    return _call_at(self, when, None, callback, args, context)


def _call_at(self: Loop, when: Any, delay: Any, callback: Any, args: Any, context: Any) -> Any:
    self._check_closed()
    if self._debug:
        self._check_thread()
        self._check_callback(callback, "call_at")
    timer = RecordedTimerHandle(when, callback, args, self, context)
    timer.number = 0
    if timer._source_traceback:
        timer._source_traceback = creation_stack(_DEEPEST_CREATION)
    heapq.heappush(self._scheduled, timer)
    timer._scheduled = True
    state = active.state_of(self)
    if state is not None:
        timer_set(state, timer, when, delay, callback)
    return timer


def create_task(self: Loop, coro: Any, **kwargs: Any) -> Any:
    state = active.state_of(self)
    create = _STOCK["create_task"]
    if state is None:
        return create(self, coro, **kwargs)
    if (
        self._task_factory is not None
        or create is not _PLAIN_CREATE_TASK
        or (kwargs and is_asked_to_be_eager(kwargs))
    ):
        return make_any_task(self, state, create, coro, kwargs)
    return make_task(self, state, create, coro, kwargs)


def run_once(self: Loop) -> None:
    """One iteration: drop cancelled timers, wait for I/O, collect due timers, run what was ready."""
    state = active.state_of(self)
    if state is None:
        to_handles(self)  # the recording may have ended in another thread since this method was looked up
        _STOCK["_run_once"](self)
        return
    try:
        if not state.running:
            state.recorder.loop_started(state, threading.get_ident())
        iterate(self, state)
    except BaseException:
        state.recorder.loop_stopped(state)
        raise
    if self._stopping:
        state.recorder.loop_stopped(state)
    if getattr(self._run_once, "__func__", None) is not run_once:  # somebody has put theirs in its place meanwhile
        strangers.give_way(self, state)


def call_exception_handler(self: Loop, context: Any) -> None:
    state = active.state_of(self)
    if state is not None and state.open:
        told_to_handler(state.recorder, context)
    _STOCK["call_exception_handler"](self, context)


def set_debug(self: Loop, enabled: Any) -> None:
    _STOCK["set_debug"](self, enabled)
    state = active.state_of(self)
    if enabled and state is not None:
        state.fast = False
        to_handles(self)


#: Name of the method, and what stands in for it.
METHODS = {
    "call_soon": call_soon,
    "call_soon_threadsafe": call_soon_threadsafe,
    "call_later": call_later,
    "call_at": call_at,
    "create_task": create_task,
    "_run_once": run_once,
    "call_exception_handler": call_exception_handler,
    "set_debug": set_debug,
}


for _name, _method in METHODS.items():  # errors of the interpreter's, and who asks for a signature, get asyncio's own
    _method.__qualname__ = _STOCK[_name].__qualname__
    _method.__doc__ = _STOCK[_name].__doc__
    _method.__wrapped__ = _STOCK[_name]  # type: ignore[attr-defined]

#: What somebody else has put in place of our methods: it calls ours, which are still at work below it.
_COVERED: dict[str, Any] = {}


def install() -> None:
    """Replace the methods on BaseEventLoop: every loop that derives from it is instrumented from now on."""
    for name, method in METHODS.items():
        present = getattr(_BaseEventLoop, name)
        if present is not method and present is not _COVERED.get(name):
            _STOCK[name] = present
            setattr(_BaseEventLoop, name, method)


def uninstall() -> None:
    """Put asyncio's own methods back, unless somebody has replaced ours in the meantime: theirs call ours, which pass
    on.
    """
    for name, method in METHODS.items():
        present = getattr(_BaseEventLoop, name)
        if present is method:
            setattr(_BaseEventLoop, name, _STOCK[name])
        else:
            _COVERED[name] = present


def replace_time(clock: Clock) -> Callable[[], None]:
    """Make every loop's ``time`` the recording's clock. Returns what undoes it."""
    stock = _BaseEventLoop.time

    def time(self: Loop) -> float:
        return clock.loop_time()

    _BaseEventLoop.time = time  # type: ignore[method-assign]

    def undo() -> None:
        _BaseEventLoop.time = stock  # type: ignore[method-assign]

    return undo


def release(loop: Loop) -> None:
    """Have the light entries in a loop's queue turned into Handles before asyncio's own ``_run_once`` meets them.

    The loop's own thread does that, between two iterations: it may be emptying the queue at this very moment.
    """
    if loop.is_running() or any(type(entry) is tuple for entry in list(loop._ready)):
        loop._run_once = MethodType(_run_once_until_released, loop)


def _run_once_until_released(self: Loop) -> None:
    if hasattr(self, "_loopviz"):  # the recording has not ended yet, or another has begun
        run_once(self)
        return
    del self._run_once
    to_handles(self)
    self._run_once()
