"""``loopviz compare``: programs side by side, on the screen, as text, as JSON, as a drawing.

Decides what is shown where: the screen on a terminal, text where standard output is none, and what was asked for by
name in any case. The programs' own output goes nowhere; an output that can't be written is told before any of them
runs. The exit status is 1 where a program failed or could not be run: its band says so, and the others are compared.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import click
from click.shell_completion import CompletionItem

from loopviz.commands.compare_words import METHODS, Named, divide
from loopviz.commands.export_file import write_comparison
from loopviz.commands.group import end_as_filters_do
from loopviz.commands.launch_options import clock_named
from loopviz.commands.program_command import complete_target
from loopviz.commands.recorder_command import require_posix
from loopviz.errors import LoopvizError, OutputUnwritable
from loopviz.exporters import ExportOptions
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_table import COLUMNS

_FAILED = 1
_ARGUMENTS = "loopviz.arguments"

_HELP = f"""Compare programs or traces: a band for each on one axis, and a table.

Without a TARGET: {" ".join(METHODS)}. A TARGET is a scenario's name, a Python file, -m MODULE, or a trace; one with
words of its own is quoted. From the first option that is not listed below on, the words are handed to every program; so
is all that follows a --.

\b
loopviz compare                                    the ways to do ten things
loopviz compare --items 5 --spread -0.1            the same, with five; the last is done first
loopviz compare gather wait --items 5 --axis steps
loopviz compare 'app.py --workers 2' 'app.py --workers 8'
loopviz compare before.loopviz after.loopviz
loopviz compare --svg methods.svg --text

The table:

\b
"""


class OutputsClash(LoopvizError):
    """Two things were asked for on standard output."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} would both go to standard output; choose one, or a file for --svg")


class CompareCommand(click.Command):
    """A command whose unknown options are the programs'."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[OPTIONS]", "[TARGET]...", "[ARGS]..."]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            at = args.index("--")
            ctx.meta[_ARGUMENTS] = args[at + 1 :]
            args = args[:at]
        return super().parse_args(ctx, args)


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Sequence[CompletionItem]:
    return complete_target(incomplete)


def _meanings() -> str:
    width = max(len(column.heading) for column in COLUMNS)
    return "\n".join(f"{column.heading:<{width}}  {column.meaning}" for column in COLUMNS if column.meaning)


@click.command(
    "compare",
    cls=CompareCommand,
    help=_HELP + _meanings(),
    short_help="Compare programs side by side.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, shell_complete=_complete)
@click.option(
    "--axis",
    type=click.Choice(["time", "steps"]),
    default="time",
    help="A true scale of time (default), or every step equally wide.",
)
@click.option(
    "--clock",
    metavar="CLOCK",
    help="The programs' time: real, virtual for sleeps that take no time, or a speed: --clock 4x. Without it: virtual"
    " for the scenarios, but for those about I/O or computing; real for every other program.",
)
@click.option("--text", is_flag=True, help="Write text, also to a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object: --json | jq '.programs[].makespan_ns'.")
@click.option("--svg", metavar="OUT", help="Write a drawing to OUT, or to standard output for -.")
@click.option(
    "--width",
    metavar="N",
    type=click.IntRange(min=40, max=100_000),
    help="Columns of text, or pixels of a drawing: --width 120.",
)
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    axis: Literal["time", "steps"],
    clock: str | None,
    text: bool,
    as_json: bool,
    svg: str | None,
    width: int | None,
) -> int:
    require_posix("loopviz compare")
    clock = None if clock is None else clock_named(clock)
    targets, arguments = divide(words)
    arguments = (*arguments, *ctx.meta.get(_ARGUMENTS, ()))
    wanted = _wanted(text, as_json, svg)
    if not wanted and sys.stdout is not None and sys.stdout.isatty():
        return _on_screen(targets, arguments, clock, axis)
    if svg is not None:
        _check(svg, targets)
    with TemporaryDirectory(prefix="loopviz-", ignore_cleanup_errors=True) as directory:
        comparison = _compared(targets, arguments, clock, Path(directory))
        end_as_filters_do()
        for name, out in wanted or [("text", "-")]:
            write_comparison(name, comparison, out, ExportOptions(axis, width or _width(name, out)))
    return 0 if comparison.is_good else _FAILED


def _wanted(text: bool, as_json: bool, svg: str | None) -> list[tuple[str, str]]:
    """Format and output of all that was asked for by name."""
    outputs = [("svg", svg)] if svg is not None else []
    outputs += [("json", "-")] if as_json else []
    outputs += [("text", "-")] if text else []
    shown = [name for name, out in outputs if out == "-"]
    if len(shown) > 1:
        raise OutputsClash(f"--{shown[0]}", f"--{shown[1]}")
    return outputs


def _width(name: str, out: str) -> int | None:
    on_terminal = name == "text" and out == "-" and sys.stdout is not None and sys.stdout.isatty()
    return max(40, shutil.get_terminal_size().columns) if on_terminal else None


def _check(out: str, targets: Sequence[Named]) -> None:
    """Raises OutputUnwritable where a drawing can't be written to ``out``, or would replace what is compared."""
    if out == "-":
        return
    compared = [one.words[0] for one in targets if os.path.exists(one.words[0])]
    if os.path.exists(out) and any(os.path.samefile(out, path) for path in compared):
        raise OutputUnwritable(out, "it is compared", "--svg")
    is_new = not os.path.lexists(out)
    try:
        os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK, 0o666))
        if is_new:  # an empty file must not stay where nothing comes of the comparison
            os.unlink(out)
    except (OSError, ValueError) as error:
        raise OutputUnwritable(out, (getattr(error, "strerror", None) or str(error)).lower(), "--svg") from None


def _compared(targets: Sequence[Named], arguments: Sequence[str], clock: str | None, directory: Path) -> Comparison:
    from loopviz.commands.contest import Contest

    contest = Contest(targets, arguments, clock, directory)
    try:
        contest.run()
    finally:
        contest.close()
    return Comparison([Band(entrant) for entrant in contest.entrants], arguments)


def _on_screen(targets: Sequence[Named], arguments: Sequence[str], clock: str | None, axis: str) -> int:
    # Imported late: the help of all commands must not wait for the screen's libraries.
    from loopviz.commands import screen
    from loopviz.commands.contest import Contest

    screen.require_terminal("loopviz compare --text")
    entrants = screen.show_comparison(lambda directory: Contest(targets, arguments, clock, directory), axis)
    failed: list[Any] = [one for one in entrants if not (one.outcome.is_good or one.outcome.is_pending)]
    return _FAILED if failed else 0
