"""What tasks and loops are called in a sentence.

Decides the shortest name by which a reader knows a task among all of the trace: the name that the program gave it, else
its coroutine's (``main``); where several tasks share that, what it was called with (``work(2)``); where that tells them
not apart, its number too (``worker #3``). Names are visible text.

Awkward cases: in a growing trace a name may have to grow too, when a second task of it is created; a task that is
renamed is called by its last name from its beginning on; a number that no task of the trace has is told as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from loopviz.events import RecordKind
from loopviz.trace.labels import call_label, loop_label, own_name, short_name, with_arguments
from loopviz.trace.visible import visible

if TYPE_CHECKING:
    from loopviz.trace.tasks import Task
    from loopviz.trace.trace import Trace

#: Kinds of record that name a task.
_NAMING = (RecordKind.TASK_CREATED, RecordKind.TASK_RENAMED)


class Names:
    """The names in a growing trace. Call ``update`` after it has grown."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._seen = [0] * len(_NAMING)
        self._counted: dict[int, tuple[str, str]] = {}
        self._short: Counter[str] = Counter()
        self._full: Counter[str] = Counter()
        self._names: dict[int, str] = {}
        self._loops: dict[int, str] = {}

    def update(self, until: int) -> None:
        """Take in what the trace has got since, as far as the record ``until``."""
        self._loops.clear()
        for place, kind in enumerate(_NAMING):
            records = self.trace.of_kind(kind)
            last = bisect_left(records, until)
            for at in range(self._seen[place], last):
                self._count(self.trace.records.raw(records[at]).who)
                self._names.clear()
            self._seen[place] = last

    def _count(self, number: int) -> None:
        task = self.trace.tasks.get(number)
        if task is None:
            return
        for counter, name in zip((self._short, self._full), self._counted.get(number, ()), strict=False):
            counter[name] -= 1
        self._counted[number] = short, full = _names_of(task)
        self._short[short] += 1
        self._full[full] += 1

    def task(self, number: int) -> str:
        """A task's name."""
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = visible(self._task(number)) or f"task {number}"
        return name

    def _task(self, number: int) -> str:
        short, full = self._counted.get(number, ("", ""))
        if not short:
            task = self.trace.tasks.get(number)
            return task.name if task else f"task {number}"
        if self._short[short] == 1:
            return short
        if full != short and self._full[full] == 1:
            return full
        # Where all of them were called with the same, that tells nobody apart.
        return f"{short if self._full[full] == self._short[short] else full} #{number}"

    def loop(self, number: int) -> str:
        """``the loop``; ``loop Thread-1`` where the trace has several."""
        name = self._loops.get(number)
        if name is None:
            alone = len(self.trace.definitions.loops) < 2
            name = self._loops[number] = "the loop" if alone else visible(loop_label(self.trace, number))
        return name

    def call(self, number: int) -> str:
        """A call of a coroutine: ``say_after(1, 'hello')``."""
        return visible(call_label(self.trace, number))


def _names_of(task: Task) -> tuple[str, str]:
    """The short name and the full one."""
    own = own_name(task)
    return (own, own) if own is not None else (short_name(task.coroutine), with_arguments(task))
