"""The watchdog: a thread that writes out what is recorded, and looks into steps that block their loop.

Decides how soon a fact is on disk (``PERIOD_S``), so that the loop itself never waits for a write but when a block is
full, nor for a bounded file to be made shorter; and when a step counts as blocking. Of such a step it records the
stack, the step in progress and the queue behind it, at one, two, four ... times the threshold: a reader sees the frozen
loop while it is frozen. It sleeps no longer than until a step that runs begins to block; where that computes without a
pause, the interpreter lets it look some milliseconds later.

A thread that wants the interpreter is woken whenever another gives it away. A busy loop does so when it asks its
selector without waiting, but has it back long before a thread on another processor is awake: that one may be woken a
thousand times in vain, for a tenth of a second and more, in which the program is several times slower. So the watchdog
says when it is going to look, and a busy loop sleeps for a moment then; see ``LoopState.give_way``.

It is a guest: started without ``threading``, which would list it; deaf to signals; gone before a fork, which would
warn of threads otherwise, and back at the loop's next idle moment.
"""

from __future__ import annotations

import _thread
import os
import signal
from asyncio import Handle
from collections.abc import Iterator
from time import sleep
from types import FrameType

from loopviz.events import RECORD, ChunkKind, Flag, RecordKind, WakeKind
from loopviz.recording import cancels, libuv
from loopviz.recording.frames import frame_of
from loopviz.recording.ready import run_ready
from loopviz.recording.recorder import Recorder
from loopviz.recording.state import LoopState
from loopviz.recording.steps import HANDLE_CODE, run_callback, run_step

PERIOD_S = 0.04
_SHORTEST_PAUSE_S = 0.001
#: What runs a step: its frames stand outside the step's own.
_RUNNING_CODES = frozenset(
    {
        run_ready.__code__,
        run_step.__code__,
        run_callback.__code__,
        HANDLE_CODE,
        libuv.HANDLE_CODE,
        cancels.STEP_CODE,
        getattr(Handle._run, "__code__", None),  # somebody may have put any callable in its place
    }
)
_DEEPEST = 200
_MOST_LOOKS = 10_000
_PATIENCE_S = 1.0


class Watchdog:
    """Watches one recording. ``threshold_s`` is how long a step may take before it counts as blocking."""

    def __init__(self, recorder: Recorder, threshold_s: float) -> None:
        self._recorder = recorder
        self._threshold_ns = int(threshold_s * 1e9)
        self._speed = recorder.clock.speed
        self._stop = _thread.allocate_lock()
        self._gone = _thread.allocate_lock()
        self.native_id = 0
        self.awake = False

    def start(self) -> None:
        """Start the thread, unless it runs already."""
        if self.awake or self._gone.locked() or not self._recorder.open:
            return
        self.awake = True
        self._stop.acquire()
        self._gone.acquire()
        try:
            _thread.start_new_thread(self._run, ())
        except RuntimeError:  # no more threads to be had, or the interpreter is ending: blocks are written when full
            self._stop.release()
            self._gone.release()

    def stop(self) -> None:
        """End the thread and wait until it is gone."""
        if self.awake:
            self.awake = False
            if self._stop.locked():
                self._stop.release()
            # Not for ever: a signal handler may fork while its thread holds the lock that the watchdog waits for.
            if self._gone.acquire(timeout=_PATIENCE_S):
                self._gone.release()
                _await_exit(self.native_id)

    def _run(self) -> None:
        try:
            self.native_id = _thread.get_native_id()
            if hasattr(signal, "pthread_sigmask"):
                signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while not self._sleep():
                self._look()
            self._stop.release()
        except Exception as error:
            # ``fail`` waits for this thread to be gone.
            self.awake = False
            self._recorder.fail(error)
        finally:
            self._gone.release()

    def _sleep(self) -> bool:
        """Sleep until it is time to look; True where the watchdog is to end instead."""
        pause_s, clock = self.pause_s(), self._recorder.clock
        self._recorder.look_due_ns = clock.now_ns() + int(pause_s * 1e9 * clock.speed)
        is_over = self._stop.acquire(timeout=pause_s)
        self._recorder.look_due_ns = 0
        return is_over

    def pause_s(self) -> float:
        """How long to sleep now, so that no step is seen later than when it begins to count as blocking."""
        pause_ns = self._threshold_ns / 2  # so whatever begins in the meantime is seen before it blocks
        for state in list(self._recorder.states):
            if start_ns := state.step_start_ns:
                pause_ns = min(pause_ns, start_ns + self._next_look_ns(state, start_ns) - state.now_ns())
        return min(max(_SHORTEST_PAUSE_S, pause_ns / 1e9 / self._speed), PERIOD_S)

    def _look(self) -> None:
        for state in list(self._recorder.states):
            state.flush()
            start_ns = state.step_start_ns
            if start_ns and state.now_ns() - start_ns >= self._next_look_ns(state, start_ns):
                self._sample(state, start_ns)
        self._recorder.outside.tell_deferred()
        self._recorder.outside.flush()
        self._recorder.sink.shorten(self._stop.locked)
        if self._recorder.sink.failure is not None:
            raise self._recorder.sink.failure

    def _next_look_ns(self, state: LoopState, start_ns: int) -> int:
        """How long a step must have run to be looked at again."""
        seen_start_ns, looks = state.looked_at
        return self._threshold_ns << (looks if seen_start_ns == start_ns else 0)

    def _sample(self, state: LoopState, start_ns: int) -> None:
        loop, frame = state.loop(), frame_of(state.thread)
        if loop is None or frame is None:
            return
        payload = state.provisional(loop) + blocked_record(state, start_ns, frame)
        with state.sink.lock:
            state.flush()
            # Only while the step still runs: its own record must come after this one.
            if state.step_start_ns == start_ns:
                state.flush_definitions()
                state.sink.write(ChunkKind.RECORDS, state.loop_number, payload)
        seen_start_ns, looks = state.looked_at
        state.looked_at = (start_ns, looks + 1 if seen_start_ns == start_ns else 1)


def _await_exit(native_id: int) -> None:
    """Wait, where the system tells, until it has taken a thread that is over off its list, by which a fork warns."""
    for _ in range(_MOST_LOOKS):
        if not os.path.exists(f"/proc/self/task/{native_id}"):
            return
        sleep(0)


def blocked_record(state: LoopState, start_ns: int, frame: FrameType) -> bytes:
    """The record of a step that blocks, with the stack from the step's own first frame to ``frame``, the innermost."""
    who, flags, site = blocked_where(state, frame)
    return RECORD.pack(RecordKind.BLOCKED, 0, 0, flags, who, 0, start_ns, state.now_ns(), 0, 0, site, 0)


def blocked_where(state: LoopState, frame: FrameType) -> tuple[int, int, int]:
    """Who is running on a loop, the flags that say whether it is a callback, and the site of ``frame``."""
    site = state.definitions.root
    for inner in reversed(list(_frames_of_step(frame))):
        site = state.definitions.site(site, inner)
    flags = Flag.CALLBACK_STEP if state.current_kind == WakeKind.CALLBACK else Flag.NONE
    return state.current, flags, site.number


def _frames_of_step(frame: FrameType | None) -> Iterator[FrameType]:
    for _ in range(_DEEPEST):
        if frame is None or frame.f_code in _RUNNING_CODES:
            return
        yield frame
        frame = frame.f_back
