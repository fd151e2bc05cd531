"""The trace file as the recorder writes it: header, whole chunks, and nothing that can hurt the program.

Decides when bytes reach the disk (at once: one ``write`` per chunk, so what was written survives ``kill -9``), what
happens when they can't (the sink closes, what is lost from then on is counted and told), and how a bounded file stays
bounded: once it is larger than asked, the oldest record chunks are dropped, whole, and the file is replaced by a
shorter one in a single rename. Definitions are kept, since later records point at them; what is to be carried over (who
the living tasks are) the recorder is asked for, and given what is dropped.

Awkward cases: disk full leaves a torn chunk, so the file is cut back to the last whole one; a file that was removed is
written on, unseen; a bound too small for the definitions alone is exceeded rather than broken.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from threading import RLock
from typing import Any

from loopviz.events import CHUNK, FORMAT_VERSION, HEADER, MAGIC, RECORD, ChunkKind, chunk_of
from loopviz.recording.carrying import Chunk, Chunks

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_LOWEST_DESCRIPTOR = 500

LockType = AbstractContextManager[Any]
#: Of a chunk in the file: its kind, where it starts and ends, and the records that are lost if it is dropped.
_Place = tuple[int, int, int, int]

_LASTING = frozenset({ChunkKind.DEFINITIONS, ChunkKind.LOSS})


class Sink:
    """An open trace file. Every method is safe to call from any thread; none raises OSError after construction."""

    def __init__(
        self,
        path: str,
        header: dict[str, Any],
        max_bytes: int | None = None,
        carry_over: Callable[[Chunks, Chunks], Iterable[Chunk]] = lambda _dropped, _kept: (),
        forget_passing: Callable[[], object] = tuple,
        lock: LockType | None = None,
    ) -> None:
        """Create or truncate ``path`` and write the header. Raises OSError.

        ``carry_over`` is given the chunks that are dropped from a file bounded to ``max_bytes``, and those that are
        kept, and asked what to write in place of the former. ``forget_passing`` is called after each chunk of records
        of such a file: what the next one points at must be written beside it, since they are dropped together.
        ``lock`` is the one to hold while writing, if others share it.
        """
        self.path = path
        self.lock = lock or RLock()
        self.failure: OSError | None = None
        self.lost_records = 0
        self._max_bytes = max_bytes
        self._bounded = max_bytes is not None
        self._carry_over = carry_over
        self._forget_passing = forget_passing
        self._chunks: list[_Place] = []
        body = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
        self._header = HEADER.pack(MAGIC, FORMAT_VERSION, 0, len(body)) + body
        # What is dropped is read again. Else the file may be a pipe, which has to break where its reader goes away.
        self._fd = _create(path, os.O_RDWR if self._bounded else os.O_WRONLY)
        self._size = 0
        self._append(self._header)

    def write(self, kind: ChunkKind, loop: int, payload: bytes | bytearray | memoryview) -> None:
        """Append one chunk; where that fails, nothing is written from then on, and the loss counted."""
        with self.lock:
            if self._fd < 0 or self.failure is not None:
                self._count_loss(kind, len(payload))
                return
            start = self._size
            try:
                self._append(chunk_of(kind, loop, bytes(payload)))
            except OSError as error:
                self._count_loss(kind, len(payload))
                self._give_up(error, start)
                return
            if self._bounded:
                records = len(payload) // RECORD.size if kind == ChunkKind.RECORDS else 0
                self._chunks.append((kind, start, self._size, records))
                if records:
                    self._forget_passing()
                    if self._size > (self._max_bytes or 0):
                        self._drop_oldest()

    def tell_loss(self, records: int, reason: str) -> None:
        """Write down that records are missing."""
        self.write(ChunkKind.LOSS, 0, _loss(records, reason))

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._fd, view)
            self._size += written
            view = view[written:]

    def _count_loss(self, kind: int, length: int) -> None:
        if kind == ChunkKind.RECORDS:
            self.lost_records += length // RECORD.size

    def _give_up(self, error: OSError, whole: int) -> None:
        self.failure = error
        with suppress(OSError):
            self._cut_back(whole)

    def _cut_back(self, size: int) -> None:
        os.ftruncate(self._fd, size)
        os.lseek(self._fd, size, os.SEEK_SET)
        self._size = size

    def _drop_oldest(self) -> None:
        """Halve the file: keep every lasting definition and the newest records with what they point at."""
        room = (self._max_bytes or 0) // 2
        kept: list[_Place] = []
        dropped: list[_Place] = []
        for place in reversed(self._chunks):
            kind, start, end, _records = place
            if kind in _LASTING:
                kept.append(place)
            elif room >= end - start:
                kept.append(place)
                room -= end - start
            else:
                room = 0
                dropped.append(place)
        if any(records for *_, records in dropped):
            try:
                self._rewrite(kept[::-1], dropped[::-1])
            except OSError as error:
                self._give_up(error, self._size)

    def _rewrite(self, kept: list[_Place], dropped: list[_Place]) -> None:
        shorter = self.path + ".part"
        fd = _create(shorter, os.O_RDWR)
        old_fd, self._fd, old_size, self._size = self._fd, fd, self._size, 0
        try:
            self._append(self._header)
            chunks: list[_Place] = []
            for kind, data, records in self._shortened(old_fd, kept, dropped):
                at = self._size
                self._append(data)
                chunks.append((kind, at, self._size, records))
            os.replace(shorter, self.path)
        except OSError:
            self._fd, self._size = old_fd, old_size
            os.close(fd)
            os.unlink(shorter)
            raise
        os.close(old_fd)
        self._chunks = chunks

    def _shortened(self, old_fd: int, kept: list[_Place], dropped: list[_Place]) -> Iterator[tuple[int, bytes, int]]:
        """The chunks of the shorter file: the loss, what is carried over (no loss if dropped again), what is kept."""
        lost = sum(records for *_, records in dropped)
        yield ChunkKind.LOSS, _loss_chunk(lost, "the size was bounded: the oldest were dropped"), 0
        for kind, start, end, _records in kept:
            if kind in _LASTING:
                yield kind, os.pread(old_fd, end - start, start), 0
        for chunk in self._carry_over(partial(_payloads, old_fd, dropped), partial(_payloads, old_fd, kept)):
            yield chunk[0], chunk_of(*chunk), 0
        for kind, start, end, records in kept:
            if kind not in _LASTING:
                yield kind, os.pread(old_fd, end - start, start), records

    def abandon(self, lock: LockType) -> None:
        """In a forked child: close the file as it is, without waiting for a lock that another thread held as it
        forked.
        """
        self.lock = lock
        self.failure = None
        self.close()

    def close(self) -> None:
        """Close the file; writing on only counts losses."""
        with self.lock:
            if self._fd >= 0:
                if self.failure is not None:
                    self._tell_loss(self.failure)
                fd, self._fd = self._fd, -1
                os.close(fd)

    def _tell_loss(self, error: OSError) -> None:
        whole = self._size
        try:
            self._append(_loss_chunk(self.lost_records, f"the file could not be written: {error.strerror}"))
        except OSError:
            with suppress(OSError):
                self._cut_back(whole)


def _create(path: str, access: int) -> int:
    """A new or emptied file's descriptor, out of the way of the numbers that the program gets for its own files."""
    fd = os.open(path, access | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
    if fcntl is None:
        return fd
    try:
        high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR)
    except OSError:  # the process may not have so many
        return fd
    os.close(fd)
    return high


def _payloads(fd: int, places: list[_Place], wanted: ChunkKind) -> Iterator[tuple[int, bytes]]:
    """Loop and payload of the chunks of a kind, read again."""
    for kind, start, end, _records in places:
        if kind == wanted:
            chunk = os.pread(fd, end - start, start)
            yield CHUNK.unpack_from(chunk)[2], chunk[CHUNK.size :]


def _loss(records: int, reason: str) -> bytes:
    return json.dumps({"records": records, "reason": reason}, separators=(",", ":")).encode()


def _loss_chunk(records: int, reason: str) -> bytes:
    return chunk_of(ChunkKind.LOSS, 0, _loss(records, reason))
