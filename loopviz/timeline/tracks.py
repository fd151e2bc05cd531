"""Tracks: the history of a row, whatever its kind, in one form that can be laid out.

Decides that loops, tasks and calls are all arrays of *boundaries* ``time_ns << 3 | state``, as ``Task`` has them: a
span lasts from its boundary to the next, the last one for as long as the trace does. So there is one way of painting,
and a table per kind (``Paint``) that says what its states mean.

Only the last few boundaries of a growing history ever change: the open span's, and those told in advance. Everything
before ``settled_ns`` stays as it is, which is what makes cells worth keeping.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from loopviz.timeline.cells import Cell
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import STATE_BITS, STATE_MASK

#: States that only rows other than tasks have, numbered so that one rule serves all: resting, waiting, at work.
OVERHEAD = int(State.UNKNOWN)
IDLE = int(State.SUSPENDED)
CALLBACK = int(State.READY)
STEP = int(State.RUNNING)
#: Not there: a loop that is stopped, a call that another one has taken the place of.
ABSENT = 7

#: A recorder tells at most two boundaries in advance, before the open one.
UNSETTLED = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A cell with ``state`` in it is ``full`` where the ``counted`` states fill more than half of it, else ``part``."""

    state: int
    counted: frozenset[int]
    full: Cell
    part: Cell


@dataclass(frozen=True)
class Paint:
    """What a kind of row shows. ``rules`` are in order of precedence: of several states in a cell, the first one
    listed wins.

    The first rule's ``counted`` states are the *active* ones, whose time is summed ahead for dense rows.
    """

    rules: tuple[Rule, ...]

    @cached_property
    def active(self) -> frozenset[int]:
        return self.rules[0].counted

    @cached_property
    def whole(self) -> tuple[Cell, ...]:
        """By state: the code of a cell that it fills by itself."""
        by_state = {rule.state: rule.full for rule in self.rules}
        return tuple(by_state.get(state, Cell.EMPTY) for state in range(STATE_MASK + 1))

    def cell(self, filled: Mapping[int, float], width: float) -> Cell:
        """What a cell of ``width`` shows; ``filled``: how much of it each state that occurs fills, in the same unit."""
        for rule in self.rules:
            if rule.state in filled:
                if rule.full == rule.part:
                    return rule.full
                share = sum([filled.get(state, 0.0) for state in rule.counted])
                return rule.full if share > width / 2 else rule.part
        return Cell.EMPTY


_RUNNING, _READY = frozenset({int(State.RUNNING)}), frozenset({int(State.READY)})
_WORK = frozenset({OVERHEAD, CALLBACK, STEP})
_NONE: frozenset[int] = frozenset()

#: Tasks and calls.
TASK_PAINT = Paint(
    (
        Rule(State.RUNNING, _RUNNING, Cell.RUNNING, Cell.RUNNING_PART),
        Rule(State.READY, _READY, Cell.READY, Cell.READY_PART),
        Rule(State.SUSPENDED, _NONE, Cell.SUSPENDED, Cell.SUSPENDED),
        Rule(State.UNKNOWN, _NONE, Cell.UNKNOWN, Cell.UNKNOWN),
        Rule(ABSENT, _NONE, Cell.EMPTY, Cell.EMPTY),
    )
)
#: Loops. What a loop does between steps is work as well: only in select it idles.
LOOP_PAINT = Paint(
    (
        Rule(STEP, _WORK, Cell.BUSY, Cell.BUSY_PART),
        Rule(CALLBACK, _WORK, Cell.CALLBACK, Cell.CALLBACK),
        Rule(OVERHEAD, _WORK, Cell.BUSY, Cell.BUSY_PART),
        Rule(IDLE, _NONE, Cell.IDLE, Cell.IDLE),
        Rule(ABSENT, _NONE, Cell.EMPTY, Cell.EMPTY),
    )
)

_FINAL = {State.RETURNED: Cell.RETURNED, State.RAISED: Cell.RAISED, State.CANCELLED: Cell.CANCELLED}


class Boundaries(Protocol):
    """Anything with boundaries."""

    boundaries: array[int]


class NoBoundaries:
    """What is known of nothing."""

    boundaries: array[int] = array("q")


class Track:
    """One row's history as the layout reads it."""

    def __init__(self, source: Boundaries, paint: Paint) -> None:
        self._source = source
        self.paint = paint
        self._summed_ns = array("q", [0])
        self._counted = array("q", [0])

    @property
    def boundaries(self) -> array[int]:
        return self._source.boundaries

    @property
    def final(self) -> tuple[int, Cell] | None:
        """The last moment that belongs to the row, and the mark that goes there; None while it has not ended."""
        boundaries = self.boundaries
        if not boundaries or boundaries[-1] & STATE_MASK not in FINISHED:
            return None
        end_ns = boundaries[-1] >> STATE_BITS
        began_ns = boundaries[-2] >> STATE_BITS if len(boundaries) > 1 else end_ns
        return max(end_ns - 1, began_ns), _FINAL[State(boundaries[-1] & STATE_MASK)]

    @property
    def settled_ns(self) -> int:
        """Before this moment nothing can change any more."""
        boundaries = self.boundaries
        return boundaries[-UNSETTLED] >> STATE_BITS if len(boundaries) > UNSETTLED else -1

    def before(self, time_ns: int) -> int:
        """How many boundaries come before a moment."""
        return bisect_left(self.boundaries, time_ns << STATE_BITS)

    def active_between(self, low: int, high: int) -> tuple[int, int]:
        """Of the spans ``low`` up to, not including, ``high``: the ns of the active ones, and how many of those are
        steps.

        All of them must have ended. Sums of settled spans are kept, so that a row of a million spans is added up once.
        """
        summed_ns, counted = self._summed_ns, self._counted
        if high >= len(summed_ns):
            self._extend_sums(len(self.boundaries) - UNSETTLED)
        split = min(max(low, len(summed_ns) - 1), high)
        known_ns, known = (summed_ns[split] - summed_ns[low], counted[split] - counted[low]) if split > low else (0, 0)
        if split == high:
            return known_ns, known
        rest_ns, rest = self._sums(split, high, 0, 0)
        return known_ns + rest_ns[-1], known + rest[-1]

    def _extend_sums(self, settled: int) -> None:
        done = len(self._summed_ns) - 1
        if settled > done:
            summed_ns, counted = self._sums(done, settled, self._summed_ns[-1], self._counted[-1])
            self._summed_ns += summed_ns
            self._counted += counted

    def _sums(self, low: int, high: int, summed_ns: int, count: int) -> tuple[array[int], array[int]]:
        """What ``active_between`` says of the spans from ``low`` up to each later one, added to what was before."""
        active, steps = self.paint.active, self.paint.active - {OVERHEAD}
        sums_ns, counts = array("q"), array("q")
        before = self.boundaries[low]
        for here in self.boundaries[low + 1 : high + 1]:
            state = before & STATE_MASK
            if state in active:
                summed_ns += (here >> STATE_BITS) - (before >> STATE_BITS)
                count += state in steps
            sums_ns.append(summed_ns)
            counts.append(count)
            before = here
        return sums_ns, counts
