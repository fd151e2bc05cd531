"""Events that have the same time, causes before effects.

Decides the order within one instant, which a clock of coarse resolution makes common and a fine one rare. Times alone
can't tell that what a step did belongs between its start and its end; the record's ``waker`` can: it names the task or
callback that was running.

An event's *place* is a path: the record of the outermost step that encloses it, then of the next one in, down to its
own record, each followed by where in that record it belongs; paths compare as tuples do. Awkward case: an enclosing
step that neither starts nor ends in this instant does not matter for the order in it, and is left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import compress, count, islice
from operator import eq
from typing import TYPE_CHECKING

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.told import PART_BITS, PART_MASK, Part

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

_INSIDE = 1
#: Where within its record's place an event belongs; ``_INSIDE`` is for what the step did.
_WITHIN = {
    Part.READY: -1,
    Part.START: 0,
    Part.EAGER_START: 0,
    Part.MOMENT: 0,
    Part.END: 2,
    Part.EAGER_END: 2,
    Part.AGAIN: 3,
}
#: Events of these parts may have happened inside a step; the order of the file is right for all others.
_NESTED = frozenset({Part.READY, Part.MOMENT, Part.EAGER_START, Part.EAGER_END})
_STEPS: dict[int, int] = {RecordKind.STEP: WakeKind.TASK, RecordKind.CALLBACK: WakeKind.CALLBACK}


def in_causal_order(trace: Trace, times: list[int], codes: list[int]) -> None:
    """Reorder codes (``record << PART_BITS | part``), in place and within equal times; ``times`` are sorted."""
    for first, last in _instants(times):
        instant = codes[first:last]
        for code in instant:  # a plain loop: there is an instant for each step that yields
            if code & PART_MASK in _NESTED:
                codes[first:last] = _Instant(trace, instant).ordered()
                break


def _instants(times: list[int]) -> Iterator[tuple[int, int]]:
    """Where there are two or more of one time: the first, and the one after the last."""
    end, length = 0, len(times)
    for position in compress(count(), map(eq, times, islice(times, 1, None))):
        if position >= end:
            time_ns, end = times[position], position + 2
            while end < length and times[end] == time_ns:
                end += 1
            yield position, end


class _Instant:
    """The events of one instant."""

    def __init__(self, trace: Trace, codes: list[int]) -> None:
        self._records = trace.records
        self._codes = codes
        # A creation and an eager step happened inside a step, and with them all that their records tell.
        self._inside = {code >> PART_BITS for code in codes if code & PART_MASK in _NESTED - {Part.READY}}
        self._steps: dict[tuple[int, int, int], list[int]] = {}
        for record in sorted({code >> PART_BITS for code in codes if code & PART_MASK != Part.READY}):
            raw = self._records.raw(record)
            if raw.kind in _STEPS:
                key = (self._records.loop_of(record), _STEPS[raw.kind], raw.who)
                self._steps.setdefault(key, []).append(record)

    def ordered(self) -> list[int]:
        return sorted(self._codes, key=self._place)

    def _place(self, code: int) -> tuple[int, ...]:
        record, part = code >> PART_BITS, code & PART_MASK
        path: tuple[int, ...] = (record, _WITHIN[Part(part)])
        enclosing = self._enclosing(record, part) if part == Part.READY or record in self._inside else None
        while enclosing is not None:
            path = (enclosing, _INSIDE, *path)
            enclosing = self._enclosing(enclosing, Part.EAGER_START) if enclosing in self._inside else None
        return path

    def _enclosing(self, record: int, part: int) -> int | None:
        """The step, of this instant, in which it happened.

        A wake was recorded by the step that it led to, after the one in which it happened, and so may be a request to
        cancel; all else was recorded before that step ended.
        """
        raw = self._records.raw(record)
        steps = self._steps.get((self._records.loop_of(record), raw.waker_kind, raw.waker), [])
        at = bisect_right(steps, record)
        if part == Part.READY or (at == len(steps) and raw.kind == RecordKind.CANCEL_REQUESTED):
            at = bisect_left(steps, record) - 1
        return steps[at] if 0 <= at < len(steps) else None
