"""Which tasks hold a text that was looked for.

Decides that it is looked for, whatever the case, in what a task is called, in the names of the coroutines that it was
seen to await, and in those of the program's own functions that were seen to hold the loop in it: the tasks of a server
are all called by the server's coroutine, and who looks for a handler knows the handler's name.

Awkward case: a coroutine that neither suspended nor held the loop was never seen, and finds no task.
"""

from __future__ import annotations

from collections.abc import Iterator

from loopviz.events import Flag, RecordKind
from loopviz.timeline.labels import task_label
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace


def holds(label: str, text: str) -> bool:
    """Whether a label holds a text, whatever the case."""
    return text.casefold() in label.casefold()


class RowFilter:
    """A text, and the tasks of a trace, as it is now, that hold it."""

    def __init__(self, trace: Trace, text: str) -> None:
        self.trace = trace
        self.text = text
        self._by_function = {*self._awaiting(), *self._holding()} if text else set()

    def passes(self, task: Task) -> bool:
        text = self.text
        return (
            not text
            or task.number in self._by_function
            or holds(task_label(self.trace, task), text)
            or holds(task.name, text)
            or holds(task.coroutine, text)
        )

    def _awaiting(self) -> Iterator[int]:
        """The tasks that awaited a coroutine whose name holds the text."""
        found = {number for number, code in self.trace.definitions.codes.items() if holds(code.name, self.text)}
        return (call.task for call in self.trace.calls.values() if call.code in found)

    def _holding(self) -> Iterator[int]:
        """The tasks that held the loop in a function of the program's own whose name holds the text."""
        trace = self.trace
        for record in trace.of_kind(RecordKind.BLOCKED):
            raw = trace.records.raw(record)
            if not raw.flags & Flag.CALLBACK_STEP and any(
                holds(frame.name, self.text) for frame in trace.definitions.chain(raw.site) if not frame.library
            ):
                yield raw.who
