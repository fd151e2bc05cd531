"""Durations in words, for pictures: see ``loopviz.trace.durations``, which the model's own sentences need too."""

from __future__ import annotations

from loopviz.trace.durations import exact, rounded

__all__ = ["exact", "rounded"]
