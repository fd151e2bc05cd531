"""What a bounded file is told again when its oldest chunks are dropped: who the tasks are that it goes on to speak of.

Decides whose births are carried over: of all tasks whose birth is dropped, and whose end is not. So the chunks that are
dropped say it all, and nothing has to be remembered between two times. A birth is repeated as it was written, with its
flags and one more, CARRIED, under the last of the names that are dropped with it. With the births come the dropped
texts that they, or records that are kept, point at, and the loops that are alive or that records are kept of.

Awkward cases: a task may be gone without an end, if nobody ever complains of that: its birth is carried once, for the
records that may be left of it, and not again; what was carried before is dropped and carried like any other birth; a
text stands before the first chunk of records that was written after it, not always one of the loop that points at it,
so the cut may come between the two: then the next chunk of that loop misses it, the first that is kept or the one that
is to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from loopviz.events import DEFINITION, RECORD, ChunkKind, DefinitionKind, Flag, RecordKind, StepEnd, WarningKind

#: Chunk kind, loop, payload.
Chunk = tuple[ChunkKind, int, bytes]
#: The dropped (or the kept) chunks of a kind, from the oldest on: loop and payload.
Chunks = Callable[[ChunkKind], Iterator[tuple[int, bytes]]]

_ENDS = frozenset({StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED})
_STEP, _CREATED, _RENAMED = RecordKind.STEP, RecordKind.TASK_CREATED, RecordKind.TASK_RENAMED
_TELLING = frozenset({_CREATED, _RENAMED, RecordKind.WARNING})
# Where fields stand in a record.
_FLAGS, _WHO, _ARGUMENTS, _TARGET, _COUNT = 3, 4, 5, 9, 11

Birth = list[int]


def carry_over(dropped: Chunks, kept: Chunks, unwritten: Mapping[int, bytes], alive: Container[int]) -> Iterator[Chunk]:
    """The chunks to write in place of those ``dropped``. ``unwritten`` are the records of each living loop that are not
    in the file yet, ``alive`` the numbers of the tasks that still exist.
    """
    by_loop: dict[int, bytearray] = {}
    first_kept = _first_of_each_loop(kept)
    texts = set(_pointed_at([*unwritten.values(), *first_kept.values()]))
    for number, (loop, birth) in _births(dropped).items():
        if number in alive or not birth[_FLAGS] & Flag.CARRIED:
            birth[_FLAGS] |= Flag.CARRIED
            texts |= {birth[_TARGET], birth[_ARGUMENTS]}
            by_loop.setdefault(loop, bytearray()).extend(RECORD.pack(*birth))
    wanted: dict[int, set[int]] = {
        DefinitionKind.TEXT: texts,
        DefinitionKind.LOOP: {*unwritten, *first_kept, *by_loop},
    }
    yield ChunkKind.PASSING, 0, b"".join(_definitions(dropped, wanted))
    for loop, payload in by_loop.items():
        yield ChunkKind.RECORDS, loop, bytes(payload)


def _births(dropped: Chunks) -> dict[int, tuple[int, Birth]]:
    """Of each task that was not seen to end: its loop and the fields of its birth."""
    births: dict[int, tuple[int, Birth]] = {}
    for loop, payload in dropped(ChunkKind.RECORDS):
        for at in _telling(payload):
            fields = RECORD.unpack_from(payload, at)
            kind, who = fields[0], fields[_WHO]
            if kind == _CREATED:
                births[who] = loop, list(fields)
            elif kind == _RENAMED and who in births:
                birth = births[who][1]
                birth[_TARGET], birth[_COUNT] = fields[_TARGET], 0
            elif kind == _STEP or fields[_COUNT] == WarningKind.DESTROYED_PENDING:
                births.pop(who, None)
    return births


def _telling(payload: bytes) -> Iterator[int]:
    """Where the records stand that tell of births, names and ends. All others are passed over quickly."""
    size = RECORD.size
    for index, (kind, end) in enumerate(zip(payload[0::size], payload[2::size], strict=True)):
        if (kind == _STEP and end in _ENDS) or kind in _TELLING:
            yield index * size


def _first_of_each_loop(kept: Chunks) -> dict[int, bytes]:
    first: dict[int, bytes] = {}
    for loop, payload in kept(ChunkKind.RECORDS):
        first.setdefault(loop, payload)
    return first


def _pointed_at(payloads: Iterable[bytes]) -> Iterator[int]:
    """The numbers of all that records point at; texts among it."""
    for payload in payloads:
        for fields in RECORD.iter_unpack(payload):
            yield fields[_TARGET]
            if fields[0] == _CREATED:
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
