"""The end of a recording: what is still written, and how the program is left as it was.

Decides the order: what was put aside is told, what is queued or running is written as provisional, every loop and
everything else that was changed is as before, then the file is closed.

Awkward cases: a fault of the recorder's own ends the recording, is told once on stderr, and the program goes on, as
does every part of the end that another part's fault leaves undone; two threads may end it at once, and a signal handler
while its own thread does; an end in the middle of a step (the program leaves ``with loopviz.recording(...)``) leaves
that step running.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from loopviz.events import ChunkKind
from loopviz.recording.state import LoopState
from loopviz.recording.values import type_name

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

_PATIENCE_S = 1.0


class Ending:
    """Ends one recording."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._undoings: list[Callable[[], None]] = []
        #: Held by the thread that ends the recording.
        self._at_work = threading.RLock()

    def at_end(self, undo: Callable[[], None]) -> None:
        """Have ``undo`` called then, the latest first."""
        self._undoings.append(undo)

    def end(self, faults: list[Exception]) -> None:
        """End it because of these faults, or because it is over. Never raises."""
        if not self._at_work.acquire(blocking=False):
            return
        try:
            if self._recorder.open:
                self._recorder.open = False
                self._leave(faults)
        finally:
            self._at_work.release()

    def wait(self) -> None:
        """Wait until the end is over, also where another thread is at it."""
        # Not for ever: a signal handler that ends it may have interrupted what the other thread waits for.
        if self._at_work.acquire(timeout=_PATIENCE_S):
            self._at_work.release()

    def abandon(self) -> None:
        """Leave everything as it was, in a forked child: whoever held a lock is not there."""
        self._at_work = threading.RLock()
        self._let_go()

    def _leave(self, faults: list[Exception]) -> None:
        recorder = self._recorder
        sink = recorder.sink
        for part in (self._write_the_rest, self._let_go, recorder.flush, lambda: self._tell_losses(faults), sink.close):
            try:
                part()
            except Exception as error:
                faults.append(error)
        if sink.failure is not None:
            faults.append(sink.failure)
        if faults:
            _complain(faults[0], unwritable=faults[0] is sink.failure)

    def _tell_losses(self, faults: list[Exception]) -> None:
        recorder = self._recorder
        if recorder.missed:
            recorder.sink.tell_loss(recorder.missed, "the program recursed too deep to record them")
        if faults:
            recorder.sink.tell_loss(0, f"loopviz ended the recording by a fault of its own ({_words_of(faults[0])})")

    def _write_the_rest(self) -> None:
        recorder = self._recorder
        recorder.outside.tell_deferred()
        for state in recorder.states:
            state.tell_deferred()
            recorder.tasks.renew_names(state, everybody=True)
            _write_pending(state)

    def _let_go(self) -> None:
        fault: Exception | None = None
        while self._undoings:
            try:
                self._undoings.pop()()
            except Exception as error:
                fault = error
        with self._recorder.sink.lock:  # or a loop in another thread would be attached meanwhile
            for state in self._recorder.states:
                state.open = False
                loop = state.loop()
                if loop is not None and getattr(loop, "_loopviz", None) is state:
                    del loop._loopviz
        if fault is not None:
            raise fault


def _write_pending(state: LoopState) -> None:
    """What is queued or running as the recording ends."""
    loop = state.loop()
    if loop is None:
        return
    with state.sink.lock:
        state.flush()
        # Not before: a loop in another thread goes on, and a step told as running must not have been told whole.
        payload = bytes(state.provisional(loop))
        if payload:
            state.sink.write(ChunkKind.RECORDS, state.loop_number, payload)


def _complain(fault: Exception, unwritable: bool) -> None:
    """The one line that tells of a fault, or that the file takes no more."""
    said = _words_of(fault)
    why = f": the trace can't be written ({said})" if unwritable else f" by a fault of its own ({said})"
    message = f"loopviz: recording ended{why}; the program goes on\n"
    with suppress(OSError):
        os.write(2, message.encode("utf-8", "backslashreplace"))


def _words_of(fault: Exception) -> str:
    return f"{type_name(type(fault))}: {fault}" if isinstance(fault, OSError) else repr(fault)
