"""The formats of the screen's export dialogs: each exporter, made ready for what is on show.

Decides that what is picked there is written as ``loopviz export`` and ``loopviz compare`` write it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from loopviz.commands.export_file import write, write_comparison
from loopviz.exporters import EXPORTERS, ExportOptions, exporter
from loopviz.exporters.comparisons import COMPARISON_EXPORTERS, comparison_exporter
from loopviz.timeline.comparison import Comparison
from loopviz.trace.trace import Trace
from loopviz.tui.session import ExportFormat

#: Data, not pictures: they know no axis.
_WITHOUT_AXIS = {"json"}


def trace_formats() -> list[ExportFormat]:
    """Those of a trace."""
    return [_trace_format(name) for name in EXPORTERS]


def _trace_format(name: str) -> ExportFormat:
    found = exporter(name)

    def write_file(trace: Trace, path: Path, axis: str) -> None:
        write(name, trace, str(path), _options(axis))

    return ExportFormat(name, found.summary, found.suffix, name not in _WITHOUT_AXIS, write_file)


def comparison_formats() -> list[ExportFormat]:
    """Those of a comparison."""
    return [_comparison_format(name) for name in COMPARISON_EXPORTERS]


def _comparison_format(name: str) -> ExportFormat:
    found = comparison_exporter(name)

    def write_file(comparison: Comparison, path: Path, axis: str) -> None:
        write_comparison(name, comparison, str(path), _options(axis))

    return ExportFormat(name, found.summary, found.suffix, found.has_axis, write_file)


def _options(axis: str) -> ExportOptions:
    return ExportOptions(cast(Literal["time", "steps"], axis))
