"""The watched program's process, as the screen owns it.

Decides how it is started (stdin empty, stdout and stderr to a file, a session of its own) and how it ends with the
screen: nothing that it or its children print, and no ``/dev/tty`` that they open, can reach the terminal that loopviz
draws on.

Awkward cases: it may ignore SIGTERM (SIGKILL follows); it may have started processes of its own (the whole group gets
the signal); loopviz may die of an exception (``atexit`` ends the child all the same); it can't be started at all, which
is the user's mistake and told as such.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from loopviz.errors import LoopvizError

_PATIENCE_S = 1.0
_TAIL_BYTES = 16_384


class ProgramUnstartable(LoopvizError):
    """The operating system refused to start the program or to open its log."""

    def __init__(self, command: Sequence[str], why: str) -> None:
        super().__init__(f"can't start {command[0] if command else 'an empty command'}: {why}")


class Child:
    """A running program. ``log`` is the file that its stdout and stderr go to."""

    def __init__(self, command: Sequence[str], log: Path, cwd: Path | None, environment: Mapping[str, str]) -> None:
        """Start ``command``; ``environment`` is added to this process's own. Raises ProgramUnstartable."""
        self.log = log
        self._process = _start(command, log, cwd, environment)
        self._ended_by_us = False
        atexit.register(self.end)

    @property
    def exit_status(self) -> int | None:
        """None while it runs, and where ``end`` ended it; negative is the number of the signal that killed it."""
        return None if self._ended_by_us else self._process.poll()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def tail(self, lines: int) -> list[str]:
        """The last lines that it printed, both streams in the order written."""
        try:
            with open(self.log, "rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - _TAIL_BYTES))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]

    def interrupt(self) -> None:
        """Send it what Ctrl+C sends."""
        self._signal(signal.SIGINT)

    def end(self) -> None:
        """End it and all processes of its group, if it runs; returns when it has ended."""
        atexit.unregister(self.end)
        # What a program that ended by itself left behind may live on, as under a shell; its number may be taken anew.
        if self._process.poll() is not None:
            return
        self._ended_by_us = True
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE_S)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        # macOS refuses to signal a group of which only zombies are left.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _start(
    command: Sequence[str], log: Path, cwd: Path | None, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    try:
        with open(log, "wb") as file:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **environment},
                start_new_session=True,
            )
    except (OSError, ValueError, IndexError) as error:
        raise ProgramUnstartable(command, getattr(error, "strerror", None) or str(error)) from None
