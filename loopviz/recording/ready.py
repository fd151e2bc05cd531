"""Running what is in the ready queue, and writing down what it did. This is the hot path.

Decides what a step is: from the moment the loop hands control to a task (or callback) until it has it back. One record
tells all of it: since when it was ready and by whom, when it ran, how it ended, what it waits for and where. What most
steps of a busy loop do, yield or wait for a future or a task in functions of libraries, is recorded right here, and so
are the callbacks of I/O; all else in ``steps``.

Two kinds of entries stand in the queue. A *light entry* is a plain tuple ``(ready_ns, waker_kind, waker, task,
callback, args, context)`` in place of the Handle that asyncio would make for a C task's own step: nobody ever sees that
Handle, since the task throws it away. Everything else is a Handle.

Awkward cases: ``SystemExit`` and ``KeyboardInterrupt`` pass through, and the step is recorded all the same; a step
may end the recording (it leaves ``with loopviz.recording(...)``): then nothing is written; whatever goes wrong in
here turns the recording off and is no concern of the program's; who has put a ``Handle._run`` of their own in the place
of asyncio's is asked for everything (see ``iteration``). The one function here is long, and takes the names that it
reads as arguments, because on this path a call costs what a record does, and a global four times a local.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import CoroutineType, MethodType, NoneType
from typing import Any

from loopviz.events import RecordKind, StepEnd, WakeKind
from loopviz.recording.buffers import BLOCK_RECORDS
from loopviz.recording.callables import FUTURE_ITERATOR
from loopviz.recording.packing import heads, pack_callback, pack_step, pack_wait_for_task
from loopviz.recording.sites import Site
from loopviz.recording.state import LoopState
from loopviz.recording.steps import record_end, record_suspension
from loopviz.recording.tracebacks import cut_own_frames_of

#: Stands for any place that takes a closer look to tell.
_ELSEWHERE = Site(0, user=False, telling=True)
_ELSEWHERE.leaf = True
_TASK, _OUTSIDE, _BY_CALLBACK = int(WakeKind.TASK), int(WakeKind.OUTSIDE), int(WakeKind.CALLBACK)
_ON_FUTURE, _ON_TASK, _YIELDED = (
    heads(RecordKind.STEP, end) for end in (StepEnd.ON_FUTURE, StepEnd.ON_TASK, StepEnd.YIELDED)
)
_RETURNED, _RAISED = (heads(RecordKind.CALLBACK, end)[WakeKind.IO] for end in (StepEnd.RETURNED, StepEnd.RAISED))

RunHandle = Callable[[Any, LoopState, Any], None]


def run_ready(
    loop: Any,
    state: LoopState,
    ready: Any,
    run_handle: RunHandle,
    run_in_debug_mode: RunHandle,
    *,
    id_of: Callable[[Any], int] = id,
    type_of: Any = type,
    cancelling: Callable[[Any], int] = asyncio.Task.cancelling,
    done: Callable[[Any], bool] = asyncio.Task.done,
    coroutine_of: Callable[[Any], Any] = asyncio.Task.get_coro,
    light: Any = tuple,
    io_handle: Any = asyncio.Handle,
    method: Any = MethodType,
    coroutine: Any = CoroutineType,
    plain_future: Any = asyncio.Future,
    plain_task: Any = asyncio.Task,
    nothing: Any = NoneType,
    future_iterator: Any = FUTURE_ITERATOR,
    elsewhere: Site = _ELSEWHERE,
    by_task: int = _TASK,
    by_callback: int = _BY_CALLBACK,
    by_nobody: int = _OUTSIDE,
    on_future: tuple[int, ...] = _ON_FUTURE,
    on_task: tuple[int, ...] = _ON_TASK,
    yielded: tuple[int, ...] = _YIELDED,
    returned: int = _RETURNED,
    raised: int = _RAISED,
    pack_step: Callable[..., bytes] = pack_step,
    pack_wait_for_task: Callable[..., bytes] = pack_wait_for_task,
    pack_callback: Callable[..., bytes] = pack_callback,
) -> None:
    """Run what is in the queue now, but nothing that is put there meanwhile; Handles by one of the functions given,
    where they are not known to be of I/O. Of the arguments behind the star none is ever given.
    """
    now_ns, known_tasks, record = state.now_ns, state.known, state.append
    io_name, next_callback = state.io_names.get, state.next_callback
    known: Any
    popleft = ready.popleft
    for _ in range(len(ready)):
        entry = popleft()
        kind = type_of(entry)
        if kind is light:
            ready_ns, waker_kind, waker, task, callback, args, context = entry
            try:
                known = known_tasks[id_of(task)]
            except KeyError:
                known = state.recorder.adopt(state, task, ready_ns, waker_kind, waker)
            who = known.number
            if cancelling(task):
                queued = (ready_ns, waker_kind, waker)
                context = state.recorder.cancels.before_step(state, task, who, queued, args, context)
            state.current_kind = by_task
        elif entry._cancelled:
            continue
        elif (
            kind is io_handle
            and state.fast
            and type_of(callback := entry._callback) is method
            and (name := io_name(id_of(callback.__func__)))
        ):
            args, context = entry._args, entry._context
            task = None
            head = returned
            who = next_callback()
            state.current_kind = by_callback
        else:
            task = callback = args = context = None
            (run_in_debug_mode if loop._debug else run_handle)(loop, state, entry)
            continue
        state.current = who
        state.step_start_ns = start_ns = now_ns()
        try:
            if not args:
                context.run(callback)
            elif task is None:
                context.run(callback, *args)
            else:
                (args,) = args  # not a name of its own, which would keep it until the next one takes its place
                context.run(callback, args)
        except (SystemExit, KeyboardInterrupt):
            head = raised
            raise
        except BaseException as error:
            head = raised
            _report(loop, entry, error)
        finally:
            end_ns = now_ns()
            state.step_start_ns = 0
            state.current_kind = by_nobody
            try:
                if task is None:
                    record(pack_callback(head, who, state.polled_ns, start_ns, end_ns, 0, name))
                elif (waits_for := type_of(task._fut_waiter)) is nothing and done(task):
                    record_end(state, task, known, ready_ns, waker_kind, waker, start_ns, end_ns)
                    known = None  # so that nobody is called when the task goes
                else:
                    site = elsewhere
                    if (code := known.code) is not None:
                        awaited = coroutine_of(task)
                        site = code.outermost or code.sites.get(awaited.cr_frame.f_lasti, elsewhere)
                        awaited = awaited.cr_await
                        while type_of(awaited) is coroutine:
                            if (inner := awaited.cr_code) is site.usual_code:
                                site = site.usual
                            else:
                                site = site.library.get(id_of(inner), elsewhere)
                            if site.leaf:
                                break
                            awaited = awaited.cr_await
                        else:
                            if type_of(awaited) is not future_iterator:
                                site = elsewhere
                        awaited = None
                    if site.telling:
                        record_suspension(state, task, known, ready_ns, waker_kind, waker, start_ns, end_ns)
                    elif waits_for is plain_future:
                        record(pack_step(on_future[waker_kind], who, ready_ns, start_ns, end_ns, waker, site.number))
                    elif waits_for is nothing:
                        record(pack_step(yielded[waker_kind], who, ready_ns, start_ns, end_ns, waker, site.number))
                    elif waits_for is plain_task and (other := known_tasks.get(id_of(task._fut_waiter))):
                        head, target = on_task[waker_kind], other.number
                        record(pack_wait_for_task(head, who, ready_ns, start_ns, end_ns, waker, target, site.number))
                    else:
                        record_suspension(state, task, known, ready_ns, waker_kind, waker, start_ns, end_ns)
            except Exception as error:
                state.recorder.fail(error)
    # As in Handle._run: an exception that a step keeps refers to this frame, which must not keep the task.
    entry = task = callback = args = context = None
    if len(state.records) >= BLOCK_RECORDS:
        state.turn_safely()


def _report(loop: Any, entry: Any, error: BaseException) -> None:
    """Have asyncio say that a callback let an exception out, or a step that is ended from outside meanwhile."""
    cut_own_frames_of(error)
    if type(entry) is tuple:
        *_, callback, args, context = entry
        handle = asyncio.Handle(callback, args, loop, context)
    else:
        handle = entry
        context = handle._context
    handle._context = _Raising(error)  # type: ignore[attr-defined]
    try:
        handle._run()
    finally:
        handle._context = context  # type: ignore[attr-defined]


class _Raising:
    """A context in which nothing can be run."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def run(self, *_: Any) -> None:
        raise self._error
