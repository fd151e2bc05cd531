"""The ``loopviz`` command itself: its help, its version, and the way to the subcommands.

Decides that a subcommand's module is imported only when that command runs or is helped with, and that a word which is
no command gets the nearest ones offered, else ``open`` for a trace, and ``run`` for all that could run. Without a word
the picker opens.

Awkward case: a command that only writes is ended by Ctrl+C, and by a reader of its output that goes away, at once and
without a word, as ``cat`` is; one that has a screen or a program to put in order is not.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module

import click

import loopviz
from loopviz.commands.program_command import ProgramCommand
from loopviz.commands.targets import is_trace
from loopviz.errors import LoopvizError

#: In the order of the help. Each is a module beside this one.
COMMANDS = ("run", "record", "open", "compare", "story", "export", "stats", "list")
#: These only write.
_FILTERS = {"export", "stats", "list"}


class Interrupted(BaseException):
    """Ctrl+C, out of click's sight, which would print an empty line for it."""


class CommandUnknown(LoopvizError):
    """The first word is no subcommand. ``nearest`` are the names offered instead."""

    def __init__(self, word: str, nearest: Sequence[str]) -> None:
        if nearest:
            hint = f"did you mean {' or '.join(nearest)}?"
        elif is_trace(word):
            hint = f"to look at a trace, 'loopviz open {word}'"
        elif word == "help":
            hint = "'loopviz --help' shows what there is"
        else:
            hint = f"to run a program, 'loopviz run {word}'"
        super().__init__(f"no command is called {word!r}; {hint}")


class LazyGroup(click.Group):
    """The subcommands, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in ("run", "record"):
            return ProgramCommand(cmd_name)
        command = import_module(f"loopviz.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS or args[0].startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = get_close_matches(args[0], COMMANDS, n=2)
        raise CommandUnknown(args[0], near)


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"max_content_width": 100})
@click.version_option(loopviz.__version__, message="%(prog)s %(version)s")
@click.pass_context
def group(ctx: click.Context) -> int:
    """See what an asyncio event loop does with your coroutines.

    \b
    loopviz                              choose a scenario or a file
    loopviz run gather --items 3         watch a scenario live
    loopviz run app.py --port 80         watch any program live
    loopviz record -o slow.loopviz app.py
    loopviz open slow.loopviz
    loopviz compare gather wait          programs side by side
    loopviz story gather_two             what happened, in plain sentences
    loopviz export slow.loopviz -o slow.svg

    Without a command, the picker opens.

    Completion: eval "$(_LOOPVIZ_COMPLETE=bash_source loopviz)", likewise zsh_source and fish_source.
    """
    if ctx.invoked_subcommand in _FILTERS:
        end_as_filters_do()
    if ctx.invoked_subcommand is not None:
        return 0
    from loopviz.commands import picker

    return picker.start()


def end_as_filters_do() -> None:
    """From now on Ctrl+C and a reader that goes away end this process at once and without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with suppress(AttributeError):  # there are systems without it
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
