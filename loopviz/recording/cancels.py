"""Who asked a task to cancel, and when.

Decides how a request is seen without a hook on ``Task.cancel``, which is a method of a C type and can't have one. A
task counts the requests made of it (``cancelling()``); whenever it is about to run with more of them than were told,
the new ones are told then. What is known of each is one of three:

- *Exact.* The task was suspended on a future: cancelling the task cancelled the future, which queued the task at once,
  so what queued it made the request, and made it then. A task that waits for another task hands the request on: it is
  told of both, at the same time and by the same, the outer one first.
- *Exact.* The request came from asyncio's own Python code, which is watched: ``timeout`` and ``wait_for`` (from 3.12
  on), a TaskGroup that aborts, ``gather``, ``asyncio.run`` as it ends.
- *Inferred*, and flagged so. The program cancelled a task that was queued already: nothing happens until it runs. If
  it had not begun, its creator is taken to have done it; else the one thing that ran since it was queued; else, of
  several, the one that is known to have cancelled others meanwhile; else nobody is named.

Awkward cases: ``uncancel`` lowers the count, so it is read again after every step that began with requests; a future
cancelled directly is no request; several requests between two steps are one record with their count; a signal
handler or (wrongly) another thread that cancels is taken for whatever ran on the loop at that moment.
"""

from __future__ import annotations

import asyncio
from asyncio import runners, taskgroups, tasks, timeouts
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any

from loopviz.events import RECORD, Flag, RecordKind, WakeKind
from loopviz.recording import active
from loopviz.recording.buffers import MOST_LOOKED_AT
from loopviz.recording.callables import is_step
from loopviz.recording.inspection import has_started
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import OUTSIDE

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

By = tuple[int, int]

_UNKNOWN = (int(WakeKind.UNKNOWN), 0)
#: Further back than so many records, what ran since a task was queued is not looked for.


class Cancels:
    """The requests that have been told, by task; and how new ones are found."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        #: Of each unfinished task that was asked to cancel: how many requests have been told.
        self._told: dict[int, int] = {}

    def before_step(
        self, state: LoopState, task: Any, number: int, queued: tuple[int, int, int], args: Any, context: Any
    ) -> Any:
        """A task with requests is about to run; ``queued`` is since when and by what. Returns the context to run it
        in.
        """
        try:
            if task.cancelling() > self._told.get(number, 0):
                self.announce(state, task, *self._who_asked(state, task, number, queued, args))
            return _Counted(self, task, number, context)
        except Exception as error:
            self._recorder.fail(error)
            return context

    def after_step(self, task: Any, number: int) -> None:
        """A task that had requests has run: it may have called ``uncancel``."""
        try:
            if task.done():
                if not task.cancelled():  # else ``finished`` is about to be told
                    self._told.pop(number, None)
            elif task.cancelling() < self._told.get(number, 0):
                self._told[number] = task.cancelling()
        except Exception as error:
            self._recorder.fail(error)

    def finished(self, state: LoopState, task: Any, number: int, at_ns: int) -> None:
        """A task ended as cancelled. If nobody was seen to ask for that, it asked so itself in its last step."""
        requests = task.cancelling() - self._told.pop(number, 0)
        if requests > 0:
            by = (int(WakeKind.TASK), number)
            state.emit(RecordKind.CANCEL_REQUESTED, number, by=by, target=requests, start_ns=at_ns)

    def announce(self, state: LoopState, task: Any, by: By, at_ns: int, flags: int = 0) -> None:
        """Tell a task's new requests, and before them those of the tasks that wait for it and handed theirs on."""
        asked = [task]
        for inner in asked:
            asked += [waiter for waiter in waiters_of(inner) if self._new_requests(waiter)]
        for each in reversed(asked):
            requests = self._new_requests(each)
            if requests:  # and not reached on another way already
                number = self._recorder.known(state, each, at_ns, *by).number
                self._told[number] = each.cancelling()
                kind = RecordKind.CANCEL_REQUESTED
                state.emit(kind, number, by=by, target=requests, flags=flags, start_ns=at_ns)

    def _new_requests(self, task: Any) -> int:
        told = self._told.get(self._recorder.tasks.number_of(task), 0)
        return max(0, int(task.cancelling()) - told)

    def _who_asked(
        self, state: LoopState, task: Any, number: int, queued: tuple[int, int, int], args: Any
    ) -> tuple[By, int, int]:
        """By what, when, and flags: of the requests that a task about to run has got since it was queued."""
        ready_ns, waker_kind, waker = queued
        if args and _is_plain_and_cancelled(args[0], state) and not getattr(task, "_must_cancel", True):
            return (waker_kind, waker), ready_ns, 0
        if ready_ns <= state.run_ended_ns:
            return OUTSIDE, state.run_ended_ns, 0
        if has_started(task) is False:
            return (waker_kind, waker), ready_ns, Flag.INFERRED
        return _who_ran(state, number, ready_ns)

    # asyncio's own code that cancels

    def watch(self) -> Callable[[], None]:
        """Look on while asyncio's own Python code cancels tasks. Returns what undoes it."""
        undone = [
            _replace(owner, name, self._watched(getattr(owner, name), victims)) for owner, name, victims in _CANCELLERS
        ]
        undone.append(_replace(runners, "_cancel_all_tasks", self._watched_end(vars(runners)["_cancel_all_tasks"])))

        def undo() -> None:
            for put_back in undone:
                put_back()

        return undo

    def _watched(self, original: Callable[..., Any], victims: Callable[[Any], Iterable[Any]]) -> Callable[..., Any]:
        @wraps(original)
        def cancelling(owner: Any, *args: Any, **kwargs: Any) -> Any:
            tasks_then = self._before(owner, victims)
            # The request is told when it has been made, but comes before what it does to the tasks.
            at_ns = self._recorder.clock.now_ns() if tasks_then else 0
            try:
                return original(owner, *args, **kwargs)
            finally:
                self._after(tasks_then, at_ns)

        return cancelling

    def _before(self, owner: Any, victims: Callable[[Any], Iterable[Any]]) -> list[Any]:
        try:
            return [task for task in victims(owner) if isinstance(task, asyncio.Task) and not task.done()]
        except Exception as error:
            self._recorder.fail(error)
            return []

    def _after(self, victims: list[Any], at_ns: int) -> None:
        try:
            for task in victims:
                state = active.state_of(task.get_loop()) if self._new_requests(task) else None
                if state is not None and state.open:
                    self.announce(state, task, (state.current_kind, state.current), at_ns)
        except Exception as error:
            self._recorder.fail(error)
        finally:
            victims.clear()

    def _watched_end(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        @wraps(original)
        def cancel_all_tasks(loop: Any) -> None:
            state = active.state_of(loop)
            if state is not None:
                state.run_ended_ns = state.now_ns()
            original(loop)

        return cancel_all_tasks


def waiters_of(future: Any) -> list[Any]:
    """The tasks that are suspended on a future."""
    callbacks = [callback for callback, _context in getattr(future, "_callbacks", None) or ()]
    return [callback.__self__ for callback in callbacks if is_step(callback)]


class _Counted:
    """The context of a task's step that has requests; they are counted again when the step has ended."""

    __slots__ = ("_cancels", "_context", "_number", "_task")

    def __init__(self, cancels: Cancels, task: Any, number: int, context: Any) -> None:
        self._cancels = cancels
        self._task = task
        self._number = number
        self._context = context

    def run(self, callback: Any, *args: Any) -> None:
        task, context, self._task, self._context = self._task, self._context, None, None
        try:
            context.run(callback, *args)
        finally:
            self._cancels.after_step(task, self._number)
            # As in ``ready``: an exception that the step keeps must not lead to the task.
            task = context = callback = args = None  # type: ignore[assignment]


#: What lies between the step and our own frames that run it.
STEP_CODE = _Counted.run.__code__


def _replace(owner: Any, name: str, replacement: Any) -> Callable[[], None]:
    original = getattr(owner, name)
    setattr(owner, name, replacement)

    def put_back() -> None:
        if getattr(owner, name) is replacement:  # or somebody has replaced ours in the meantime
            setattr(owner, name, original)

    return put_back


def _of_gathering(gathering: Any) -> Iterable[Any]:
    return [*waiters_of(gathering), *gathering._children]


#: Owner, name of its function that cancels, and whom: given what the function is called with first.
_CANCELLERS: tuple[tuple[Any, str, Callable[[Any], Iterable[Any]]], ...] = (
    (timeouts.Timeout, "_on_timeout", lambda timeout: (timeout._task,)),
    (taskgroups.TaskGroup, "_abort", lambda group: group._tasks),
    (tasks._GatheringFuture, "cancel", _of_gathering),  # type: ignore[attr-defined]
)


def _is_plain_and_cancelled(future: Any, state: LoopState) -> bool:
    """Whether this is a future which nobody but its waiter's cancellation is likely to cancel: not a task."""
    return id(future) not in state.known and bool(future.cancelled())


def _who_ran(state: LoopState, number: int, ready_ns: int) -> tuple[By, int, int]:
    """What is most likely to have cancelled a task that was queued at ``ready_ns``; see above."""
    ran: dict[By, int] = {}
    cancelled_others: set[By] = set()
    for kind, waker_kind, who, waker, start_ns, end_ns in _latest(state):
        if kind == RecordKind.CANCEL_REQUESTED and start_ns >= ready_ns:
            cancelled_others.add((waker_kind, waker))
        elif kind == RecordKind.LOOP_STOPPED and start_ns >= ready_ns:
            ran[OUTSIDE] = start_ns
        elif kind in _STRETCHES:
            if end_ns < ready_ns:
                break
            ran.setdefault((_STRETCHES[kind], who), end_ns)
    else:
        return _UNKNOWN, ready_ns, Flag.INFERRED
    likely = [by for by in ran if by != (WakeKind.TASK, number)] or list(ran) or [OUTSIDE]
    if len(likely) > 1:
        likely = [by for by in likely if by in cancelled_others]
    by = likely[0] if len(likely) == 1 else _UNKNOWN
    return by, ran.get(by, ready_ns), Flag.INFERRED


_STRETCHES = {int(RecordKind.STEP): int(WakeKind.TASK), int(RecordKind.CALLBACK): int(WakeKind.CALLBACK)}


def _latest(state: LoopState) -> Iterator[tuple[int, int, int, int, int, int]]:
    """``(kind, waker_kind, who, waker, start_ns, end_ns)`` of a loop's latest records, the last one first."""
    for record in reversed(state.records[-MOST_LOOKED_AT:]):
        kind, waker_kind, _end, _flags, who, _ready_ns, start_ns, end_ns, waker, *_ = RECORD.unpack(record)
        yield kind, waker_kind, who, waker, start_ns, end_ns
