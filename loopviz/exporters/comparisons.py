"""The formats of a comparison: one module and one class per format.

Decides what each of them is: a name, a suffix, and a way to write a comparison as text, under the rules of
``loopviz.exporters.base``. ``comparison_exporter(name)`` imports only the one asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, TextIO

from loopviz.exporters.base import ExportOptions
from loopviz.timeline.comparison import Comparison

#: Format name: module and class.
COMPARISON_EXPORTERS: dict[str, tuple[str, str]] = {
    "svg": ("loopviz.exporters.comparison_svg", "ComparisonSvg"),
    "json": ("loopviz.exporters.comparison_json", "ComparisonJson"),
    "text": ("loopviz.exporters.comparison_text", "ComparisonText"),
}


class ComparisonExporter(Protocol):
    """A format. ``suffix`` is what files end in (with the dot), ``summary`` its help.

    ``has_axis`` says whether it is a picture.
    """

    name: str
    suffix: str
    summary: str
    has_axis: bool

    def write(self, comparison: Comparison, out: TextIO, options: ExportOptions) -> None:
        """Write the comparison. The same comparison and options give the same text."""


def comparison_exporter(name: str) -> ComparisonExporter:
    """The exporter of a format. Raises KeyError for a name that is not in ``COMPARISON_EXPORTERS``."""
    module, class_name = COMPARISON_EXPORTERS[name]
    made: ComparisonExporter = getattr(import_module(module), class_name)()
    return made
