"""What every exporter is: a name, a suffix, and a way to write a trace as text.

Decides the seam between formats and commands. ``write`` gets a whole trace and an open text stream; it never opens or
closes one, so that a file, standard output and a test's ``StringIO`` are all the same to it. Lines end in a plain
newline, and there is nothing in the text that UTF-8 can't encode: exporters escape lone surrogates in their format's
own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TextIO

from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.rows import RowList, RowOptions, Rows
from loopviz.trace.trace import Trace

#: A picture shows calls where there are no more than this: they are what a small program is about, and a large one's
#: clutter.
_MOST_CALLS = 60


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a user can choose; an exporter ignores what does not apply to it.

    ``axis`` is "time" or "steps". ``width`` is in the picture's own unit (pixels, columns); None is the format's own
    choice. ``filter`` keeps the rows whose label holds it, with their ancestors.
    """

    axis: Literal["time", "steps"] = "time"
    width: int | None = None
    filter: str = ""


class Exporter(Protocol):
    """A format. ``name`` is what ``--to`` takes, ``suffix`` what files end in (with the dot), ``summary`` its help."""

    name: str
    suffix: str
    summary: str

    def write(self, trace: Trace, out: TextIO, options: ExportOptions) -> None:
        """Write the trace. The same trace and options give the same text."""


def axis_for(trace: Trace, options: ExportOptions) -> Axis:
    """The axis that the options ask for."""
    return StepAxis(trace) if options.axis == "steps" else TimeAxis(trace)


def rows_for(trace: Trace, options: ExportOptions) -> RowList:
    """The rows of a picture; calls are shown where there are few."""
    expanded = frozenset(trace.tasks) if len(trace.calls) <= _MOST_CALLS else frozenset()
    return Rows(trace).of(RowOptions(filter=options.filter, expanded=expanded))
