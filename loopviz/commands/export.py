"""``loopviz export``: a trace as a picture or as data, in a file or on standard output.

Decides the format (``--to``, else the output's suffix) and that the trace itself is never overwritten.

Awkward case: what is odd about the trace (cut off, damaged) is told on stderr, and the rest exported.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import Literal

import click

from loopviz.commands.export_file import write
from loopviz.errors import LoopvizError, OutputUnwritable, TaskUnknown
from loopviz.exporters import EXPORTERS, ExportOptions, exporter
from loopviz.timeline.labels import task_label
from loopviz.timeline.rows import RowOptions, Rows
from loopviz.trace.files import load_file


class FormatUnclear(LoopvizError):
    """Neither ``--to`` nor the output's name says which format is meant."""

    def __init__(self, out: str) -> None:
        of = "standard output" if out == "-" else out
        super().__init__(f"which format is {of} to be? add --to {', --to '.join(EXPORTERS)}")


@click.command("export")
@click.argument("file", type=click.Path())
@click.option("--to", "name", type=click.Choice(list(EXPORTERS)), help="The format; else OUT's name tells: -o run.svg.")
@click.option("-o", "--output", "out", metavar="OUT", default="-", help="A file, or - for standard output (default).")
@click.option(
    "--axis",
    type=click.Choice(["time", "steps"]),
    default="time",
    help="A true scale of time (default), or every step equally wide. For pictures.",
)
@click.option(
    "--width",
    metavar="N",
    type=click.IntRange(min=40, max=100_000),
    help="Of a picture: pixels of svg, columns of text: --width 120.",
)
@click.option(
    "--filter",
    "kept",
    metavar="TEXT",
    default="",
    help="Of a picture: only tasks with TEXT in their name, or in that of a coroutine they await.",
)
def command(
    file: str, name: str | None, out: str, axis: Literal["time", "steps"], width: int | None, kept: str
) -> int:
    """Turn a trace into a picture or into data.

    \b
    loopviz export slow.loopviz -o slow.svg              a standalone picture
    loopviz export slow.loopviz -o slow.svg --axis steps
    loopviz export slow.loopviz --to text                 into the terminal
    loopviz export slow.loopviz --to json | head          one event per line
    """
    if out != "-" and os.path.exists(out) and os.path.exists(file) and os.path.samefile(file, out):
        raise OutputUnwritable(out, "it is the trace itself")
    name = name or _format_of(out)
    loaded = load_file(file)
    if loaded.note:
        click.echo(f"loopviz: {file}: {loaded.note}", err=True)
    if kept and not Rows(loaded.trace).of(RowOptions(filter=kept)):
        labels = {task_label(loaded.trace, task) for task in loaded.trace.own_tasks}
        raise TaskUnknown(kept, get_close_matches(kept, labels))
    write(name, loaded.trace, out, ExportOptions(axis, width, kept))
    return 0


def _format_of(out: str) -> str:
    suffix = os.path.splitext(out)[1].lower()
    for name in EXPORTERS:
        if suffix in (f".{name}", exporter(name).suffix):
            return name
    raise FormatUnclear(out)
