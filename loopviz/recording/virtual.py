"""The virtual clock's world: nothing waits, and everything happens in the program's own order.

Decides what an idle loop does instead of blocking: it jumps to its next timer. Timers due within a millisecond of it
come along, as a real select, which counts in milliseconds, would let them. ``time.sleep`` on a loop's thread moves
the clock, as a blocked loop would, and the step that does it is seen to block. In a worker thread it waits for the
clock to get there: see ``virtual_workers``.

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
from loopviz.recording.virtual_workers import Workers
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
        self._workers = Workers(clock.time)
        self._restore: list[Callable[[], None]] = []

    def enter(self) -> None:
        """Take over ``time.sleep``, executors and the watching of sockets."""
        self._replace(time, "sleep", self._sleep)
        loops: Any = base_events.BaseEventLoop
        self._replace(loops, "run_in_executor", self._workers.replacing(loops.run_in_executor))
        self._replace(loops, "_do_shutdown", self._workers.shutting_down(loops._do_shutdown))
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
        self._workers.end()

    def select(self, _clock: Any, loop: Any, timeout: float | None) -> Any:
        """Wait for I/O, as an idle loop does; ``timeout`` is None where there is no timer."""
        while True:
            events = loop._selector.select(0)
            if events:
                return events
            timer_ns = None if timeout is None else _due_ns(loop)
            if self._workers.keep_waiting(loop, timer_ns):
                events = loop._selector.select(_WAIT_FOR_WORKERS_S)
            elif timeout is None:
                events = loop._selector.select(None)
            else:
                self._jump(loop)
                return []
            if events:
                return events

    def _jump(self, loop: Any) -> None:
        first_ns = round(loop._scheduled[0]._when * 1e9)
        window = [round(timer._when * 1e9) for timer in loop._scheduled if not timer._cancelled]
        self._clock.time.advance_to(max(due for due in window if due <= first_ns + SELECT_GRAIN_NS) + 1)

    def _sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        until_ns = self._clock.time.now + round(seconds * 1e9)
        if threading.get_ident() != threading.main_thread().ident and not _on_a_loop():
            self._workers.sleep(until_ns)
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


def _due_ns(loop: Any) -> int:
    return int(loop._scheduled[0]._when * 1e9)


def _on_a_loop() -> bool:
    return sys.modules["asyncio"]._get_running_loop() is not None
