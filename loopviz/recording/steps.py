"""Running one entry of the ready queue, and writing down what it did. This is the hot path.

Decides what a step is: from the moment the loop hands control to a task (or callback) until it has it back. One record
tells all of it: since when it was ready and by whom, when it ran, how it ended, what it waits for and where.

Two kinds of entries stand in the queue. A *light entry* is a plain tuple ``(ready_ns, waker_kind, waker, callback,
args, context)`` in place of the Handle that asyncio would make for a task's own step: nobody ever sees that Handle,
since the C task throws it away. Everything else is a Handle, run by its own ``_run``.

Awkward cases: ``SystemExit`` and ``KeyboardInterrupt`` pass through, and the step is recorded all the same; a step
may end the recording (it leaves ``with loopviz.recording(...)``): then nothing is written; whatever goes wrong in
here turns the recording off and is no concern of the program's. Functions here are longer than elsewhere, because on
this path a call costs what the record itself costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import CoroutineType
from typing import Any

from loopviz.events import RECORD, Flag, RecordKind, StepEnd, WakeKind
from loopviz.recording.buffers import LAST_PLACE as _LAST_PLACE
from loopviz.recording.callables import FUTURE_ITERATOR as _FUTURE_ITERATOR
from loopviz.recording.callables import name_of
from loopviz.recording.definitions import Site
from loopviz.recording.probes import look
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import KnownTask, end_of
from loopviz.recording.tracebacks import cut_own_frames_of
from loopviz.recording.whereabouts import innermost

_RECORD_BYTES = RECORD.size
_pack_into = RECORD.pack_into
_STEP, _CALLBACK = int(RecordKind.STEP), int(RecordKind.CALLBACK)
_TASK, _OUTSIDE, _BY_CALLBACK = int(WakeKind.TASK), int(WakeKind.OUTSIDE), int(WakeKind.CALLBACK)
_YIELDED, _ON_FUTURE = int(StepEnd.YIELDED), int(StepEnd.ON_FUTURE)
_ON_TASK, _ON_GATHER = int(StepEnd.ON_TASK), int(StepEnd.ON_GATHER)
_RETURNED, _RAISED, _CANCELLED = int(StepEnd.RETURNED), int(StepEnd.RAISED), int(StepEnd.CANCELLED)
_Future: Any = asyncio.Future
_Nothing: Any = type(None)
#: Stands for any place that takes a closer look to tell.
_ELSEWHERE = Site(0, user=False, telling=True)
_ELSEWHERE.leaf = True
_GatheringFuture: Any = asyncio.tasks._GatheringFuture  # type: ignore[attr-defined]


RunHandle = Callable[[Any, LoopState, Any], None]


def run_ready(loop: Any, state: LoopState, ready: Any, run_handle: RunHandle, run_in_debug_mode: RunHandle) -> None:
    """Run what is in the queue now, but nothing that is put there meanwhile; Handles by one of the functions given.

    What most steps of a busy loop do, yield or wait for a future in functions of libraries, is recorded right here.
    """
    now_ns, known_tasks, block, popleft = state.now_ns, state.known, state.block, ready.popleft
    for _ in range(len(ready)):
        entry = popleft()
        if type(entry) is not tuple:
            if not entry._cancelled:
                (run_in_debug_mode if loop._debug else run_handle)(loop, state, entry)
            entry = None  # Needed to break cycles when an exception occurs.
            continue
        ready_ns, waker_kind, waker, callback, args, context = entry
        task = callback.__self__
        try:
            known = known_tasks[id(task)]
        except KeyError:
            known = state.recorder.adopt(state, task, ready_ns, waker_kind, waker)
        if task.cancelling():
            queued = (ready_ns, waker_kind, waker)
            context = state.recorder.cancels.before_step(state, task, known.number, queued, args, context)
        state.current_kind = _TASK
        state.current = known.number
        state.step_start_ns = start_ns = now_ns()
        try:
            if not args:
                context.run(callback)
            elif len(args) == 1:
                context.run(callback, args[0])
            else:
                context.run(callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            _report(loop, entry, error)
        finally:
            end_ns = now_ns()
            state.step_start_ns = 0
            state.current_kind = _OUTSIDE
            try:
                site = _ELSEWHERE
                waits_for: Any = type(task._fut_waiter)
                if (
                    (waits_for is _Future or waits_for is _Nothing)
                    and (code := known.code) is not None
                    and not task.done()
                ):
                    awaited = task.get_coro()
                    site = code.outermost or code.sites.get(awaited.cr_frame.f_lasti, _ELSEWHERE)
                    awaited = awaited.cr_await
                    while type(awaited) is CoroutineType:
                        site = site.library.get(id(awaited.cr_code), _ELSEWHERE)
                        if site.leaf:
                            break
                        awaited = awaited.cr_await
                    else:
                        if type(awaited) is not _FUTURE_ITERATOR:
                            site = _ELSEWHERE
                if site.telling:
                    record_step(state, task, known, ready_ns, waker_kind, waker, start_ns, end_ns)
                else:
                    offset = state.offset
                    state.offset = offset + _RECORD_BYTES
                    _pack_into(
                        block, offset, _STEP, waker_kind, _ON_FUTURE if waits_for is _Future else _YIELDED, 0,
                        known.number, waker, 0, site.number, 0, 0, ready_ns, start_ns, end_ns,
                    )  # fmt: skip
                    if offset >= _LAST_PLACE:
                        state.turn()
            except Exception as error:
                state.recorder.fail(error)
            # As in Handle._run: an exception that the step keeps refers to this frame, which must not keep the task.
            entry = task = callback = args = context = awaited = waits_for = None


def _report(loop: Any, entry: Any, error: BaseException) -> None:
    """Have asyncio say that a step let an exception out, as it does when a task is ended from outside meanwhile."""
    *_, callback, args, context = entry
    cut_own_frames_of(error)
    handle = asyncio.Handle(callback, args, loop, context)
    handle._context = _Raising(error)  # type: ignore[attr-defined]
    handle._run()


class _Raising:
    """A context in which nothing can be run."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def run(self, *_: Any) -> None:
        raise self._error


def run_step(state: LoopState, ready_ns: int, waker_kind: int, waker: int, handle: Any) -> None:
    """Run a Handle that holds a task's step (in debug mode, say), and record it."""
    task = handle._callback.__self__
    known = state.recorder.known(state, task, ready_ns, waker_kind, waker)
    number = known.number
    runner: Any = _HandleRunner(handle)
    if task.cancelling():
        queued = (ready_ns, waker_kind, waker)
        runner = state.recorder.cancels.before_step(state, task, number, queued, handle._args, runner)
    state.current_kind, state.current = _TASK, number
    start_ns = state.step_start_ns = state.now_ns()
    try:
        runner.run(None)
    finally:
        end_ns = state.now_ns()
        state.step_start_ns = 0
        state.current_kind = _OUTSIDE
        try:
            record_step(state, task, known, ready_ns, waker_kind, waker, start_ns, end_ns)
        except Exception as error:
            state.recorder.fail(error)
        task = handle = runner = None  # as in run_ready


class _HandleRunner:
    """Runs a handle by its own ``_run``, where a light entry's context would run the callback."""

    __slots__ = ("_handle",)

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def run(self, _callback: Any) -> None:
        handle, self._handle = self._handle, None
        try:
            handle._run()
        finally:
            handle = None


HANDLE_CODE = _HandleRunner.run.__code__


def record_step(
    state: LoopState,
    task: Any,
    known: KnownTask,
    ready_ns: int,
    waker_kind: int,
    waker: int,
    start_ns: int,
    end_ns: int,
    flags: int = 0,
) -> None:
    """Write down a step that has just ended."""
    end: int
    site, target, count, call = state.root, 0, 0, 0
    if task.done():
        end, target = end_of(task, state.definitions)
        state.recorder.tasks.finished(state, task, known, end_ns)
        if end == _CANCELLED:
            state.recorder.cancels.finished(state, task, known.number, end_ns)
    else:
        waiter = task._fut_waiter
        coroutine = task.get_coro()
        site, call = innermost(state, known, coroutine, end_ns)
        if waiter is None:
            end = _YIELDED
        elif id(waiter) in state.known:
            end, target = _ON_TASK, state.known[id(waiter)].number
        elif type(waiter) is _GatheringFuture:
            end, count = _ON_GATHER, len(waiter._children)
        elif site.telling:
            end, target, count = look(coroutine, waiter, state.recorder.tasks.number_of)
        else:
            end = _ON_FUTURE
    offset = state.offset
    state.offset = offset + _RECORD_BYTES
    _pack_into(
        state.block, offset, _STEP, waker_kind, end, flags,
        known.number, waker, target, site.number, count, call, ready_ns, start_ns, end_ns,
    )  # fmt: skip
    if offset >= _LAST_PLACE:
        state.turn()


def run_callback(
    state: LoopState, ready_ns: int, waker_kind: int, waker: int, handle: Any, name: int | None = None
) -> None:
    """Run a plain handle, and record it. ``name`` is that of its callback, where it is known."""
    if name is None:
        name = 0
        try:
            name = name_of(state, handle._callback)
        except Exception as error:
            state.recorder.fail(error)
    now_ns = state.now_ns
    state.current_kind = _BY_CALLBACK
    state.current = number = state.next_callback()
    state.step_start_ns = start_ns = now_ns()
    end = _RAISED
    try:
        handle._run()
        end = _RETURNED
    finally:
        end_ns = now_ns()
        state.step_start_ns = 0
        state.current_kind = _OUTSIDE
        state.current = 0
        if state.open:
            offset = state.offset
            state.offset = offset + _RECORD_BYTES
            _pack_into(
                state.block, offset,
                _CALLBACK, waker_kind, end, 0, number, waker, name, 0, 0, 0, ready_ns, start_ns, end_ns,
            )  # fmt: skip
            if offset >= _LAST_PLACE:
                try:
                    state.turn()
                except Exception as error:
                    state.recorder.fail(error)
        handle = None  # as in run_ready


def record_eager_step(state: LoopState, task: Any, known: KnownTask, by: tuple[int, int], start_ns: int) -> None:
    """Write down the first step of an eager task, which ran while it was created."""
    end_ns = state.now_ns()
    record_step(state, task, known, start_ns, by[0], by[1], start_ns, end_ns, Flag.EAGER)
