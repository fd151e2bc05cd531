"""What a bounded file is told again when its oldest chunks are dropped: who the tasks are that it goes on to speak of,
and what they are in the midst of.

Decides which births are carried over: of all tasks whose birth is dropped, and whose end is not; and which calls: those
that a task which lives is in, or may come back to, those that a kept record points at, and the calls that await these.
So the chunks themselves say nearly all, and nothing has to be remembered between two times. A birth is repeated as it
was written, with its flags and one more, CARRIED, under the last of the names that are dropped with it; a call as it
was written. With them come the dropped texts that they, or records that are kept, point at, and the loops that are
alive or that records are kept of.

Awkward cases: a task may be gone without an end, if nobody ever complains of that: its birth is carried once, and
again only while steps of it are kept; what was carried before is dropped and carried like any other birth or
call; a text stands before the first chunk of records that was written after it, not always one of the loop that points
at it, so the cut may come between the two: then the next chunk of that loop misses it, the first that is kept or the
one that is to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from struct import Struct
from typing import Protocol

from loopviz.events import DEFINITION, RECORD, ChunkKind, DefinitionKind, Flag, RecordKind, StepEnd, WarningKind

#: Chunk kind, loop, payload.
Chunk = tuple[ChunkKind, int, bytes]


class Chunks(Protocol):
    """The dropped (or the kept) chunks."""

    def __call__(self, kind: ChunkKind, *, newest_first: bool = False) -> Iterator[tuple[int, bytes]]:
        """Loop and payload of those of a kind, from the oldest on."""


_ENDS = frozenset({int(StepEnd.RETURNED), int(StepEnd.RAISED), int(StepEnd.CANCELLED)})
_STEP, _CREATED, _RENAMED = int(RecordKind.STEP), int(RecordKind.TASK_CREATED), int(RecordKind.TASK_RENAMED)
_CALL, _WARNING = int(RecordKind.CALL), int(RecordKind.WARNING)
_TELLING = frozenset({_CREATED, _RENAMED, _WARNING})
_WITH_ARGUMENTS = frozenset({_CREATED, _CALL})
# Where fields stand in a record.
_END, _FLAGS, _WHO, _ARGUMENTS, _WAKER, _TARGET = 2, 3, 4, 5, 8, 9
#: kind, who, waker, call of a RECORD.
_PRESENT_FIELDS = Struct("<B3xI24xI8xI")

Fields = list[int]
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Living:
    """What there is as a file is cut: the records of each living loop that are not in the file yet, the tasks that
    exist, and the calls that these are in or may come back to.
    """

    unwritten: Mapping[int, bytes] = field(default_factory=dict)
    tasks: Set[int] = _NOBODY
    calls: Set[int] = _NOBODY


@dataclass(slots=True)
class _Kept:
    """What the records that are kept say of those that are dropped: of which tasks and calls there must be more."""

    first_of_each_loop: dict[int, bytes] = field(default_factory=dict)
    tasks: set[int] = field(default_factory=set)
    calls: set[int] = field(default_factory=set)

    def note(self, payload: bytes) -> None:
        """Take note of the tasks whose steps these records are, and of the calls that they point at."""
        for kind, who, waker, call in _PRESENT_FIELDS.iter_unpack(payload):
            if kind == _STEP:
                self.tasks.add(who)
                self.calls.add(call)
            elif kind == _CALL:
                self.calls.add(waker)


def carry_over(dropped: Chunks, kept: Chunks, living: Living) -> Iterator[Chunk]:
    """The chunks to write in place of those ``dropped``."""
    present = _present(kept, living)
    texts = set(_pointed_at([*living.unwritten.values(), *present.first_of_each_loop.values()]))
    by_loop: dict[int, bytearray] = {}
    for number, (loop, birth) in _births(dropped).items():
        if number in present.tasks or not birth[_FLAGS] & Flag.CARRIED:
            birth[_FLAGS] |= Flag.CARRIED
            texts |= {birth[_TARGET], birth[_ARGUMENTS]}
            by_loop.setdefault(loop, bytearray()).extend(RECORD.pack(*birth))
    for loop, call in _calls(dropped, present.calls):
        texts.add(call[_ARGUMENTS])
        by_loop.setdefault(loop, bytearray()).extend(RECORD.pack(*call))
    wanted: dict[int, set[int]] = {
        DefinitionKind.TEXT: texts,
        DefinitionKind.LOOP: {*living.unwritten, *present.first_of_each_loop, *by_loop},
    }
    yield ChunkKind.PASSING, 0, b"".join(_definitions(dropped, wanted))
    for loop, payload in by_loop.items():
        yield ChunkKind.RECORDS, loop, bytes(payload)


def _present(kept: Chunks, living: Living) -> _Kept:
    present = _Kept(tasks=set(living.tasks), calls=set(living.calls))
    for loop, payload in kept(ChunkKind.RECORDS):
        present.first_of_each_loop.setdefault(loop, payload)
        present.note(payload)
    for payload in living.unwritten.values():
        present.note(payload)
    return present


def _births(dropped: Chunks) -> dict[int, tuple[int, Fields]]:
    """Of each task that was not seen to end: its loop and the fields of its birth."""
    births: dict[int, tuple[int, Fields]] = {}
    for loop, payload in dropped(ChunkKind.RECORDS):
        for at in _telling(payload):
            fields = RECORD.unpack_from(payload, at)
            kind, who = fields[0], fields[_WHO]
            if kind == _CREATED:
                births[who] = loop, list(fields)
            elif kind == _RENAMED and who in births:
                birth = births[who][1]
                birth[_TARGET] = fields[_TARGET]
            elif kind == _STEP or fields[_END] == WarningKind.DESTROYED_PENDING:
                births.pop(who, None)
    return births


def _calls(dropped: Chunks, wanted: Iterable[int]) -> list[tuple[int, Fields]]:
    """Loop and fields of the wanted calls and of those that await them, in the order in which they came about.

    They are looked for from the newest on: who awaits a call came about before it.
    """
    left = set(wanted)
    found: list[tuple[int, Fields]] = []
    for loop, payload in dropped(ChunkKind.RECORDS, newest_first=True):
        kinds = payload[:: RECORD.size]
        at = len(kinds)
        while (at := kinds.rfind(_CALL, 0, at)) >= 0:
            fields = list(RECORD.unpack_from(payload, at * RECORD.size))
            if fields[_WHO] in left:
                left.remove(fields[_WHO])
                left.add(fields[_WAKER])
                found.append((loop, fields))
    return found[::-1]


def _telling(payload: bytes) -> Iterator[int]:
    """Where the records stand that tell of births, names and ends. All others are passed over quickly."""
    size = RECORD.size
    for index, (kind, end) in enumerate(zip(payload[0::size], payload[2::size], strict=True)):
        if (kind == _STEP and end in _ENDS) or kind in _TELLING:
            yield index * size


def _pointed_at(payloads: Iterable[bytes]) -> Iterator[int]:
    """The numbers of all that records point at; texts among it."""
    for payload in payloads:
        for fields in RECORD.iter_unpack(payload):
            yield fields[_TARGET]
            if fields[0] in _WITH_ARGUMENTS:
                yield fields[_ARGUMENTS]


def _definitions(dropped: Chunks, wanted: dict[int, set[int]]) -> Iterator[bytes]:
    """The dropped definitions of the wanted numbers of each kind, as they were written."""
    for _loop, payload in dropped(ChunkKind.PASSING):
        at = 0
        while at < len(payload):
            kind, number, length = DEFINITION.unpack_from(payload, at)
            end = at + DEFINITION.size + length
            if number in wanted.get(kind, ()):
                yield payload[at:end]
            at = end
