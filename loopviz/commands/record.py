"""``loopviz record``: this process becomes the program, recorded.

Decides the order: TARGET first, then whether the trace can be written, so that a mistyped name leaves no file behind.
From then on the process belongs to the recorder and its program, so that stdin, stdout, stderr, signals, the process
id and the exit status are the program's own, and so are the interpreter's flags.

Nothing is imported here but what the recorder needs anyway: the program should start as if loopviz were not there.
"""

from __future__ import annotations

from loopviz.commands import launch_options, trace_output
from loopviz.commands.recorder_command import recorder_arguments, require_posix
from loopviz.commands.targets import resolve
from loopviz.recording.words import Words


def prepare(words: Words) -> list[str]:
    """The recorder's arguments for the program that ``words`` name. Raises a LoopvizError where it can't be."""
    require_posix("loopviz record")
    choices = launch_options.choices(words.values)
    program = resolve(words.target, "record")
    trace = program.default_output if choices.output is None else choices.output
    arguments = recorder_arguments(program, choices, trace)
    trace_output.check(trace)
    return arguments
