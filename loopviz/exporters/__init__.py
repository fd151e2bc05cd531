"""Exporters: one module and one class per format.

``EXPORTERS`` says where each lives; ``exporter(name)`` imports only the one asked for.
"""

from __future__ import annotations

from importlib import import_module

from loopviz.exporters.base import Exporter, ExportOptions

__all__ = ["EXPORTERS", "ExportOptions", "Exporter", "exporter"]

#: Format name: module and class.
EXPORTERS: dict[str, tuple[str, str]] = {
    "svg": ("loopviz.exporters.svg", "Svg"),
    "json": ("loopviz.exporters.json_lines", "JsonLines"),
    "text": ("loopviz.exporters.text", "Text"),
}


def exporter(name: str) -> Exporter:
    """The exporter of a format. Raises KeyError for a name that is not in ``EXPORTERS``."""
    module, class_name = EXPORTERS[name]
    made: Exporter = getattr(import_module(module), class_name)()
    return made
