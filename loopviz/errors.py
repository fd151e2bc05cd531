"""Every error that a user can meet: its facts, and what to do next.

Decides wording and exit statuses, so that commands, screens and the API say the same. ``LoopvizError`` is caught once,
by the command line: one line on stderr and ``exit_status``. Anything else that escapes is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class LoopvizError(Exception):
    """A mistake or mishap outside loopviz, told in one line. ``exit_status`` is what the command ends with."""

    exit_status = 2


class TraceUnreadable(LoopvizError):
    """The file can't be read as a trace: missing, foreign, newer, or damaged before its first record."""

    def __init__(self, path: Path | str, why: str, next_step: str = "") -> None:
        super().__init__(f"{path}: {why}{'; ' + next_step if next_step else ''}")


class OutputUnwritable(LoopvizError):
    """The output can't be written; found before the program runs, where possible."""

    def __init__(self, path: Path | str, why: str, option: str = "-o") -> None:
        super().__init__(f"can't write {path}: {why}; choose another place with {option}")


class StandardOutputUnwritable(LoopvizError):
    """Standard output takes nothing: it is closed, or what it goes to is full."""

    def __init__(self, why: str) -> None:
        super().__init__(f"can't write to standard output: {why}; send it to another place")


class TargetUnknown(LoopvizError):
    """TARGET is neither a scenario nor a file nor ``-m module``. ``nearest`` are the names offered instead."""

    def __init__(self, target: str, nearest: Sequence[str] = ()) -> None:
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else "'loopviz list' shows the scenarios"
        super().__init__(f"no scenario or file is called {target!r}; {hint}")


class TargetMissing(LoopvizError):
    """A command that needs a TARGET was given none."""

    def __init__(self, command: str) -> None:
        super().__init__(
            f"say what to {command}: a scenario's name, a Python file or -m MODULE; 'loopviz list' shows the scenarios"
        )


class ProgramUnrunnable(LoopvizError):
    """The file, module or scenario that TARGET names is there, or is named without doubt, and can't be run."""

    def __init__(self, name: Path | str, why: str) -> None:
        super().__init__(f"can't run {name}: {why}")


class ValueInvalid(LoopvizError):
    """An option's value is not of the kind that it takes. ``wanted`` names that kind with an example."""

    def __init__(self, option: str, value: str, wanted: str) -> None:
        super().__init__(f"{option} can't be {value!r}; it takes {wanted}")


class TaskUnknown(LoopvizError):
    """No task of the trace has a name that holds what was asked for. ``nearest`` are names offered instead."""

    def __init__(self, asked: str, nearest: Sequence[str]) -> None:
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(f"no task's name holds {asked!r}{hint}")


class TerminalMissing(LoopvizError):
    """The screen was asked for where none can be drawn. ``instead`` is the command that needs none."""

    def __init__(self, why: str, instead: str) -> None:
        super().__init__(f"the screen needs a terminal, and {why}; without one, use '{instead}'")


class AlreadyRecording(LoopvizError):
    """A second recording was asked for while one is under way: one process writes one trace."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"this process already records to {path}; end that recording first")


class PlatformUnsupported(LoopvizError):
    """The platform lacks what the command needs."""

    def __init__(self, what: str, needs: str) -> None:
        super().__init__(f"{what} needs {needs}; reading traces and exporting them work here")
