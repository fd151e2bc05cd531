"""The virtual clock's world: nothing waits, and everything happens in the program's own order.

Decides what an idle loop does instead of blocking: it jumps to its next timer. Timers due within a millisecond of it
come along, as a real select, which counts in milliseconds, would let them. ``time.sleep`` on a loop's thread moves
the clock, as a blocked loop would, and the step that does it is seen to block. In a worker thread it waits for the
clock to get there, which an idle loop sees to; while a worker is busy with anything else, the loop really waits for
it, and no virtual time passes.

Awkward cases: real I/O can't be made to wait virtually, so watching a socket is an error that names the call (the
loop's own wake-up pipe is no socket of the program's); a loop that waits for nothing but a foreign thread waits for
real.
"""

from __future__ import annotations

import sys
import threading
import time
from asyncio import base_events, selector_events
from collections.abc import Callable
from types import FrameType
from typing import Any

from loopviz.events import RecordKind
from loopviz.recording import active
from loopviz.recording.callers import calling_place
from loopviz.recording.clocks import VirtualClock
from loopviz.recording.watchdog import blocked_where

#: A real select rounds its timeout up to whole milliseconds.
SELECT_GRAIN_NS = 1_000_000
_WAIT_FOR_WORKERS_S = 0.002


class VirtualWorld:
    """Replaces what would wait, until ``restore``."""

    def __init__(self, clock: VirtualClock, blocked_after_s: float) -> None:
        """``blocked_after_s`` is how long a step may take before it counts as blocking."""
        self._clock = clock
        self._blocked_after_ns = int(blocked_after_s * 1e9)
        self._lock = threading.Condition()
        self._sleepers: list[int] = []
        self._workers = 0
        self._restore: list[Callable[[], None]] = []

    def enter(self) -> None:
        """Take over ``time.sleep``, executors and the watching of sockets."""
        self._replace(time, "sleep", self._sleep)
        self._replace(base_events.BaseEventLoop, "run_in_executor", self._run_in_executor())
        for name in ("_add_reader", "_add_writer"):
            self._replace(selector_events.BaseSelectorEventLoop, name, self._refuse_sockets(name))

    def _replace(self, owner: Any, name: str, replacement: Any) -> None:
        original = getattr(owner, name)
        setattr(owner, name, replacement)
        self._restore.append(lambda: setattr(owner, name, original))

    def restore(self) -> None:
        """Put everything back."""
        while self._restore:
            self._restore.pop()()
        with self._lock:
            self._lock.notify_all()

    def select(self, _clock: Any, loop: Any, timeout: float | None) -> Any:
        """Wait for I/O, as an idle loop does; ``timeout`` is None where there is no timer."""
        while True:
            events = loop._selector.select(0)
            if events:
                return events
            with self._lock:
                if self._workers > len(self._sleepers) or _shuts_its_executor_down(loop):
                    busy = True
                elif self._sleepers and (timeout is None or min(self._sleepers) <= self._due_ns(loop)):
                    self._wake_sleeper()
                    busy = True
                else:
                    busy = False
            if busy:
                events = loop._selector.select(_WAIT_FOR_WORKERS_S)
            elif timeout is None:
                events = loop._selector.select(None)
            else:
                self._jump(loop)
                return []
            if events:
                return events

    def _due_ns(self, loop: Any) -> int:
        return int(loop._scheduled[0]._when * 1e9)

    def _jump(self, loop: Any) -> None:
        first_ns = round(loop._scheduled[0]._when * 1e9)
        window = [round(timer._when * 1e9) for timer in loop._scheduled if not timer._cancelled]
        self._clock.time.advance_to(max(due for due in window if due <= first_ns + SELECT_GRAIN_NS) + 1)

    def _wake_sleeper(self) -> None:
        self._clock.time.advance_to(min(self._sleepers))
        self._lock.notify_all()

    def _sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        until_ns = self._clock.time.now + round(seconds * 1e9)
        if threading.get_ident() != threading.main_thread().ident and not _on_a_loop():
            self._sleep_as_worker(until_ns)
        else:
            from_ns = self._clock.time.now
            self._clock.time.advance_to(until_ns)
            self._look(sys._getframe(1), from_ns, until_ns)

    def _look(self, frame: FrameType, from_ns: int, until_ns: int) -> None:
        """What the watchdog would have seen meanwhile: the step that sleeps, at one, two, four ... times the
        threshold.
        """
        loop = sys.modules["asyncio"]._get_running_loop()
        state = active.state_of(loop) if loop is not None else None
        if state is None or not state.open or not state.step_start_ns:
            return
        try:
            start_ns, after_ns = state.step_start_ns, self._blocked_after_ns
            while start_ns + after_ns <= until_ns:
                if start_ns + after_ns > from_ns:
                    who, flags, site = blocked_where(state, frame)
                    seen_ns = start_ns + after_ns
                    state.emit(
                        RecordKind.BLOCKED, who, by=(0, 0), flags=flags, site=site, start_ns=start_ns, end_ns=seen_ns
                    )
                after_ns *= 2
        except Exception as error:
            state.recorder.fail(error)

    def _sleep_as_worker(self, until_ns: int) -> None:
        with self._lock:
            self._sleepers.append(until_ns)
            while self._clock.time.now < until_ns and self._restore:
                self._lock.wait()
            self._sleepers.remove(until_ns)

    def _run_in_executor(self) -> Callable[..., Any]:
        original = base_events.BaseEventLoop.run_in_executor

        def run_in_executor(loop: Any, executor: Any, func: Any, *args: Any) -> Any:
            future = original(loop, executor, func, *args)
            with self._lock:
                self._workers += 1
            future.add_done_callback(self._worker_done)
            return future

        return run_in_executor

    def _worker_done(self, _future: Any) -> None:
        with self._lock:
            self._workers -= 1

    def _refuse_sockets(self, name: str) -> Callable[..., Any]:
        original = getattr(selector_events.BaseSelectorEventLoop, name)

        def watch(loop: Any, fd: Any, callback: Any, *args: Any) -> Any:
            own = loop._ssock is not None and fd in (loop._ssock, loop._ssock.fileno())
            if not own:
                raise RuntimeError(
                    f"the virtual clock can't wait for real I/O, as {calling_place()} does; record with --clock real"
                )
            return original(loop, fd, callback, *args)

        return watch


def _shuts_its_executor_down(loop: Any) -> bool:
    """Whether a loop waits for its worker threads to end, as it does last; a thread of its own waits for them."""
    return bool(loop._executor_shutdown_called and loop._default_executor is not None)


def _on_a_loop() -> bool:
    return sys.modules["asyncio"]._get_running_loop() is not None
