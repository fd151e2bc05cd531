"""A program recorded aside: to a trace that is read and gone, with its output out of the way.

Decides what becomes of what the program writes. Its standard output is in the trace and goes nowhere else; what it
writes to standard error is kept, to be passed on where it tells why the program failed. Its input is ours, and so is
Ctrl+C: the program gets it and ends as it will, and what it did until then is told.

Awkward case: a recorder has a word to say of a program that ran well, that no event loop was in it; its lines are
passed on in any case.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from loopviz.commands.launch_options import LaunchChoices
from loopviz.commands.recorder_command import recorder_command, require_posix
from loopviz.commands.targets import Program
from loopviz.errors import ProgramUnrunnable, TraceUnreadable
from loopviz.trace.files import TraceFile, load_file

_OF_THE_RECORDER = "loopviz: "


@dataclass(frozen=True, slots=True)
class Recorded:
    """A program's trace (None where it ended before that began), its exit status, and what is to be passed on."""

    file: TraceFile | None
    status: int
    complaints: str


def record(program: Program, clock: str) -> Recorded:
    """Run a program to its end. Raises PlatformUnsupported, and ProgramUnrunnable where it can't even be started."""
    require_posix("to record a program")
    with TemporaryDirectory(prefix="loopviz-", ignore_cleanup_errors=True) as directory:
        trace, errors = Path(directory, "trace.loopviz"), Path(directory, "errors")
        status = _run(recorder_command(program, LaunchChoices(clock=clock), str(trace)), program.label, errors)
        written = errors.read_text(encoding="utf-8", errors="backslashreplace")
        try:
            file = load_file(trace)
        except TraceUnreadable:
            file = None
        return Recorded(file, status, written if status or file is None else _of_the_recorder(written))


def _run(command: list[str], label: str, errors: Path) -> int:
    """The exit status, as a shell says it."""
    with open(errors, "wb") as out, _interrupts_are_the_programs():
        try:
            status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=out, check=False).returncode
        except (OSError, ValueError) as error:
            raise ProgramUnrunnable(label, getattr(error, "strerror", None) or str(error)) from None
    return 128 - status if status < 0 else status


@contextmanager
def _interrupts_are_the_programs() -> Iterator[None]:
    # Not SIG_IGN, which the program would inherit.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _of_the_recorder(written: str) -> str:
    return "".join(line for line in written.splitlines(keepends=True) if line.startswith(_OF_THE_RECORDER))


def ending(status: int) -> str:
    """How a program ended, in words."""
    if status <= 128:
        return f"ended with exit status {status}"
    try:
        return f"was ended by {signal.Signals(status - 128).name}"
    except ValueError:
        return f"ended with exit status {status}"
