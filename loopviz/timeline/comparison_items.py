"""What the main task set going, one by one, and in which order it got done.

Decides what the items of a program are: the tasks that its main task created or, where it created none, the coroutines
that it awaited itself, one call after the other. An item's number counts from 0 in the order of creation; the
*completion order* lists the numbers of the items that ended (returned, raised, cancelled alike) as they ended.

Awkward cases: a main task that awaits a single coroutine only passes the work on, so the calls inside that one count;
an item that has not ended is in no order; a coroutine that never suspends was not recorded as a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from loopviz.timeline.family import Family
from loopviz.timeline.labels import call_label, task_label
from loopviz.trace.calls import CallSpans
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace

#: Of a long order these many are shown, and the last.
_SHOWN = 3
_MOST_SHOWN = 5
#: Stands before an order that is not that of creation.
NOT_IN_ORDER = "≠"


@dataclass(frozen=True, slots=True)
class Item:
    """A task or call, and its number among these; ``end_ns`` is None where it has not ended.

    Times are since the recording's start.
    """

    number: int
    label: str
    begin_ns: int
    end_ns: int | None


@dataclass(frozen=True, slots=True)
class Items:
    """All items in the order of creation. ``kind`` says what they are; there may be none."""

    kind: Literal["tasks", "calls"]
    all: tuple[Item, ...]

    @property
    def completion(self) -> tuple[int, ...]:
        """The places, from 0, of the items that ended, in the order in which they did."""
        ended = [(item.end_ns, place) for place, item in enumerate(self.all) if item.end_ns is not None]
        return tuple(place for _, place in sorted(ended))

    @property
    def completes_in_order(self) -> bool:
        """Whether each item ended before any that was created after it."""
        order = self.completion
        return order == tuple(sorted(order))

    @property
    def completion_words(self) -> str:
        """``0 1 2 … 9``, or ``≠ 9 8 7 … 0``; empty where nothing ended."""
        order = self.completion
        words = shortened(list(map(str, order)))
        if not self.completes_in_order:
            words.insert(0, NOT_IN_ORDER)
        if unfinished := len(self.all) - len(order):
            words.append(f"({unfinished} unfinished)")
        return " ".join(words)


def shortened(words: Sequence[str]) -> list[str]:
    """All of a few words; of many the first three, an ellipsis, the last."""
    if len(words) <= _MOST_SHOWN:
        return list(words)
    return [*words[:_SHOWN], "…", words[-1]]


def items_of(trace: Trace, main: Task | None) -> Items:
    """The items of ``main``; none where it is None."""
    if main is None:
        return Items("tasks", ())
    family = Family(trace)
    family.update()
    if children := family.children.get(main.number):
        return Items("tasks", tuple(_of_task(trace, trace.tasks[number]) for number in children))
    spans = CallSpans(trace)
    return Items("calls", tuple(_of_call(trace, spans, number) for number in _calls(family, main.number)))


def _calls(family: Family, main: int) -> list[int]:
    calls = family.calls.get(main, [])
    while len(calls) == 1 and calls[0] in family.inner_calls:
        calls = family.inner_calls[calls[0]]
    return calls


def _of_task(trace: Trace, task: Task) -> Item:
    return Item(task.number, task_label(trace, task), task.first_ns or 0, task.finished_ns)


def _of_call(trace: Trace, spans: CallSpans, number: int) -> Item:
    label = call_label(trace, number)
    if number not in spans:
        return Item(number, label, trace.calls[number].start_ns, None)
    return Item(number, label, *spans[number])
