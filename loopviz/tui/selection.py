"""The selected row and span, and the jumps between them.

Decides what is selected when nothing was chosen: the row's span at the shown moment, so that the details follow a live
run and a walk through time. A chosen span stays until another row is selected or the choice is dropped.

Awkward cases: a row that is filtered away stays selected, unseen; a span that ran when it was chosen may have become
another by the next record (what was told in advance is replaced): it is known by its place in the task's history.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopviz.timeline.rows import Row, RowKind
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Span, Task
from loopviz.trace.wakes import Wake, wake_of_span
from loopviz.tui.view import RowKey, View


@dataclass(frozen=True, slots=True)
class Place:
    """A row, and a span of its task by its index; None is the span at the shown moment."""

    row: RowKey | None = None
    span: int | None = None


class Selection:
    """What is selected in a view. ``place`` is where; ``trail`` the places that jumps have left."""

    def __init__(self, view: View, row: RowKey | None = None) -> None:
        self.view = view
        self.place = Place(row)
        self.trail: list[Place] = []

    @property
    def index(self) -> int | None:
        """Where the selected row is listed."""
        return self.view.index_of(self.place.row)

    @property
    def row(self) -> Row | None:
        index = self.index
        return self.view.rows[index] if index is not None else None

    @property
    def task(self) -> Task | None:
        """The task of the selected row; of a call's row, the task that awaits it."""
        if self.place.row is None:
            return None
        kind, number = self.place.row
        trace = self.view.trace
        if kind is RowKind.CALL:
            number = trace.calls[number].task if number in trace.calls else 0
        return trace.tasks.get(number) if kind is not RowKind.LOOP else None

    def span_index(self, time_ns: int) -> int | None:
        """The index of the selected span, or of the one at ``time_ns``; None where there is none."""
        task = self.task
        if task is None or not task.boundaries:
            return None
        if self.place.span is not None:
            return min(self.place.span, len(task.boundaries) - 1)
        return task.span_index_at(time_ns)

    def span(self, time_ns: int) -> Span | None:
        """The selected span, or the one at ``time_ns``."""
        task, index = self.task, self.span_index(time_ns)
        return task.span(index) if task is not None and index is not None else None

    def begin(self) -> None:
        """Select the first task, if nothing is selected, so that there is something to tell of."""
        if self.place.row is None:
            first = next((row for row in self.view.rows if row.kind is RowKind.TASK), None)
            self.place = Place((first.kind, first.number) if first is not None else None)

    def select(self, index: int) -> None:
        """Select a row by its place in the list, which is kept within the list, and bring it into view."""
        rows = self.view.rows
        if rows:
            index = min(max(0, index), len(rows) - 1)
            self.place = Place((rows[index].kind, rows[index].number))
            self.view.reveal_row(index)

    def move(self, count: int) -> None:
        """Select the row so many further down; where the selected one is not in view, the first one that is."""
        index, view = self.index, self.view
        in_view = index is not None and view.top <= index < view.top + view.height
        self.select(index + count if index is not None and in_view else view.top)

    def select_at(self, index: int, time_ns: int) -> None:
        """Select a row, and of its task the span that covers a moment."""
        self.select(index)
        task = self.task
        span = task.span_index_at(time_ns) if task is not None else None
        self.place = Place(self.place.row, span)

    def move_span(self, count: int, time_ns: int) -> bool:
        """Select the span so many after the present one and bring its start into view; False where there is none."""
        task, index = self.task, self.span_index(time_ns)
        if task is None:
            return False
        index = count - 1 if index is None else index + count
        if not 0 <= index < len(task.boundaries):
            return False
        self.place = Place(self.place.row, index)
        self.view.reveal(task.span(index).start_ns)
        return True

    def drop_span(self) -> bool:
        """Let the details follow the shown moment again; False where they do."""
        dropped = self.place.span is not None
        self.place = Place(self.place.row)
        return dropped

    # -- jumps -----------------------------------------------------------------------------------------------------

    def wake(self, time_ns: int) -> Wake | None:
        """What made the task ready for the selected span, or ended its suspension; None where nothing did or it was
        not seen.
        """
        task, index = self.task, self.span_index(time_ns)
        if task is None or index is None:
            return None
        if task.span(index).state is State.SUSPENDED and index + 1 < len(task.boundaries):
            index += 1
        return wake_of_span(self.view.trace, task.span(index))

    def jump_to_waker(self, time_ns: int) -> bool:
        """Select the task that woke the selected one, at the span in which it did; False where no other task did."""
        wake, own = self.wake(time_ns), self.task
        if wake is None or wake.task is None or (own is not None and wake.task == own.number):
            return False
        index = self.view.index_of((RowKind.TASK, wake.task))
        if index is None:
            return False
        self.trail.append(Place(self.place.row, self.span_index(time_ns)))
        self.select_at(index, wake.at_ns)
        self.view.reveal(wake.at_ns)
        return True

    def jump_back(self) -> bool:
        """Return to where the last jump began; False where there was none."""
        if not self.trail:
            return False
        self.place = self.trail.pop()
        index = self.index
        if index is not None:
            self.view.reveal_row(index)
        task = self.task
        if task is not None and self.place.span is not None and self.place.span < len(task.boundaries):
            self.view.reveal(task.span(self.place.span).start_ns)
        return True
