"""One program of a comparison on its way from a name to a trace.

Decides how it gets there: a trace is read; a program is recorded in a process of its own, with nothing to read from and
its output in a file, and then its trace is read, piece by piece, so that a screen stays responsive. Nothing here
raises: what goes wrong is the program's outcome.

Awkward cases: a program may end before a recorder began (its trace is missing), or without any trace to speak of; the
last line that it printed tells why, as a rule.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from loopviz.commands.compare_words import Named
from loopviz.commands.launch_options import LaunchChoices
from loopviz.commands.recorder_command import VIRTUAL, recorder_command
from loopviz.commands.targets import Program, is_trace, resolve
from loopviz.errors import LoopvizError
from loopviz.timeline.comparison import Entrant
from loopviz.timeline.outcomes import Outcome, not_run, outcome_of, pending
from loopviz.trace.files import TraceFile
from loopviz.tui.child import Child

_BYTES_PER_POLL = 1 << 20
_LAST_LINES = 20
#: What the recorder says on its own account.
_OURS = "loopviz: "
_REAL = "real"


class Stage(Enum):
    """How far a contender is."""

    WAITING = 0
    RECORDING = 1
    READING = 2
    DONE = 3


class Contender:
    """One program or trace. ``clock`` is the clock it will be recorded under, None where nothing is to be recorded.

    ``entrant`` tells how far it has got; it is another object whenever that has changed.
    """

    def __init__(self, named: Named, arguments: tuple[str, ...], clock: str | None, folder: Path) -> None:
        """``folder`` is for its trace, and made when there is one; ``clock`` None chooses for itself."""
        self.clock: str | None = None
        self._path = folder
        self._program: Program | None = None
        self._child: Child | None = None
        self._file: TraceFile | None = None
        self._status: int | None = None
        self._last_line = ""
        self.stage = Stage.WAITING
        self.entrant = Entrant(named.label, pending("waiting"))
        try:
            self._find(named.words, arguments, clock)
        except LoopvizError as error:
            self._end(not_run(str(error)))

    def _find(self, words: tuple[str, ...], arguments: tuple[str, ...], clock: str | None) -> None:
        if is_trace(words[0]):
            self._path = Path(words[0])
            self._read()
        else:
            self._program = resolve([*words, *arguments], "compare")
            self.clock = clock or default_clock(self._program)
            self._path /= self._program.default_output

    def start(self) -> None:
        """Start the recording."""
        assert self._program is not None and self.clock is not None
        self._path.parent.mkdir()
        try:
            command = recorder_command(self._program, LaunchChoices(clock=self.clock), str(self._path))
            self._child = Child(command, self._path.with_name(self._path.name + ".log"), None, {})
        except LoopvizError as error:
            self._end(not_run(str(error)))
            return
        self.stage = Stage.RECORDING
        self._tell(pending("recording"))

    def poll(self) -> bool:
        """Go on as far as is possible without waiting; True where something was done."""
        if self.stage is Stage.RECORDING and self._child is not None and not self._child.is_running:
            self._status = self._child.exit_status
            self._last_line = _last_words(self._child.tail(_LAST_LINES))
            self._read()
            return True
        if self.stage is not Stage.READING or self._file is None:
            return False
        try:
            if not self._file.poll(_BYTES_PER_POLL):
                self._finish(self._file)
        except LoopvizError as error:
            self._end(not_run(str(error)))
        return True

    def _read(self) -> None:
        self.stage = Stage.READING
        try:
            self._file = TraceFile(self._path)
        except LoopvizError as error:
            self._end(outcome_of(None, self._status, self._last_line) if self._status else not_run(str(error)))

    def _finish(self, file: TraceFile) -> None:
        trace = file.trace if file.has_header else None
        if trace is None and not self._status:
            self._end(not_run(f"{self._path}: it ends before a trace begins"))
            return
        self._end(outcome_of(trace, self._status, self._last_line))
        if trace is not None:
            self.entrant = Entrant(self.entrant.label, self.entrant.outcome, trace, self._path, file.note)

    def _end(self, outcome: Outcome) -> None:
        self.close()
        self.stage = Stage.DONE
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        self.entrant = Entrant(self.entrant.label, outcome)

    def close(self) -> None:
        """End the program, if it runs, and close its trace."""
        if self._child is not None:
            self._child.end()
        if self._file is not None:
            self._file.close()


def _last_words(lines: Sequence[str]) -> str:
    """The last that a program printed itself; empty where it said nothing."""
    said = [line.strip() for line in lines if line.strip() and not line.startswith(_OURS)]
    return said[-1] if said else ""


def default_clock(program: Program) -> str:
    """Virtual for a scenario that allows it, which is exact and takes no time; real for any other program."""
    return VIRTUAL if program.scenario is not None and not program.needs_time else _REAL


def processors() -> int:
    """How many programs may run at once without disturbing each other."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
