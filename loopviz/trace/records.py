"""The records of a trace, kept as they came: bytes, unpacked one at a time when somebody asks.

Decides what a step is to the rest of the program. A million steps are 48 MB here and no objects.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from struct import Struct
from typing import Any, NamedTuple, TypeVar

from loopviz.events import RECORD, Flag, RecordKind, StepEnd, WakeKind

E = TypeVar("E", bound=IntEnum)

#: The number of whom or what a record is about, and where it stands.
_WHO = Struct("<I")
_WHO_AT = 4
#: start_ns and end_ns of a record, and where they begin.
_TIMES = Struct("<QQ")
_TIMES_AT = 16

_PIECE = 4096


class Raw(NamedTuple):
    """A record's fields as they stand in the file; see ``loopviz.events.RecordKind`` for what each kind uses."""

    kind: int
    waker_kind: int
    end: int
    flags: int
    who: int
    ready_ns: int
    start_ns: int
    end_ns: int
    waker: int
    target: int
    site: int
    call: int


@dataclass(frozen=True, slots=True)
class Step:
    """One uninterrupted stretch on the loop. Exactly one of ``task`` and ``callback`` is set."""

    record: int
    loop: int
    task: int | None
    callback: int | None
    ready_ns: int
    start_ns: int
    end_ns: int
    end: StepEnd
    waker_kind: WakeKind
    waker: int
    target: int
    site: int
    call: int

    @property
    def latency_ns(self) -> int:
        """Ready until running."""
        return max(0, self.start_ns - self.ready_ns)

    @property
    def length_ns(self) -> int:
        return self.end_ns - self.start_ns


class Records:
    """Every record in the order of the file. Times that it returns are since the recording's start."""

    def __init__(self, origin_ns: int = 0) -> None:
        self.origin_ns = origin_ns
        self._data = bytearray()
        # Where a run of records of one loop begins, and which loop it is: the same however the chunks were cut.
        self._run_starts = array("q")
        self._run_loops = array("I")

    def __len__(self) -> int:
        return len(self._data) // RECORD.size

    def extend(self, loop: int, payload: bytes) -> int:
        """Append a chunk's payload of whole records; returns the index of its first."""
        first = len(self)
        if payload and (not self._run_loops or self._run_loops[-1] != loop):
            self._run_starts.append(first)
            self._run_loops.append(loop)
        self._data += payload
        return first

    def raw(self, index: int) -> Raw:
        """The record at ``index`` with its times as they stand in the file."""
        return Raw._make(RECORD.unpack_from(self._data, index * RECORD.size))

    def since_start(self, time_ns: int) -> int:
        """A time of the file as nanoseconds since the recording's start; what was before it, happened at its start."""
        return max(0, time_ns - self.origin_ns)

    def unpacked(self, form: Struct, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """``form``'s fields of the records ``first`` up to, not including, ``last``.

        The bytes are copied piece by piece: a view of them would forbid the trace to grow meanwhile.
        """
        return chain.from_iterable(map(form.iter_unpack, self._pieces(first, last)))

    def _pieces(self, first: int, last: int) -> Iterator[bytes]:
        for start in range(first, last, _PIECE):
            end = min(start + _PIECE, last)
            yield bytes(self._data[start * RECORD.size : end * RECORD.size])

    def __iter__(self) -> Iterator[Raw]:
        return map(Raw._make, self.unpacked(RECORD, 0, len(self)))

    def times(self, indexes: Iterable[int]) -> Iterator[tuple[int, int]]:
        """``start_ns`` and ``end_ns`` of the records at ``indexes``, at a fifth of what ``raw`` costs."""
        data, origin, unpack = self._data, self.origin_ns, _TIMES.unpack_from
        for index in indexes:
            start, end = unpack(data, index * RECORD.size + _TIMES_AT)
            yield start - origin if start > origin else 0, end - origin if end > origin else 0

    def who(self, indexes: Iterable[int]) -> Iterator[int]:
        """Whom the records at ``indexes`` are about, likewise."""
        data, unpack = self._data, _WHO.unpack_from
        return (unpack(data, index * RECORD.size + _WHO_AT)[0] for index in indexes)

    def runs(self, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int, int]]:
        """``(first, last, loop)``: stretches of one loop's records, from ``first`` up to, not including, ``last``."""
        last = len(self) if last is None else last
        run = bisect_right(self._run_starts, first)
        while first < last:
            end = min(last, self._run_starts[run]) if run < len(self._run_starts) else last
            yield first, end, self._run_loops[run - 1]
            first, run = end, run + 1

    def loop_of(self, index: int) -> int:
        """The number of the loop whose chunk holds the record."""
        return self._run_loops[bisect_right(self._run_starts, index) - 1]

    def step(self, index: int) -> Step:
        """The step told by a ``STEP`` or ``CALLBACK`` record; a ``RUNNING`` one gives an end equal to its start."""
        raw = self.raw(index)
        is_task = raw.kind in (RecordKind.STEP, RecordKind.READY) or (
            raw.kind == RecordKind.RUNNING and not raw.flags & Flag.CALLBACK_STEP
        )
        start_ns = self.since_start(raw.ready_ns if raw.kind == RecordKind.READY else raw.start_ns)
        return Step(
            record=index,
            loop=self.loop_of(index),
            task=raw.who if is_task else None,
            callback=None if is_task else raw.who,
            ready_ns=min(self.since_start(raw.ready_ns), start_ns),
            start_ns=start_ns,
            end_ns=max(self.since_start(raw.end_ns), start_ns),
            end=known(StepEnd, raw.end),
            waker_kind=known(WakeKind, raw.waker_kind),
            waker=raw.waker,
            target=raw.target,
            site=raw.site,
            call=raw.call,
        )


def known(kind: type[E], value: int) -> E:
    """A file's value as a member of ``kind``; the first one, which says "unknown", for a value of a later version."""
    try:
        return kind(value)
    except ValueError:
        return kind(0)
