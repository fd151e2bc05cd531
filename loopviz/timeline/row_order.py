"""In which order tasks are listed, and how the orders are called.

Decides that the order of creation is that of the tree, each task below the one that created it, and that every other
order is one of all tasks of a loop, flat: who looks for the busiest task does not look for that of each parent. A state
is that of a moment, if one is given; the time on the loop is that of the whole recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from loopviz.timeline.labels import natural_key, task_label
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import STATE_BITS, Task
from loopviz.trace.trace import Trace


class Sort(Enum):
    """An order of tasks."""

    CREATION = "creation"
    NAME = "name"
    STATE = "state"
    BUSY = "busy"

    @property
    def is_flat(self) -> bool:
        """Whether tasks are listed without regard to who created them."""
        return self is not Sort.CREATION

    @property
    def words(self) -> str:
        """What it is, in a word or two: ``by state``."""
        return "by time on the loop" if self is Sort.BUSY else f"by {self.value}"


_STATE_ORDER = (
    State.RUNNING, State.READY, State.SUSPENDED, State.UNKNOWN, State.RAISED, State.CANCELLED, State.RETURNED, None,
)  # fmt: skip


class TaskOrder:
    """Puts tasks of a growing trace in order; of each task it looks at its new steps alone."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._busy: dict[int, tuple[int, int]] = {}

    def of(self, numbers: Iterable[int], sort: Sort, at_ns: int | None = None) -> list[int]:
        """Tasks in the order asked for; equals are in the order of creation, which is that of their numbers."""
        key, tasks = _KEYS.get(sort), self.trace.tasks
        by_creation = sorted(numbers)
        return sorted(by_creation, key=lambda number: key(self, tasks[number], at_ns)) if key else by_creation

    def busy_ns(self, task: Task) -> int:
        """How long a task has run; a step under way lasts until the trace ends."""
        spans, known = self._busy.get(task.number, (0, 0))
        boundaries = task.boundaries
        settled = max(spans, len(boundaries) - 3)
        known += task.ran_ns(spans, settled)
        self._busy[task.number] = settled, known
        known += task.ran_ns(settled)
        return known + self.trace.end_ns - (boundaries[-1] >> STATE_BITS) if task.state is State.RUNNING else known


def state_of(task: Task, at_ns: int | None) -> State | None:
    """The state at a moment, None before the task was known; at the end of what is known where no moment is given."""
    return task.state if at_ns is None else task.state_at(at_ns)


_KEYS: dict[Sort, Callable[[TaskOrder, Task, int | None], Any]] = {
    Sort.NAME: lambda order, task, at_ns: natural_key(task_label(order.trace, task)),
    Sort.STATE: lambda order, task, at_ns: _STATE_ORDER.index(state_of(task, at_ns)),
    Sort.BUSY: lambda order, task, at_ns: -order.busy_ns(task),
}
