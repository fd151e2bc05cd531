"""The rows as a list that may be very long: a row is made when somebody looks at it.

Decides what a row is, and what is kept of one that nobody looks at: whose it is, where it stands in the tree and
whether it opens, in a few bytes. Its label is made with it.

Awkward case: a task that a damaged trace has taken back keeps its row until the rows are made anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple, overload

from loopviz.timeline.labels import call_label, loop_label, task_label
from loopviz.trace.trace import Trace

_EXPANDABLE, _EXPANDED = 1, 2


class RowKind(IntEnum):
    LOOP = 1
    TASK = 2
    CALL = 3


class Row(NamedTuple):
    """One line of the timeline. ``number`` is the loop's, task's or call's; ``guide`` the lines of the tree ("│ └ ").

    ``depth`` counts the rows above it in the tree: 0 for loops and for tasks that no task created.
    """

    kind: RowKind
    number: int
    label: str
    guide: str
    loop: int
    depth: int = 0
    expandable: bool = False
    expanded: bool = False


def _task_label(trace: Trace, number: int) -> str:
    task = trace.tasks.get(number)
    return task_label(trace, task) if task is not None else f"task {number}"


_LABELS: dict[int, Callable[[Trace, int], str]] = {
    RowKind.LOOP: loop_label,
    RowKind.TASK: _task_label,
    RowKind.CALL: call_label,
}


class RowList(Sequence[Row]):
    """Rows from top to bottom. Two lists are equal only if they are the same."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._kinds = bytearray()
        self._numbers = array("Q")
        self._guides: list[str] = []
        self._loops = array("I")
        self._depths = array("I")
        self._opening = bytearray()

    def add(
        self, kind: int, number: int, guide: str, loop: int, depth: int, opens: bool = False, opened: bool = False
    ) -> None:
        """Add a row below all others; what the arguments are, ``Row`` says."""
        self._kinds.append(kind)
        self._numbers.append(number)
        self._guides.append(guide)
        self._loops.append(loop)
        self._depths.append(depth)
        self._opening.append(opens * _EXPANDABLE | opened * _EXPANDED)

    def __len__(self) -> int:
        return len(self._kinds)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[at] for at in range(len(self))[index]]
        kind, number, opening = RowKind(self._kinds[index]), self._numbers[index], self._opening[index]
        label = _LABELS[kind](self._trace, number)
        expandable, expanded = opening & _EXPANDABLE != 0, opening & _EXPANDED != 0
        guide, loop, depth = self._guides[index], self._loops[index], self._depths[index]
        return Row(kind, number, label, guide, loop, depth, expandable, expanded)

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(len(self)))

    def place_of(self, kind: RowKind, number: int) -> int | None:
        """Where the row of a loop, task or call is; None where it is not listed."""
        at = -1
        try:
            while True:
                at = self._numbers.index(number, at + 1)
                if self._kinds[at] == kind:
                    return at
        except ValueError:
            return None
