"""How a bounded file becomes shorter: where it is cut, and the file that takes its place.

Decides what is kept: every lasting definition, and of the rest the newest, whole chunks, so many as there is room for.
The shorter file begins with the loss, of all cuts so far, and the lasting definitions; then comes what is carried over
from what is dropped (see ``carrying``), then all that was written since, byte for byte. It takes the other's name in a
single rename, so a reader finds the one or the other.

It may be made while the other is being written on: what is appended meanwhile is copied too, and only the last bit of
that while nobody may write.

Awkward cases: the files are read in large pieces, because after each read a thread may have to wait for the
interpreter, which a busy loop gives away only every few milliseconds; a shorter file that is not wanted any more is
removed, half done as it may be.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from loopviz.events import CHUNK, ChunkKind, chunk_of, loss_of
from loopviz.recording.carrying import Living, carry_over
from loopviz.recording.files import write_all

_PIECE_BYTES = 1 << 20
#: So much may be left to be copied while nobody may write: work for less than a millisecond.
_MOST_LEFT_BYTES = 1 << 18


class Place(NamedTuple):
    """Where a chunk stands in the file, and how many records are lost if it is dropped."""

    kind: int
    start: int
    end: int
    records: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What is dropped, the lasting definitions that stand among it, and what is kept: all from ``start`` on."""

    dropped: Sequence[Place]
    lasting: Sequence[Place]
    kept: Sequence[Place]
    start: int

    @property
    def lost_records(self) -> int:
        return sum(place.records for place in self.dropped)


def cut(chunks: Sequence[Place], room: int) -> Cut:
    """Where to cut a file so that what is kept, without lasting definitions, needs no more than ``room``."""
    at, start = len(chunks), chunks[-1].end if chunks else 0
    for place in reversed(chunks):
        if place.kind != ChunkKind.DEFINITIONS:
            room -= place.end - place.start
            if room < 0:
                break
        at, start = at - 1, place.start
    older = chunks[:at]
    lasting = [place for place in older if place.kind == ChunkKind.DEFINITIONS]
    return Cut([place for place in older if place.kind != ChunkKind.DEFINITIONS], lasting, chunks[at:], start)


def last_records(chunks: Sequence[Place], size: int) -> Place:
    """The last chunk of records of a file of that size."""
    found = (place for place in reversed(chunks) if place.kind == ChunkKind.RECORDS)
    return next(found, Place(ChunkKind.RECORDS, size, size, 0))


class Unwanted(Exception):
    """Nobody wants the shorter file any more."""


class ShorterFile:
    """What is to take a file's place. The methods raise OSError and Unwanted; the file is to be removed then."""

    def __init__(self, fd: int, path: str, old_fd: int, is_wanted: Callable[[], bool]) -> None:
        """``fd`` is that of an empty file at ``path``, ``old_fd`` one of the old file that stays open meanwhile. Where
        it ``is_wanted`` no more, whatever takes long raises Unwanted.
        """
        self.fd = fd
        self.size = 0
        self._path = path
        self._old_fd = old_fd
        self._is_wanted = is_wanted
        self._chunks: list[Place] = []
        #: From where on the old file is copied, how far that has come, and how far it moves.
        self._start = self._copied = self._moved = 0

    def begin(self, header: bytes, where: Cut, lost_records: int, living: Living) -> None:
        """Write all that comes before the chunks that are kept."""
        _take_room(self.fd, sum(place.end - place.start for place in where.kept))
        self._append(header)
        lost = loss_of(lost_records, "the size was bounded: the oldest were dropped")
        self._add(ChunkKind.LOSS, chunk_of(ChunkKind.LOSS, 0, lost))
        for kind, data in self._read(where.lasting):
            self._add(kind, data)
        dropped, kept = (partial(self._payloads, places) for places in (where.dropped, where.kept))
        for chunk in carry_over(dropped, kept, living):
            self._add(chunk[0], chunk_of(*chunk))
        self._start = self._copied = where.start
        self._moved = self.size - where.start

    def catch_up(self, old_size: Callable[[], int]) -> None:
        """Copy what is kept, and what is written meanwhile, until hardly anything is left."""
        while self._go_on() and old_size() - self._copied > _MOST_LEFT_BYTES:
            self._copy(min(old_size(), self._copied + _PIECE_BYTES))

    def finish(self, old_size: int, old_chunks: Sequence[Place], path: str) -> list[Place]:
        """Copy the rest, which nobody writes on, and be the file at ``path``. Returns where the chunks stand here."""
        while self._copied < old_size:
            self._copy(min(old_size, self._copied + _PIECE_BYTES))
        os.replace(self._path, path)
        moved = [
            Place(kind, start + self._moved, end + self._moved, records)
            for kind, start, end, records in old_chunks
            if start >= self._start
        ]
        return self._chunks + moved

    def remove(self) -> None:
        """There is to be no such file."""
        with suppress(OSError):
            os.close(self.fd)
            os.unlink(self._path)

    def _add(self, kind: int, chunk: bytes) -> None:
        """Write a chunk of which no record is lost when it is dropped: it is carried over again, or was no record."""
        start = self.size
        self._append(chunk)
        self._chunks.append(Place(kind, start, self.size, 0))

    def _append(self, data: bytes) -> None:
        self.size += write_all(self.fd, data)

    def _payloads(
        self, places: Sequence[Place], wanted: ChunkKind, *, newest_first: bool = False
    ) -> Iterator[tuple[int, bytes]]:
        """Loop and payload of the chunks of a kind."""
        for kind, data in self._read(places, newest_first):
            if kind == wanted:
                yield CHUNK.unpack_from(data)[2], data[CHUNK.size :]

    def _read(self, places: Sequence[Place], newest_first: bool = False) -> Iterator[tuple[int, bytes]]:
        """Kind and bytes of chunks of the old file: those that are near each other are read at once."""
        groups = _neighbours(places)
        for group in reversed(groups) if newest_first else groups:
            self._go_on()
            start = group[0].start
            piece = _read_all(self._old_fd, start, group[-1].end)
            for place in reversed(group) if newest_first else group:
                yield place.kind, piece[place.start - start : place.end - start]

    def _go_on(self) -> bool:
        if not self._is_wanted():
            raise Unwanted
        return True

    def _copy(self, until: int) -> None:
        self._append(_read_all(self._old_fd, self._copied, until))
        self._copied = until


def _neighbours(places: Sequence[Place]) -> list[Sequence[Place]]:
    """The chunks in groups that are to be read at once."""
    groups: list[Sequence[Place]] = []
    first = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or places[index].end - places[first].start > _PIECE_BYTES:
            groups.append(places[first:index])
            first = index
    return groups


def _take_room(fd: int, size: int) -> None:
    """Have the file system find room for so much now. ext4 would do so as the file takes the other's place, which held
    everybody up for 20 ms.
    """
    if size and hasattr(os, "posix_fallocate"):
        with suppress(OSError):  # it may not be able to; that there is no room, writing will tell
            os.posix_fallocate(fd, 0, size)


def _read_all(fd: int, start: int, end: int) -> bytes:
    data = os.pread(fd, end - start, start)
    if len(data) < end - start:
        raise OSError(errno.EIO, "somebody else has cut it short")
    return data
