"""Which tasks of a growing trace share a name, and by what they are told apart.

Decides that of tasks with one name each gets its number: ``worker #3``, and ``work(1) #3`` where others of the same
coroutine were called with something else. The number is the task's own, as everywhere.

Awkward cases: a name may be shared from one moment on, when a second task of it is created; a task that is renamed
counts with its last name alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from loopviz.events import RecordKind
from loopviz.trace.labels import own_name, short_name, with_arguments

if TYPE_CHECKING:
    from loopviz.trace.tasks import Task
    from loopviz.trace.trace import Trace

#: Kinds of record that name a task.
_NAMING = (RecordKind.TASK_CREATED, RecordKind.TASK_RENAMED)


class Namesakes:
    """The names of tasks, each short (``work``) and full (``work(2)``), and how many tasks have it."""

    def __init__(self) -> None:
        self._seen = [0] * len(_NAMING)
        self._counted: dict[int, tuple[str, str]] = {}
        self._short: Counter[str] = Counter()
        self._full: Counter[str] = Counter()

    def update(self, trace: Trace, until: int | None = None) -> bool:
        """Take in what the trace has got since, or as far as the record ``until``; True where there was something."""
        before = tuple(self._seen)
        for place, kind in enumerate(_NAMING):
            records = trace.of_kind(kind)
            last = len(records) if until is None else bisect_left(records, until)
            for at in range(self._seen[place], last):
                self._count(trace, trace.records.raw(records[at]).who)
            self._seen[place] = last
        return tuple(self._seen) != before

    def _count(self, trace: Trace, number: int) -> None:
        task = trace.tasks.get(number)
        if task is None:
            return
        for counter, name in zip((self._short, self._full), self._counted.get(number, ()), strict=False):
            counter[name] -= 1
        self._counted[number] = short, full = _names_of(task)
        self._short[short] += 1
        self._full[full] += 1

    def shortest(self, number: int) -> str | None:
        """The shortest name that no other task has; None for a task that is not counted."""
        short, _ = self._counted.get(number, ("", ""))
        return short if self._short[short] == 1 and short else self.full(number)

    def full(self, number: int) -> str | None:
        """The full name, or what tells its task from those that share that; None for a task that is not counted."""
        short, full = self._counted.get(number, ("", ""))
        if not short:
            return None
        if self._full[full] == 1:
            return full
        # Where all of them were called with the same, that tells nobody apart.
        return f"{short if self._full[full] == self._short[short] else full} #{number}"


def _names_of(task: Task) -> tuple[str, str]:
    """The short name and the full one."""
    own = own_name(task)
    return (own, own) if own is not None else (short_name(task.coroutine), with_arguments(task))
