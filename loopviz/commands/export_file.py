"""Writing an export, for the command line and for the screen's dialog alike.

Decides that the text is UTF-8 with ``\\n`` wherever it goes, whatever the locale and the system.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from loopviz.errors import OutputUnwritable
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


@contextmanager
def opened(out: str) -> Iterator[TextIO]:
    """The file ``out`` (``-``: standard output) to write text to. Raises OutputUnwritable, also for a failing write."""
    try:
        if out == "-":
            yield _standard_output()
            sys.stdout.flush()
        else:
            with open(out, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
    except OSError as error:
        raise OutputUnwritable(out, (error.strerror or str(error)).lower()) from None


def _standard_output() -> TextIO:
    if not isinstance(sys.stdout, io.TextIOWrapper):
        raise OutputUnwritable("standard output", "it is closed")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout
