"""Who created whom: the tree of a growing trace's tasks.

Decides whose child a task is: that of the task which created it, itself or by a callback or timer of its own. It is
learned once per task, when all that leads to it is known: a callback's record comes when the callback ends, after the
tasks that it created, and an eager task's creation after those of the tasks that its first step created.

Awkward cases: a task of another loop is no parent here, since a task is listed below its own loop; damaged data may
hold a cycle, which is cut where it would close.
"""

from __future__ import annotations

from itertools import islice

from loopviz.events import WakeKind
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace


class Family:
    """Parents and children, and the calls of each task, by number. ``revision`` counts the changes."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.revision = 0
        self.parents: dict[int, int] = {}
        self.children: dict[int, list[int]] = {}
        #: By task: its outermost calls; by call: those that it awaits.
        self.calls: dict[int, list[int]] = {}
        self.inner_calls: dict[int, list[int]] = {}
        self._records_seen = 0
        self._tasks_seen = 0
        self._calls_seen = 0
        self._undecided: list[Task] = []

    def update(self) -> None:
        """Take in the tasks and calls that the trace has got since."""
        tasks, calls = self.trace.tasks, self.trace.calls
        new = list(islice(reversed(tasks.values()), len(tasks) - self._tasks_seen))
        self._tasks_seen = len(tasks)
        if len(self.trace.records) > self._records_seen:
            self._undecided = [task for task in (*self._undecided, *reversed(new)) if not self._decide(task)]
            self._records_seen = len(self.trace.records)
        for call in reversed(list(islice(reversed(calls.values()), len(calls) - self._calls_seen))):
            known = self.inner_calls if call.parent else self.calls
            known.setdefault(call.parent or call.task, []).append(call.number)
        self.revision += len(new) + len(calls) - self._calls_seen
        self._calls_seen = len(calls)

    def _decide(self, task: Task) -> bool:
        """Find a task's parent; False where that can't be known yet."""
        if task.creator_kind == WakeKind.CALLBACK and task.creator not in self.trace.callback_records:
            return False
        number = self.trace.parent(task)
        if number is not None and number not in self.trace.tasks:
            return False
        parent = self.trace.tasks[number] if number is not None else None
        if parent is not None and parent.loop == task.loop and not self._descends(parent.number, task.number):
            self.parents[task.number] = parent.number
            self.children.setdefault(parent.number, []).append(task.number)
            self.revision += 1
        return task.creator_kind != WakeKind.UNKNOWN

    def _descends(self, number: int | None, ancestor: int) -> bool:
        if ancestor not in self.children:
            return number == ancestor
        while number is not None and number != ancestor:
            number = self.parents.get(number)
        return number is not None
