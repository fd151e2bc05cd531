"""What click knows of ``run`` and ``record``: their help, their complaints, their completion.

Decides no word's meaning: ``launch_options.read`` does. It is asked first, and click only when it did not understand
a word, so these commands are never invoked.
"""

from __future__ import annotations

from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from loopviz import catalogue
from loopviz.commands import launch_options
from loopviz.errors import LoopvizError

_HELP = {
    "run": """Run a program and watch its timeline live.

    Whatever comes after TARGET is handed to the program untouched. The keyboard is the screen's, so the program's
    standard input is empty: record one that asks for something, and look at it then.

    \b
    loopviz run gather --items 3
    loopviz run app.py --port 80
    loopviz run -o slow.loopviz app.py           and keep the trace
    loopviz run -m uvicorn app:api
    """,
    "record": """Run a program without a screen and write its trace to a file.

    The program's input, output, signals and exit status are its own; whatever comes after TARGET is handed to it
    untouched.

    \b
    loopviz record gather                        the scenario, to gather.loopviz
    loopviz record -o slow.loopviz app.py --port 80
    loopviz record --max-size 64M -m uvicorn app:api

    Look at the trace with 'loopviz open', or turn it into a picture with 'loopviz export'.
    """,
}
_OUTPUT_HELP = {
    "run": "Keep the trace here: -o slow.loopviz. A rerun goes to slow-2.loopviz. Without it, it goes with the screen.",
    "record": "Where the trace goes: -o slow.loopviz. An older trace is replaced. Else: the program's name, here.",
}
_OPTION_HELP = {
    "clock": "The program's time: real (default), virtual for sleeps that take no time, or a speed: --clock 4x.",
    "max_size": "Keep only the newest part of the trace, below this size: --max-size 64M. The units: K, M, G.",
    "blocked_after": "How long a step may run before its stack is recorded: --blocked-after 0.25. Else 0.1 seconds.",
}
_SWITCH_HELP = {
    "children": "Record the processes that the program starts by fork or multiprocessing, too: x.loopviz and, for the "
    "process 123, x.123.loopviz.",
}
_METAVARS = {"output": "FILE", "clock": "CLOCK", "max_size": "SIZE", "blocked_after": "SECONDS"}


class ProgramCommand(click.Command):
    """A command that takes ``[OPTIONS] TARGET [ARGS]``. ``name`` is ``run`` or ``record``."""

    def __init__(self, name: str) -> None:
        texts = {"output": _OUTPUT_HELP[name], **_OPTION_HELP}
        options: list[click.Parameter] = [
            click.Option(flags, metavar=_METAVARS[option], help=texts[option])
            for option, flags in launch_options.OPTIONS.items()
        ]
        options += [
            click.Option(flags, is_flag=True, help=_SWITCH_HELP[switch])
            for switch, flags in launch_options.SWITCHES.items()
        ]
        target = click.Argument(["target"], nargs=-1, shell_complete=_complete)
        settings = {"allow_interspersed_args": False}
        super().__init__(name, params=[*options, target], help=_HELP[name], context_settings=settings)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[OPTIONS]", "{SCENARIO | FILE.py | -m MODULE}", "[ARGS]..."]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # What came before the word that was not understood is in order, and what comes after it may be the program's.
        unclear = args if ctx.resilient_parsing else launch_options.read(args).target[:1]
        return super().parse_args(ctx, unclear)


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Sequence[CompletionItem]:
    if ctx.params.get("target"):
        return [CompletionItem(incomplete, type="file")]
    return complete_target(incomplete)


def complete_target(incomplete: str) -> Sequence[CompletionItem]:
    """What a TARGET that begins so may be: scenarios, and files."""
    try:
        names = [name for name in catalogue.names() if name.startswith(incomplete)]
    except LoopvizError:
        names = []
    return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]
