"""What the recorder is told, and how a process is started that is one.

Decides that a recorded Python is like the one that loopviz runs in: the same interpreter and the same flags (``-O``,
``-W``, ``-X``, ``-I``, ...), so that ``python -W error -m loopviz run x.py`` shows ``python -W error x.py``.

Awkward cases: with ``python -m``, a ``json.py`` in the working directory would take the place of the one that the
recorder imports, so it is started by its file; ``-u`` is no flag that can be asked for, it shows in how standard
output behaves; a file's name that begins with a dash is no option of the recorder's, so each stands in its option's
own word.
"""

from __future__ import annotations

import os
import sys

import loopviz
from loopviz.commands.launch_options import LaunchChoices
from loopviz.commands.targets import Program
from loopviz.errors import LoopvizError, PlatformUnsupported

VIRTUAL = "virtual"


class ClockUnfit(LoopvizError):
    """The program is about what the virtual clock knows nothing of."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is about I/O or computing, of which the virtual clock knows nothing; choose --clock real, or 4x"
        )


def require_posix(command: str) -> None:
    """Raises PlatformUnsupported where no program can be recorded; ``command`` is what was asked for."""
    if os.name != "posix":
        raise PlatformUnsupported(command, "Linux, macOS or another Unix")


def recorder_arguments(program: Program, choices: LaunchChoices, trace: str) -> list[str]:
    """The arguments that make ``loopviz.recording.__main__`` record ``program`` to the file ``trace``.

    Raises ClockUnfit where that is known beforehand to end in an error.
    """
    if choices.clock == VIRTUAL and program.needs_time:
        raise ClockUnfit(program.label)
    arguments = [f"--out={trace}", "--clock", choices.clock]
    if choices.max_bytes is not None:
        arguments += ["--max-size", str(choices.max_bytes)]
    if choices.blocked_after_s is not None:
        arguments += ["--blocked-after", str(choices.blocked_after_s)]
    if choices.children:
        arguments.append("--children")
    if program.scenario is not None:
        arguments += ["--title", program.scenario]
    return [*arguments, f"{program.flag}={program.place}", "--", *program.arguments]


def recorder_command(program: Program, choices: LaunchChoices, trace: str) -> list[str]:
    """The argv of a process of its own that does so, and whose trace may be read meanwhile."""
    recorder = os.path.join(os.path.dirname(loopviz.__file__), "recording", "__main__.py")
    return [sys.executable, *_interpreter_flags(), recorder, *recorder_arguments(program, choices, trace)]


def _interpreter_flags() -> list[str]:
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]

    unbuffered = ["-u"] if getattr(sys.stdout, "write_through", False) else []
    return [*_args_from_interpreter_flags(), *unbuffered]
