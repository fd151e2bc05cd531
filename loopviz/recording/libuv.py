"""uvloop: its loops recorded, though their queue and their Handles are Cython's and out of sight.

Decides how a loop is recorded that has no ``_run_once`` to stand in for. ``uvloop.Loop`` is a Python class on top of
the Cython one, so methods put on it come before uvloop's own, for whoever makes the loop and by whatever way. Each
callback that enters by them is handed on inside a ``Recorded`` callable, which runs it as ``steps`` does. The C task
throws ``call_soon``'s result away and never sees it; a program's Handles stay uvloop's own, and are printed and
cancelled as ever.

What uvloop does inside is not seen but concluded:

- *I/O*: what is queued while the loop runs and no step does, was queued by it.
- *Idle*: from the end of the last step until something is queued, or a timer or watcher called. Callbacks run in the
  order in which they were queued, so nothing else was there to be run; what libuv itself did counts as idle. Which
  timeout it asked for is not known.
- *A timer is cancelled* when its callback is dropped without having been called.

Awkward cases: a callable that is none is left for uvloop to complain of; a loop that runs already is recorded from the
next callback on; uvloop keeps its own time, so a recording whose clock is not the real one refuses to run it.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from asyncio import constants
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from loopviz.events import NO_TIMEOUT, RecordKind, WakeKind
from loopviz.recording import active
from loopviz.recording.buffers import BLOCK_RECORDS
from loopviz.recording.callables import is_step
from loopviz.recording.complaints import told_to_handler
from loopviz.recording.creation import is_asked_to_be_eager, make_any_task, make_task
from loopviz.recording.state import LoopState, Queued
from loopviz.recording.steps import run_callback, run_step
from loopviz.recording.tasks import OUTSIDE
from loopviz.recording.timers import timer_set
from loopviz.recording.tracebacks import creation_stack, cut_own_frames_of

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

Loop = Any
_IO, _THREAD, _TIMER = int(WakeKind.IO), int(WakeKind.THREAD), int(WakeKind.TIMER)


class UvState(LoopState):
    """The state of a loop whose queue is out of sight: it keeps what it must know of that itself."""

    __slots__ = ("queue", "rested_ns")

    def __init__(self, recorder: Recorder, loop: asyncio.AbstractEventLoop, number: int) -> None:
        super().__init__(recorder, loop, number, light=False)
        #: The tasks that wait for their turn, by identity.
        self.queue: dict[int, weakref.ref[Recorded]] = {}
        #: Since when no step has run.
        self.rested_ns = 0

    def queued(self, _loop: Loop) -> Iterator[Queued]:
        for ref in list(self.queue.values()):
            if (recorded := ref()) is not None:
                yield recorded.callback.__self__, recorded.ready_ns, recorded.waker_kind, recorded.waker

    def correct_waker(self, _loop: Loop, task: Any, by: tuple[int, int]) -> None:
        ref = self.queue.get(id(task))
        if ref is not None and (recorded := ref()) is not None:
            recorded.waker_kind, recorded.waker = by

    def rest(self) -> None:
        """No step runs any more: whatever is queued now, I/O queued it."""
        if len(self.records) >= BLOCK_RECORDS:
            self.turn_safely()
        self.current_kind, self.current = _IO, 0
        self.rested_ns = self.now_ns()
        if 0 < self.recorder.look_due_ns <= self.rested_ns:
            self.give_way()

    def end_rest(self, until_ns: int) -> None:
        """A step is about to run that nothing stood before since ``until_ns``."""
        if until_ns > self.rested_ns:
            self.catch_up()
            kind = RecordKind.IDLE
            self.emit(kind, ready_ns=NO_TIMEOUT, start_ns=self.rested_ns, end_ns=until_ns, by=OUTSIDE)


class Recorded:
    """A callback on its way through uvloop. In all that uvloop asks of it, its name and its text, it is that callback.

    ``ready_ns`` is 0 for what libuv calls at once when it is due: timers, watchers.
    """

    __slots__ = ("__weakref__", "_args", "_state", "callback", "number", "ready_ns", "waker", "waker_kind")

    def __init__(self, state: UvState, callback: Any, ready_ns: int, waker_kind: int, waker: int) -> None:
        self._state = state
        self.callback = callback
        self._args: tuple[Any, ...] = ()
        self.ready_ns = ready_ns
        self.waker_kind = waker_kind
        self.waker = waker
        #: The timer's, while it has not fired.
        self.number = 0

    def __call__(self, *args: Any) -> None:
        state = self._state
        self.number = 0
        if not state.open:
            self.callback(*args)
            return
        self._args = args
        called_ns = state.now_ns()
        ready_ns = self.ready_ns or called_ns
        try:
            state.end_rest(ready_ns)
            if is_step(self.callback):
                state.queue.pop(id(self.callback.__self__), None)
                run_step(state, ready_ns, self.waker_kind, self.waker, self)
            else:
                run_callback(state, ready_ns, self.waker_kind, self.waker, self)
        finally:
            self._args = args = ()
            if state.running:
                state.rest()

    # What ``steps`` asks of a Handle.

    @property
    def _callback(self) -> Any:
        return self.callback

    def _run(self) -> None:
        self.callback(*self._args)

    # What uvloop asks of a callback.

    def __getattr__(self, name: str) -> Any:
        return getattr(self.callback, name)

    def __repr__(self) -> str:
        return repr(self.callback)

    def __str__(self) -> str:
        return str(self.callback)

    def __format__(self, spec: str) -> str:
        return format(self.callback, spec)

    def __del__(self) -> None:
        state = self._state
        if self.number and state.open and state.running:
            state.defer(RecordKind.TIMER_CANCELLED, self.number, "")


HANDLE_CODE = Recorded._run.__code__


def _methods(stock: type) -> dict[str, Callable[..., Any]]:
    """What comes before the methods of ``stock``, uvloop's Cython class, by name."""

    def queue(state: UvState, callback: Any, waker_kind: int, waker: int) -> Recorded:
        recorded = Recorded(state, callback, state.now_ns(), waker_kind, waker)
        if is_step(callback):
            state.queue[id(callback.__self__)] = weakref.ref(recorded)
        return recorded

    def call_soon(self: Loop, callback: Any, *args: Any, context: Any = None) -> Any:
        state = _state_of(self, callback)
        if state is not None:
            callback = queue(state, callback, state.current_kind, state.current)
        return _without_own_frames(stock.call_soon(self, callback, *args, context=context))  # type: ignore[attr-defined]

    def call_soon_threadsafe(self: Loop, callback: Any, *args: Any, context: Any = None) -> Any:
        state = _state_of(self, callback)
        if state is not None:
            here = not state.running or threading.get_ident() == state.thread
            callback = queue(state, callback, *((state.current_kind, state.current) if here else (_THREAD, 0)))
        handle = stock.call_soon_threadsafe(self, callback, *args, context=context)  # type: ignore[attr-defined]
        return _without_own_frames(handle)

    def call_later(self: Loop, delay: Any, callback: Any, *args: Any, context: Any = None) -> Any:
        state = _state_of(self, callback)
        if state is None:
            return stock.call_later(self, delay, callback, *args, context=context)  # type: ignore[attr-defined]
        recorded = Recorded(state, callback, 0, _TIMER, 0)
        handle = stock.call_later(self, delay, recorded, *args, context=context)  # type: ignore[attr-defined]
        if hasattr(handle, "when"):
            timer_set(state, recorded, handle.when(), delay, callback)
            recorded.waker = recorded.number
        else:  # a delay that rounds to nothing is queued at once
            recorded.ready_ns, recorded.waker_kind, recorded.waker = state.now_ns(), state.current_kind, state.current
        return _without_own_frames(handle)

    def add_reader(self: Loop, fileobj: Any, callback: Any, *args: Any) -> Any:
        return stock.add_reader(self, fileobj, _watched(self, callback), *args)  # type: ignore[attr-defined]

    def add_writer(self: Loop, fileobj: Any, callback: Any, *args: Any) -> Any:
        return stock.add_writer(self, fileobj, _watched(self, callback), *args)  # type: ignore[attr-defined]

    def create_task(self: Loop, coro: Any, **kwargs: Any) -> Any:
        state = active.state_of(self)
        if state is None:
            return stock.create_task(self, coro, **kwargs)  # type: ignore[attr-defined]
        any_task = self.get_task_factory() is not None or is_asked_to_be_eager(kwargs)
        make = make_any_task if any_task else make_task
        return make(self, state, stock.create_task, coro, kwargs)  # type: ignore[attr-defined]

    def run_forever(self: Loop) -> None:
        state = active.state_of(self)
        if not isinstance(state, UvState) or not state.open:
            stock.run_forever(self)  # type: ignore[attr-defined]
            return
        if state.recorder.clock.name != "real":
            raise RuntimeError(
                f"uvloop keeps its own time, which the {state.recorder.clock.name} clock can't change; "
                "record with --clock real"
            )
        state.recorder.loop_started(state, threading.get_ident())
        state.recorder.wake_watchdog()
        state.rest()
        try:
            stock.run_forever(self)  # type: ignore[attr-defined]
        finally:
            state.current_kind = int(WakeKind.OUTSIDE)
            state.recorder.loop_stopped(state)

    def call_exception_handler(self: Loop, context: Any) -> None:
        state = active.state_of(self)
        if state is not None and state.open:
            told_to_handler(state.recorder, context)
        if type(context) is dict and issubclass(type(context.get("exception")), BaseException):
            cut_own_frames_of(context["exception"])
        stock.call_exception_handler(self, context)  # type: ignore[attr-defined]
        if isinstance(state, UvState) and state.running and not state.step_start_ns:
            state.rest()

    methods = (
        call_soon, call_soon_threadsafe, call_later, add_reader, add_writer, create_task, run_forever,
        call_exception_handler,
    )  # fmt: skip
    return {method.__name__: method for method in methods}


def _state_of(loop: Loop, callback: Any) -> UvState | None:
    """The loop's state, where the callback is one to be recorded."""
    state = active.state_of(loop)
    return state if isinstance(state, UvState) and state.open and callable(callback) else None


def _without_own_frames(handle: Any) -> Any:
    """A handle, whose "created at" in debug mode is the program's."""
    if handle._source_traceback:
        handle._source_traceback[:] = creation_stack(constants.DEBUG_STACK_DEPTH)
    return handle


def _watched(loop: Loop, callback: Any) -> Any:
    state = _state_of(loop, callback)
    return callback if state is None else Recorded(state, callback, 0, _IO, 0)


def is_instrumented(loop_class: type) -> bool:
    """Whether a loop class is uvloop's, or derives from it, and has our methods."""
    return any(getattr(vars(each).get("run_forever"), "__module__", "") == __name__ for each in loop_class.__mro__)


def instrument(uvloop: ModuleType) -> Callable[[], None]:
    """Put the methods on ``uvloop.Loop``. Returns what undoes it."""
    loop_class = uvloop.Loop
    methods = _methods(loop_class.__mro__[1])
    for name, method in methods.items():
        setattr(loop_class, name, method)

    def undo() -> None:
        for name, method in methods.items():
            if vars(loop_class).get(name) is method:
                with suppress(AttributeError):
                    delattr(loop_class, name)

    return undo
