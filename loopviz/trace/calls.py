"""When each call was: a coroutine (or async generator) that a task awaited, from first to last sight.

Decides a call's span from the await chains in which it stands. A step tells the innermost call in which it ended;
that call and those that await it, up to the task's own coroutine, are *open* then. A call that was open and is no
longer has ended somewhere within that step.

Awkward cases: where in a step a call began or ended is not recorded, so its span reaches from the start of the first
step that knew it to the end of the step that left it; a coroutine that never suspended is not seen at all; an async
generator leaves the chain and may come back, and its span lasts until it left for good; a task that ends takes its
calls along; a cycle in damaged data ends where it began.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from loopviz.events import RecordKind, StepEnd

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

#: kind, end, who, start_ns, end_ns and call of a RECORD.
_FIELDS = Struct("<BxBxI8xQQ12xI")
_STEP = int(RecordKind.STEP)
_ENDS = frozenset({int(StepEnd.RETURNED), int(StepEnd.RAISED), int(StepEnd.CANCELLED)})
_NONE: tuple[int, ...] = ()


class CallSpan(NamedTuple):
    """From when to when a call was part of its task's await chain; ``last_ns`` is None while it is."""

    first_ns: int
    last_ns: int | None


class CallSpans:
    """The spans of all calls of a growing trace. Call ``update`` after the trace has grown."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._done = 0
        self._spans: dict[int, CallSpan] = {}
        # Of each task, its open calls, the innermost first.
        self._open: dict[int, tuple[int, ...]] = {}
        self.update()

    def __getitem__(self, call: int) -> CallSpan:
        """The span of a call. Raises KeyError where no step has ended in it."""
        return self._spans[call]

    def __contains__(self, call: int) -> bool:
        return call in self._spans

    def open_calls(self, task: int) -> tuple[int, ...]:
        """The calls of a task's await chain as it is now, the innermost first."""
        return self._open.get(task, _NONE)

    def update(self) -> None:
        """Take in what the trace has got since."""
        records, refused = self.trace.records, self.trace.refused_records
        first, self._done = self._done, len(records)
        index = first - 1
        for kind, end, task, start_ns, end_ns, call in records.unpacked(_FIELDS, first, self._done):
            index += 1
            if kind != _STEP or index in refused:
                continue
            before = self._open.get(task, _NONE)
            if end in _ENDS:
                call = 0
            if call != (before[0] if before else 0):
                self._step(task, before, call, records.since_start(start_ns), records.since_start(end_ns))

    def _step(self, task: int, before: tuple[int, ...], call: int, start_ns: int, end_ns: int) -> None:
        after = self._chain(call)
        for gone in before:
            if gone not in after:
                self._spans[gone] = self._spans[gone]._replace(last_ns=end_ns)
        for here in after:
            if here not in before:
                first_ns = self._spans[here].first_ns if here in self._spans else start_ns
                self._spans[here] = CallSpan(first_ns, None)
        if after:
            self._open[task] = after
        else:
            self._open.pop(task, None)

    def _chain(self, call: int) -> tuple[int, ...]:
        chain: list[int] = []
        while call and call not in chain:
            chain.append(call)
            known = self.trace.calls.get(call)
            call = known.parent if known else 0
        return tuple(chain)
