"""Writing an export, for the command line and for the screen's dialog alike, and whatever else a command says.

Decides that the text is UTF-8 with ``\\n`` wherever it goes, whatever the locale and the system.

Awkward case: text that a full disk did not take stays in standard output's buffer, and the interpreter would try again
as it ends, and fail in its own words.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from loopviz.errors import OutputUnwritable, StandardOutputUnwritable
from loopviz.exporters import ExportOptions, exporter
from loopviz.exporters.comparisons import comparison_exporter
from loopviz.timeline.comparison import Comparison
from loopviz.trace.trace import Trace


def write(name: str, trace: Trace, out: str, options: ExportOptions) -> None:
    """Write ``trace`` in the format ``name`` to the file ``out`` (``-``: standard output). Raises OutputUnwritable."""
    with opened(out) as stream:
        exporter(name).write(trace, stream, options)


def write_comparison(name: str, comparison: Comparison, out: str, options: ExportOptions) -> None:
    """Write ``comparison`` in the format ``name`` to the file ``out``, as ``write``. Raises OutputUnwritable."""
    with opened(out) as stream:
        comparison_exporter(name).write(comparison, stream, options)


def say(text: str) -> None:
    """Write text for people, with its styles where it goes to a terminal. Raises StandardOutputUnwritable."""
    with opened("-") as stream:
        click.echo(text, file=stream)


@contextmanager
def opened(out: str) -> Iterator[TextIO]:
    """The file ``out`` (``-``: standard output) to write text to. Raises OutputUnwritable or StandardOutputUnwritable,
    also for a failing write.
    """
    try:
        if out == "-":
            yield _standard_output()
            sys.stdout.flush()
        else:
            with open(out, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        if out == "-":
            _forget_what_is_buffered()
            raise StandardOutputUnwritable(why) from None
        raise OutputUnwritable(out, why) from None


def _forget_what_is_buffered() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _standard_output() -> TextIO:
    if not isinstance(sys.stdout, io.TextIOWrapper):
        raise StandardOutputUnwritable("it is closed")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout
