"""What rows are called: see ``loopviz.trace.labels``, which the model's own sentences need too."""

from __future__ import annotations

from loopviz.trace.labels import call_label, head_and_number, loop_label, natural_key, short_name, task_label

__all__ = ["call_label", "head_and_number", "loop_label", "natural_key", "short_name", "task_label"]
