"""What each row is doing at a moment, in a word or two beside its name.

Decides the words: a suspended task is called by what it waits for (the line in its colour already says that it
waits), a finished one by its outcome. A lane has only its mark: its task says the rest.
"""

from __future__ import annotations

from bisect import bisect_right

from loopviz.timeline.cells import Cell
from loopviz.timeline.durations import rounded
from loopviz.timeline.row_order import Sort
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.tracks import ABSENT, CALLBACK, IDLE, OVERHEAD, STEP
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import STATE_BITS, STATE_MASK
from loopviz.trace.waits import wait_of_span
from loopviz.tui.view import View

_CELLS: dict[int, Cell] = {
    State.UNKNOWN: Cell.UNKNOWN,
    State.SUSPENDED: Cell.SUSPENDED,
    State.READY: Cell.READY,
    State.RUNNING: Cell.RUNNING,
    State.RETURNED: Cell.RETURNED,
    State.RAISED: Cell.RAISED,
    State.CANCELLED: Cell.CANCELLED,
    ABSENT: Cell.EMPTY,
}
_LOOP_CELLS: dict[int, tuple[Cell, str]] = {
    IDLE: (Cell.IDLE, "idle"),
    CALLBACK: (Cell.CALLBACK, "callback"),
    STEP: (Cell.BUSY, "runs a task"),
    OVERHEAD: (Cell.BUSY, "busy"),
    ABSENT: (Cell.EMPTY, "stopped"),
}
#: Waits kept in words before all are dropped.
_MOST_KEPT = 20_000
_NOT_THERE = (Cell.EMPTY, "")


def cell_of(state: int) -> Cell:
    """The cell whose glyph and colour stand for a task's state."""
    return _CELLS.get(state, Cell.UNKNOWN)


class RowStates:
    """The states of a view's rows. Waits are put into words once for each span looked at."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._words: dict[tuple[int, int, int], str] = {}

    def of(self, row: Row, time_ns: int) -> tuple[Cell, str]:
        """A mark and a word or two for a row at a moment; an empty cell where the row does not exist then."""
        boundaries = self.view.layout.track(row).boundaries
        index = bisect_right(boundaries, time_ns << STATE_BITS | STATE_MASK) - 1
        if index < 0:
            return _NOT_THERE
        state = boundaries[index] & STATE_MASK
        if row.kind is RowKind.LOOP:
            return _LOOP_CELLS.get(state, _NOT_THERE)
        if row.kind is RowKind.CALL:
            return cell_of(state), ""
        return cell_of(state), self.words(row.number, index, state)

    def listed(self, row: Row, time_ns: int) -> tuple[Cell, str]:
        """The same for the list of rows, where a task begins with what the rows are ordered by, if that is a figure."""
        mark, words = self.of(row, time_ns)
        if self.view.options.sort is not Sort.BUSY or row.kind is not RowKind.TASK:
            return mark, words
        return mark, f"{rounded(self.view.busy_ns(self.view.trace.tasks[row.number]))} {words}"

    def words(self, task: int, index: int, state: int) -> str:
        """What a task's span number ``index`` is, in words."""
        known = self.view.trace.tasks[task]
        if state in FINISHED:
            # Set by the step that ends the task: there is nothing to remember.
            return f"{State(state).name.lower()} {known.result or ''}".rstrip()
        if state != State.SUSPENDED:
            return State(state).name.lower()
        key = (task, index, known.tellers[index])
        if key not in self._words:
            if len(self._words) > _MOST_KEPT:
                self._words.clear()
            wait = wait_of_span(self.view.trace, known.span(index))
            self._words[key] = wait.words if wait is not None else "suspended"
        return self._words[key]
