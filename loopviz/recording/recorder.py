"""The recorder: one per recording, the owner of the file, the counters and the loops' buffers.

Decides what is written as a loop is first seen, begins, sleeps and ends, and whose a fact is that may come from
anywhere. Where a recording begins, tasks that are alive already are adopted; how it ends is ``ending``'s affair.

Awkward case: a fork gives the child a copy of everything, which it abandons without a byte written.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from loopviz.events import NO_TIMEOUT, RecordKind, WakeKind, WarningKind
from loopviz.recording import libuv
from loopviz.recording.buffers import RecordBuffer, SharedBuffer
from loopviz.recording.cancels import Cancels
from loopviz.recording.clocks import Clock
from loopviz.recording.definitions import Definitions
from loopviz.recording.ending import Ending
from loopviz.recording.handles import disown
from loopviz.recording.places import Places
from loopviz.recording.sink import Sink
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import OUTSIDE, KnownTask, TaskTable, unknown_task
from loopviz.recording.values import type_name

if TYPE_CHECKING:
    from loopviz.recording.children import Recipe
    from loopviz.recording.watchdog import Watchdog

Select = Callable[[Any, Any, "float | None"], Any]


class Recorder:
    """Writes one trace. ``open`` is False once it has ended, for whatever reason."""

    def __init__(
        self,
        path: str,
        header: dict[str, Any],
        *,
        clock: Clock,
        folder: str,
        max_bytes: int | None = None,
        select: Select | None = None,
    ) -> None:
        """Create the file. ``select(clock, loop, timeout)`` waits for I/O in place of the loop's selector. Raises
        OSError.
        """
        self.clock = clock
        lock = threading.RLock()
        self.definitions = Definitions(Places(folder), lock)
        self.tasks = TaskTable(self.definitions)
        self.cancels = Cancels(self)
        self.sink = Sink(path, header, lock) if max_bytes is None else self._bounded(path, header, max_bytes, lock)
        self.outside: RecordBuffer = SharedBuffer(0, self.sink, self.definitions, clock.now_ns)
        self.states: list[LoopState] = []
        self.open = True
        #: Facts that there was no room to record; see ``fail``.
        self.missed = 0
        self.loops_seen = 0
        #: Kinds of loops that were told to be unknown; see ``strangers``.
        self.strangers: set[type] = set()
        self.next_callback = count(1).__next__
        self.next_call = count(1).__next__
        self.next_timer = count(1).__next__
        self._select = select
        self.watchdog: Watchdog | None = None
        #: When that is going to look; 0 where it is not, or is just looking.
        self.look_due_ns = 0
        #: How processes that this one starts are to be recorded; None if they are not.
        self.children: Recipe | None = None
        self._ending = Ending(self)

    # Loops

    def attach(self, loop: Any) -> LoopState:
        """Begin to record a loop."""
        thread = getattr(loop, "_thread_id", None) or threading.get_ident()
        facts = {"kind": _kind_of(loop), "class": type_name(type(loop)), "thread": _thread_name(thread)}
        state = self._state_of_kind(loop, self.definitions.loop(facts))
        self.states = [known for known in self.states if known.loop() is not None or _flushed(known)]
        self.states.append(state)
        self.loops_seen += 1
        if loop.is_running():
            self.loop_started(state, thread)
            for task in sorted(asyncio.all_tasks(loop), key=lambda task: (len(task.get_name()), task.get_name())):
                self.adopt(state, task, self.clock.now_ns(), *OUTSIDE)
        loop._loopviz = state
        return state

    def _state_of_kind(self, loop: Any, number: int) -> LoopState:
        if libuv.is_instrumented(type(loop)):
            return libuv.UvState(self, loop, number)
        disown(loop, self.clock.now_ns)
        light = getattr(type(loop).call_soon, "__module__", "") == "loopviz.recording.loop"
        return LoopState(self, loop, number, light)

    def loop_started(self, state: LoopState, thread: int) -> None:
        """``run_forever`` begins in the thread of that identity, or was first seen running there."""
        state.running = True
        state.thread = thread
        try:
            name = self.definitions.passing(_thread_name(thread))
            state.emit(RecordKind.LOOP_STARTED, target=name, start_ns=state.now_ns())
        except Exception as error:
            self.fail(error)

    def loop_stopped(self, state: LoopState) -> None:
        """``run_forever`` is about to end."""
        state.fast = False
        if state.open and state.running:
            state.running = False
            try:
                state.catch_up()
                state.emit(RecordKind.LOOP_STOPPED, start_ns=state.now_ns())
                state.flush()
            except Exception as error:
                self.fail(error)

    def wake_watchdog(self) -> None:
        """Start the watchdog, unless it is at work: after a fork it is not."""
        if self.watchdog is not None and not self.watchdog.awake:
            self.watchdog.start()

    def idle(self, state: LoopState, loop: Any, timeout: float | None) -> Any:
        """Let the loop wait for I/O, and record how long it did. Returns the selector's events."""
        try:
            self.wake_watchdog()
            state.catch_up()
        except Exception as error:
            self.fail(error)
        start_ns = state.now_ns()
        select = self._select
        events = loop._selector.select(timeout) if select is None else select(self.clock, loop, timeout)
        if state.open:
            asked_ns = NO_TIMEOUT if timeout is None else int(timeout * 1e9)
            try:
                state.emit(RecordKind.IDLE, ready_ns=asked_ns, start_ns=start_ns, end_ns=state.now_ns(), by=OUTSIDE)
            except Exception as error:
                self.fail(error)
        return events

    # Tasks

    def known(self, state: LoopState, task: Any, ready_ns: int, waker_kind: int, waker: int) -> KnownTask:
        """A task with its number, given to it now where it had none."""
        known = self.tasks.known.get(id(task))
        return known if known is not None else self.adopt(state, task, ready_ns, waker_kind, waker)

    def adopt(self, state: LoopState, task: Any, ready_ns: int, waker_kind: int, waker: int) -> KnownTask:
        """Number a task that was not made by ``create_task``; without a number where that fails."""
        try:
            return self.tasks.adopt(state, task, ready_ns, waker_kind, waker)
        except Exception as error:
            self.fail(error)
            return unknown_task(task)

    # Facts of any place

    def here(self) -> RecordBuffer:
        """The buffer of the loop that runs in this thread, else the one of no loop."""
        loop = asyncio._get_running_loop()
        state: LoopState | None = getattr(loop, "_loopviz", None)
        return state if state is not None and state.open else self.outside

    def by_now(self, buffer: RecordBuffer) -> tuple[int, int]:
        """What runs in this thread, whose buffer that is: kind and number, as a record has them."""
        if buffer is self.outside and self._is_beside_all_loops():
            return int(WakeKind.THREAD), 0
        return buffer.current_kind, buffer.current

    def _is_beside_all_loops(self) -> bool:
        """Whether this is a thread that no loop was seen to run in, nor the main thread, which may still run one."""
        thread = threading.get_ident()
        return thread != threading.main_thread().ident and all(state.thread != thread for state in self.states)

    def mark(self, label: str) -> None:
        """The program's own annotation."""
        self.note(RecordKind.MARK, str(label))

    def note(
        self, kind: RecordKind, text: str, end: int = 0, who: int = 0, by: tuple[int, int] | None = None
    ) -> None:
        """Record a fact that is a text: output, a mark, a warning."""
        try:
            buffer = self.here()
            at_ns = buffer.now_ns()
            by = by or self.by_now(buffer)
            buffer.emit(kind, who, self.definitions.passing(text), by=by, end=end, start_ns=at_ns)
        except Exception as error:
            self.fail(error)

    def warn(self, kind: WarningKind, text: str, who: int = 0, site: int = 0, call: int = 0) -> None:
        """The runtime has found something wrong; perhaps in a destructor, in the middle of anything."""
        self.here().defer(RecordKind.WARNING, who, text, end=int(kind), site=site, call=call)

    # The ends

    def flush(self) -> None:
        """Write out whatever has been recorded."""
        for buffer in (*self.states, self.outside):
            buffer.flush()

    def at_end(self, undo: Callable[[], None]) -> None:
        """Have ``undo`` called when the recording ends, the latest first."""
        self._ending.at_end(undo)

    def end(self) -> None:
        """End the recording: write what is pending, close the file, leave every loop as asyncio made it. Returns when
        that is done, also where a fault in another thread ends it just then. Never raises.
        """
        self._ending.end([])
        self._ending.wait()

    def fail(self, error: Exception) -> None:
        """Our own fault: stop recording, say so once. Never raises. That the program recurses too deep is no fault of
        ours, and costs one fact.
        """
        if isinstance(error, RecursionError):
            self.missed += 1  # at once: there may be no room for a call
        else:
            self._ending.end([error])

    def abandon(self) -> None:
        """In a forked child: be gone without a byte written."""
        self.open = False
        self.watchdog = None
        self.definitions.lock = lock = threading.RLock()
        self.sink.abandon(lock)
        self._ending.abandon()

    def _bounded(self, path: str, header: dict[str, Any], max_bytes: int, lock: threading.RLock) -> Sink:
        # Imported late: few files have a bound.
        from loopviz.recording.bounded_sink import BoundedSink
        from loopviz.recording.carrying import Living

        def living() -> Living:
            """What a file that drops its oldest chunks must be told again of. Loops go on meanwhile, so what lives is
            asked first: the end of what does not is written down.
            """
            tasks, calls = self.tasks.alive(), self.tasks.open_calls()
            unwritten = {buffer.loop_number: buffer.unwritten() for buffer in (*self.states, self.outside)}
            return Living(unwritten, tasks, calls)

        return BoundedSink(path, header, max_bytes, living, self.definitions.forget_passing, lock)


def _flushed(state: LoopState) -> bool:
    """Write out a dead loop's rest; always False, so that it is forgotten."""
    state.tell_deferred()
    state.flush()
    return False


def _kind_of(loop: Any) -> str:
    if libuv.is_instrumented(type(loop)):
        return "uvloop"
    return "asyncio" if isinstance(loop, asyncio.BaseEventLoop) else str(type(loop).__module__).partition(".")[0]


def _thread_name(ident: int) -> str:
    """A thread's name; asking ``threading`` for a foreign thread's would register it there."""
    thread = threading._active.get(ident)  # type: ignore[attr-defined]
    return str(thread.name) if thread is not None else f"thread {ident}"
