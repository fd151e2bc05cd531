"""Writing down what a step did, where it takes a closer look; running a Handle and writing down what that did.

Decides how a step ended and what it waits for: on a task, on ``gather``, or on a future of which the function that
awaits it tells more. What is run and recorded most often never comes here; see ``ready``.

Awkward cases: the Handle is run by its own ``_run``, on which debug mode relies, and who replaces it; a step that ends
the recording is not recorded.
"""

from __future__ import annotations

import asyncio
from typing import Any

from loopviz.events import Flag, RecordKind, StepEnd, WakeKind
from loopviz.recording.callables import name_of
from loopviz.recording.encounters import meet
from loopviz.recording.inspection import end_of
from loopviz.recording.packing import heads, pack_callback, pack_record
from loopviz.recording.probes import look
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import KnownTask
from loopviz.recording.whereabouts import innermost

_STEP = int(RecordKind.STEP)
#: By how a task ended.
_ENDED = {end: heads(RecordKind.STEP, end) for end in (StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED)}
_FLAGS_SHIFT = 24
_TASK, _OUTSIDE, _BY_CALLBACK = int(WakeKind.TASK), int(WakeKind.OUTSIDE), int(WakeKind.CALLBACK)
_YIELDED, _ON_FUTURE = int(StepEnd.YIELDED), int(StepEnd.ON_FUTURE)
_ON_TASK, _ON_GATHER = int(StepEnd.ON_TASK), int(StepEnd.ON_GATHER)
_RAISED, _CANCELLED = StepEnd.RAISED, StepEnd.CANCELLED
_CALLBACK_RETURNED, _CALLBACK_RAISED = (heads(RecordKind.CALLBACK, end) for end in (StepEnd.RETURNED, StepEnd.RAISED))
_Task: Any = asyncio.Task
_GatheringFuture: Any = asyncio.tasks._GatheringFuture  # type: ignore[attr-defined]


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
        task = handle = runner = None  # as in ``ready``


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


def record_step(state: LoopState, task: Any, known: KnownTask, *facts: int) -> None:
    """Write down a step that has just ended. ``facts`` are what ``record_end`` and ``record_suspension`` take."""
    record = record_end if task.done() else record_suspension
    record(state, task, known, *facts)


def record_end(
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
    """Write down a task's last step, and a name that was set since; forget the task, unless it has to stay known."""
    end, target = end_of(task, state.definitions)
    state.recorder.tasks.renew_name(state, task, known, end_ns)
    if end is _CANCELLED:
        state.recorder.cancels.finished(state, task, known.number, end_ns)
    head = _ENDED[end][waker_kind] | flags << _FLAGS_SHIFT
    state.append(pack_callback(head, known.number, ready_ns, start_ns, end_ns, waker, target))
    if end is _RAISED or flags:
        known.calls = known.generators = None
    else:  # not before: the watchdog's thread asks whose end is not written down yet
        state.recorder.tasks.forget(known)


def record_suspension(
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
    """Write down a step after which its task goes on one day."""
    end: int
    target = 0
    waiter = task._fut_waiter
    coroutine = task.get_coro()
    site, call = innermost(state, known, coroutine, end_ns)
    if waiter is None:
        end = _YIELDED
    elif id(waiter) in state.known:
        end, target = _ON_TASK, state.known[id(waiter)].number
    elif type(waiter) is _GatheringFuture:
        end, target = _ON_GATHER, len(waiter._children)
    elif type(waiter) is _Task and (met := meet(state, waiter, known.number, start_ns, end_ns, record_step)):
        end, target = _ON_TASK, met
    elif site.telling:
        end, target = look(coroutine, waiter, state.recorder.tasks.number_of_ended)
    else:
        end = _ON_FUTURE
    state.append(
        pack_record(
            _STEP, waker_kind, end, flags, known.number, ready_ns, start_ns, end_ns,
            waker, target, site.number, call,
        )
    )  # fmt: skip


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
    end = _CALLBACK_RAISED
    try:
        handle._run()
        end = _CALLBACK_RETURNED
    finally:
        end_ns = now_ns()
        state.step_start_ns = 0
        state.current_kind = _OUTSIDE
        state.current = 0
        if state.open:
            state.append(pack_callback(end[waker_kind], number, ready_ns, start_ns, end_ns, waker, name))
        handle = None  # as in ``ready``


def record_eager_step(state: LoopState, task: Any, known: KnownTask, by: tuple[int, int], start_ns: int) -> None:
    """Write down the first step of an eager task, which ran while it was created."""
    end_ns = state.now_ns()
    record_step(state, task, known, start_ns, by[0], by[1], start_ns, end_ns, Flag.EAGER)
