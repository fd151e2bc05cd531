"""The arrow of a wake: from the row of what woke a task down or up to the woken row, in the column where it happened.

Decides where an arrow begins: at the waking task's row; for a timer, I/O, a thread or the outside at the row of the
task's loop, which is what handed the wake on.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopviz.events import WakeKind
from loopviz.timeline.rows import RowKind
from loopviz.tui.watch import Watch


@dataclass(frozen=True, slots=True)
class Arrow:
    """From row ``waker`` to row ``woken``, both by their place in the list, in one column of the timeline."""

    column: int
    waker: int
    woken: int

    def glyph_at(self, index: int) -> str:
        """The glyph in the arrow's column of a row; empty where the arrow does not pass."""
        if index == self.woken:
            return "▼" if self.waker < self.woken else "▲"
        if index == self.waker:
            return "╻" if self.waker < self.woken else "╹"
        return "┃" if min(self.waker, self.woken) < index < max(self.waker, self.woken) else ""


def arrow_of(watch: Watch) -> Arrow | None:
    """The arrow of the selected span's wake; None where there is none in view, or the shown moment is before it."""
    view, selection = watch.view, watch.selection
    woken, task, wake = selection.index, selection.task, selection.wake(watch.shown_ns)
    if wake is None or task is None or wake.kind is WakeKind.UNKNOWN or wake.at_ns > watch.shown_ns:
        return None
    by_task = wake.kind is WakeKind.TASK and wake.task is not None
    waker = view.index_of((RowKind.TASK, wake.task or 0) if by_task else (RowKind.LOOP, task.loop))
    column = view.column_of(wake.at_ns)
    if waker is None or woken is None or waker == woken or not 0 <= column < view.columns:
        return None
    return Arrow(column, waker, woken)
