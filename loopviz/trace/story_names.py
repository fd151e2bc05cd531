"""What tasks and loops are called in a sentence.

Decides the shortest name by which a reader knows a task among all of the trace: the name that the program gave it, else
its coroutine's (``main``); where several tasks share that, what it was called with (``work(2)``); where that tells them
not apart, its number too (``worker #3``). Names are visible text.

Awkward cases: in a growing trace a name may have to grow too, when a second task of it is created; a task that is
renamed is called by its last name from its beginning on; a number that no task of the trace has is told as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loopviz.trace.labels import call_label, loop_label
from loopviz.trace.namesakes import Namesakes
from loopviz.trace.visible import visible

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace


class Names:
    """The names in a growing trace. Call ``update`` after it has grown."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._namesakes = Namesakes()
        self._names: dict[int, str] = {}
        self._loops: dict[int, str] = {}

    def update(self, until: int) -> None:
        """Take in what the trace has got since, as far as the record ``until``."""
        self._loops.clear()
        if self._namesakes.update(self.trace, until):
            self._names.clear()

    def task(self, number: int) -> str:
        """A task's name."""
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = visible(self._task(number)) or f"task {number}"
        return name

    def _task(self, number: int) -> str:
        shortest = self._namesakes.shortest(number)
        if shortest is not None:
            return shortest
        task = self.trace.tasks.get(number)
        return task.name if task else f"task {number}"

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
