"""What the recorder knows of one event loop while it records it.

Decides what of the loop's ready queue can be seen; else it is the hot path's short-cut to everything it needs, in
slots. It holds the loop weakly.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from time import sleep
from typing import TYPE_CHECKING, Any

from loopviz.events import RECORD, Flag, RecordKind, WakeKind
from loopviz.recording.buffers import RecordBuffer
from loopviz.recording.callables import is_step
from loopviz.recording.handles import RecordedHandle
from loopviz.recording.inspection import has_started

if TYPE_CHECKING:
    import asyncio

    from loopviz.recording.recorder import Recorder


#: In it a thread on another processor wakes up, even on a virtual machine, and writes out what is to be written.
_TIME_TO_LOOK_S = 0.0002
#: A task that waits for its turn; since when, and by what it was made ready.
Queued = tuple[Any, int, int, int]


class LoopState(RecordBuffer):
    """A loop's buffer, and the tables of its recorder."""

    __slots__ = (
        "fast",
        "io_names",
        "known",
        "light",
        "looked_at",
        "loop",
        "next_callback",
        "next_timer",
        "plain",
        "polled_ns",
        "recorder",
        "root",
        "run_ended_ns",
        "running",
        "thread",
    )

    def __init__(self, recorder: Recorder, loop: asyncio.AbstractEventLoop, number: int, light: bool) -> None:
        super().__init__(number, recorder.sink, recorder.definitions, recorder.clock.now_ns)
        self.recorder = recorder
        self.root = recorder.definitions.root
        self.loop: weakref.ref[Any] = weakref.ref(loop)
        self.known = recorder.tasks.known
        self.next_callback = recorder.next_callback
        self.next_timer = recorder.next_timer
        #: The names of plain callbacks (no steps of tasks) that have run, and their numbers.
        self.plain: dict[str, int] = {}
        #: The same of asyncio's own methods, by their identity, which they keep: what the hot path looks up.
        self.io_names: dict[int, int] = {}
        #: Whether light entries may stand in the ready queue: not where the program overrides ``call_soon``.
        self.light = light
        #: Whether they may stand there now: not in debug mode, and only while the loop runs, so not on a closed one.
        self.fast = False
        #: When the selector was last looked at: since then its events and due timers are ready.
        self.polled_ns = 0
        self.running = False
        self.thread = 0
        #: When ``asyncio.run`` cancelled all that was left; see ``cancels``.
        self.run_ended_ns = 0
        #: Of the latest step that blocked: when it started, how often it was looked at; see ``watchdog``.
        self.looked_at = (0, 0)

    def turn_safely(self) -> None:
        """Write out what is in the list, on behalf of what is not to notice: our own fault ends the recording."""
        try:
            self.turn()
        except Exception as error:
            self.recorder.fail(error)

    def give_way(self) -> None:
        """Let the watchdog look, which waits for the interpreter; see there."""
        sleep(_TIME_TO_LOOK_S)

    def catch_up(self) -> None:
        if self.deferred:
            self.tell_deferred()
        if self.newborn:
            self.recorder.tasks.renew_names(self)
        if self.sink.failure is not None:
            self.recorder.fail(self.sink.failure)

    def queued(self, loop: Any) -> Iterator[Queued]:
        """The tasks that wait for their turn, in order."""
        for entry in list(loop._ready):
            if type(entry) is tuple:
                yield entry[3], entry[0], entry[1], entry[2]
            elif (task := _task_behind(entry)) is not None:
                yield task, entry.ready_ns, entry.waker_kind, entry.waker

    def provisional(self, loop: Any) -> bytearray:
        """Records of the step in progress, then of every task that is queued, as they stand now. Of those that have
        not begun, their birth says that they are ready.
        """
        records = bytearray()
        start_ns, kind, who = self.step_start_ns, self.current_kind, self.current
        if start_ns and kind in (WakeKind.TASK, WakeKind.CALLBACK):
            flags = Flag.CALLBACK_STEP if kind == WakeKind.CALLBACK else 0
            records += RECORD.pack(RecordKind.RUNNING, 0, 0, flags, who, start_ns, start_ns, 0, 0, 0, 0, 0)
        for task, ready_ns, waker_kind, waker in self.queued(loop):
            number = self.recorder.tasks.number_of(task)
            if number and has_started(task) is not False:
                records += RECORD.pack(RecordKind.READY, waker_kind, 0, 0, number, ready_ns, 0, 0, waker, 0, 0, 0)
        return records

    def correct_waker(self, loop: Any, task: Any, by: tuple[int, int]) -> None:
        """The task that was queued last of all its kind was made ready by something else than was thought."""
        for index in range(len(loop._ready) - 1, -1, -1):
            entry = loop._ready[index]
            if type(entry) is tuple and entry[3] is task:
                loop._ready[index] = (entry[0], *by, *entry[3:])
                return
            if _task_behind(entry) is task:
                entry.waker_kind, entry.waker = by
                return


def _task_behind(entry: Any) -> Any:
    """The task whose step a Handle in the queue is, in debug mode, say; None where it is another's."""
    return entry._callback.__self__ if type(entry) is RecordedHandle and is_step(entry._callback) else None
