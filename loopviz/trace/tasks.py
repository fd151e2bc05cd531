"""One task of a trace: who it is, and its spans.

Decides how whole steps become spans that never overlap and leave no gap. A task's history is one ``array('q')`` of
boundaries ``time_ns << 3 | state``, sorted by time; a span runs from its boundary to the next. A second array holds,
for each boundary, the index of the record that tells about the span, so that a span's waker or wait is looked up only
when somebody asks.

Awkward cases: the last span of an unfinished task is open (``end_ns`` is None); what a blocked or ending recorder told
in advance (``READY``, ``RUNNING``) is provisional and replaced by the step it foretold; a step that yields leads
straight to ready, as does one that was woken while it ran; a step that starts before the last one ended, or ends before
it started (lost or damaged data), is refused whole and counted by the Trace, never drawn. Until its next step comes, a
ready span that follows a yield is told by the step that yielded, and a new task's first one by its creation:
``wakes.wake_of_span`` knows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from loopviz.trace.lifecycle import FINISHED, State, is_legal

STATE_BITS = 3
STATE_MASK = (1 << STATE_BITS) - 1

#: No recording is longer: 36 years. A later time is nonsense, and would not fit a boundary.
LATEST_NS = (1 << 60) - 1

#: Since when a step was ready that ran without having been.
NEVER_READY = -1

#: No boundary is above.
_LATEST = LATEST_NS << STATE_BITS | STATE_MASK

# As plain integers: an enumeration's members are slow to combine with others, and this is done for each step.
_SUSPENDED = int(State.SUSPENDED)
_READY = int(State.READY)
_RUNNING = int(State.RUNNING)
#: By number: to call ``State`` takes ten times as long.
_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one task in one state. ``end_ns`` is None while it lasts. ``record`` indexes ``Trace.records``."""

    task: int
    state: State
    start_ns: int
    end_ns: int | None
    record: int


@dataclass(slots=True)
class Task:
    """A task. Times are nanoseconds since the recording's start; None where the recording did not see it.

    ``creator_kind`` and ``creator`` are the WakeKind and number of what created it, ``created_site`` where,
    ``created_record`` is the first record that says so (-1: none). ``code`` numbers its coroutine's code, ``arguments``
    are what that was called with, ``result`` is the text of its result or exception.
    """

    number: int
    loop: int
    name: str
    coroutine: str = "?"
    arguments: str = ""
    creator_kind: int = 0
    creator: int = 0
    created_ns: int | None = None
    created_site: int = 0
    created_record: int = -1
    code: int = 0
    eager: bool = False
    result: str | None = None
    step_count: int = 0
    cancel_requests: int = 0
    boundaries: array[int] = field(default_factory=partial(array, "q"))
    tellers: array[int] = field(default_factory=partial(array, "I"))
    _provisional: int = 0

    @property
    def state(self) -> State:
        """The state at the end of what is known."""
        return _STATES[self.boundaries[-1] & STATE_MASK] if self.boundaries else State.UNKNOWN

    @property
    def finished_ns(self) -> int | None:
        """When it returned, raised or was cancelled."""
        if self.boundaries and (last := self.boundaries[-1]) & STATE_MASK > _RUNNING:
            return last >> STATE_BITS
        return None

    @property
    def first_ns(self) -> int | None:
        """The first thing known of it."""
        return self.boundaries[0] >> STATE_BITS if self.boundaries else self.created_ns

    def lived_ns(self, now_ns: int) -> int:
        """From the first thing known of it to its end, or to ``now_ns`` if it has none."""
        if not (boundaries := self.boundaries):
            return 0
        last = boundaries[-1]
        return (last >> STATE_BITS if last & STATE_MASK > _RUNNING else now_ns) - (boundaries[0] >> STATE_BITS)

    def begin(self, time_ns: int, state: int, teller: int) -> bool:
        """Start a span; False (and nothing changed) where the move is illegal or goes back in time."""
        if self.boundaries:
            last = self.boundaries[-1]
            if time_ns < last >> STATE_BITS or not is_legal(last & STATE_MASK, state):
                return False
        self.boundaries.append(time_ns << STATE_BITS | state)
        self.tellers.append(teller)
        return True

    def step(self, ready: int | None, running: int, after: int, teller: int) -> int | None:
        """Add a whole step, given by its boundaries; None (and nothing changed) where it can't be.

        Returns since when it was ready: ``NEVER_READY`` where it was not, as ``ready`` None says of an eager task's
        first step. Boundaries compare as their times do: of one time, running is above what may come before it.
        """
        boundaries, tellers = self.boundaries, self.tellers
        last = boundaries[-1] if boundaries else 0
        state = last & STATE_MASK
        if state >= _RUNNING or not last < running <= after | STATE_MASK <= _LATEST:
            return None
        if ready is not None:
            if state == _READY:
                tellers[-1] = teller
            elif state == _SUSPENDED and last | STATE_MASK < ready < running:
                boundaries.append(ready)
                tellers.append(teller)
            else:
                self._ready(min(ready, running) >> STATE_BITS, teller)
            state, last = _READY, boundaries[-1]
        boundaries.append(running)
        tellers.append(teller)
        boundaries.append(after)
        tellers.append(teller)
        self.step_count += 1
        return last >> STATE_BITS if state == _READY else NEVER_READY

    def _ready(self, time_ns: int, teller: int) -> None:
        """Say since when it was ready. Ready before its last step's end, it was never suspended."""
        boundaries = self.boundaries
        if boundaries:
            last = boundaries[-1]
            if last & STATE_MASK == _READY or time_ns <= last >> STATE_BITS:
                boundaries[-1] = last & ~STATE_MASK | _READY
                self.tellers[-1] = teller
                return
        boundaries.append((time_ns if time_ns > 0 else 0) << STATE_BITS | _READY)
        self.tellers.append(teller)

    def forget_unknown(self) -> None:
        """Forget a beginning that is all that is known, and unknown at that: better is about to be told."""
        if len(self.boundaries) == 1 and self.state == State.UNKNOWN:
            self.boundaries.pop()
            self.tellers.pop()

    def retract_provisional(self) -> None:
        """Forget what was told in advance; the facts have come."""
        for _ in range(self._provisional):
            self.boundaries.pop()
            self.tellers.pop()
        self._provisional = 0

    def foretell(self, ready_ns: int, start_ns: int | None, teller: int) -> bool:
        """Take a provisional fact: ready since, perhaps running since. False (and nothing told) where it can't be."""
        self.retract_provisional()
        before = len(self.boundaries)
        last = self.boundaries[-1] if before else 0
        if self.state in FINISHED or (start_ns is not None and start_ns < last >> STATE_BITS):
            return False
        self._ready(ready_ns, teller)
        if start_ns is not None:
            self.begin(start_ns, State.RUNNING, teller)
        self._provisional = len(self.boundaries) - before
        return True

    def spans(self) -> Iterator[Span]:
        """All spans in order, but for the final state, which is a moment and no stretch."""
        for index in range(self.span_count):
            yield self.span(index)

    @property
    def span_count(self) -> int:
        return len(self.boundaries) - (self.state in FINISHED)

    def span(self, index: int) -> Span:
        """The span that begins at boundary ``index``."""
        here = self.boundaries[index]
        last = index + 1 == len(self.boundaries)
        end_ns = None if last else self.boundaries[index + 1] >> STATE_BITS
        return Span(self.number, _STATES[here & STATE_MASK], here >> STATE_BITS, end_ns, self.tellers[index])

    def ran_ns(self, first: int = 0, past: int | None = None) -> int:
        """How long it ran in the spans from boundary ``first`` up to boundary ``past``, as far as they have ended."""
        ran_ns = before = 0
        for here in self.boundaries[first : None if past is None else past + 1]:
            if before & STATE_MASK == _RUNNING:
                ran_ns += (here >> STATE_BITS) - (before >> STATE_BITS)
            before = here
        return ran_ns

    def span_index_at(self, time_ns: int) -> int | None:
        """The index of the span (or of the final state) that covers ``time_ns``; None before the task was known."""
        index = bisect_right(self.boundaries, time_ns << STATE_BITS | STATE_MASK) - 1
        return index if index >= 0 else None

    def state_at(self, time_ns: int) -> State | None:
        """The state at a moment; None before the task was known."""
        index = self.span_index_at(time_ns)
        return None if index is None else _STATES[self.boundaries[index] & STATE_MASK]
