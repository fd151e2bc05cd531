"""Which tasks of a growing trace share a name, and by what they are told apart.

Decides that of tasks with one name each gets its number: ``worker #3``, and ``work(1) #3`` where others of the same
coroutine were called with something else. The number is the task's own, as everywhere.

Awkward cases: a name may be shared from one moment on, when a second task of it is created; a task that is renamed
counts with its last name alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
        # Not pairs of names: each would be one more thing for the garbage collector to look at.
        self._short: dict[int, str] = {}
        self._full: dict[int, str] = {}
        self._of_short: defaultdict[str, int] = defaultdict(int)
        self._of_full: defaultdict[str, int] = defaultdict(int)

    def update(self, trace: Trace, until: int | None = None) -> bool:
        """Take in what the trace has got since, or as far as the record ``until``; True where there was something."""
        before = tuple(self._seen)
        for place, kind in enumerate(_NAMING):
            records = trace.of_kind(kind)
            last = len(records) if until is None else bisect_left(records, until)
            if last > self._seen[place]:
                self._count(trace.tasks, trace.records.who(records[self._seen[place] : last]))
                self._seen[place] = last
        return tuple(self._seen) != before

    def _count(self, tasks: Mapping[int, Task], numbers: Iterable[int]) -> None:
        shorts, fulls, of_short, of_full = self._short, self._full, self._of_short, self._of_full
        for number in numbers:
            if (task := tasks.get(number)) is None:
                continue
            if number in shorts:
                of_short[shorts[number]] -= 1
                of_full[fulls[number]] -= 1
            own = own_name(task)
            shorts[number] = short = short_name(task.coroutine) if own is None else own
            fulls[number] = full = with_arguments(task) if own is None else own
            of_short[short] += 1
            of_full[full] += 1

    def shortest(self, number: int) -> str | None:
        """The shortest name that no other task has; None for a task that is not counted."""
        short = self._short.get(number, "")
        return short if short and self._of_short[short] == 1 else self.full(number)

    def full(self, number: int) -> str | None:
        """The full name, or what tells its task from those that share that; None for a task that is not counted."""
        short = self._short.get(number, "")
        if not short:
            return None
        full = self._full[number]
        if self._of_full[full] == 1:
            return full
        # Where all of them were called with the same, that tells nobody apart.
        return f"{short if self._of_full[full] == self._of_short[short] else full} #{number}"
