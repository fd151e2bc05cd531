"""The trace file as the recorder writes it: header, whole chunks, and nothing that can hurt the program.

Decides when bytes reach the disk (at once: one ``write`` per chunk, so what was written survives ``kill -9``), what
happens when they can't (nothing is written from then on, and the file ends by saying so), and when a bounded file is
made shorter (see ``shortening``): when it is nearly as large as asked, by a thread that has time for it; where none
has, at once by whoever makes it too large.

Awkward cases: disk full leaves a torn chunk, so the file is cut back to the last whole one, and where there is no room
to say so, the last records are given up for that; a file that was removed is written on, unseen; a bound too small for
the definitions alone is exceeded rather than broken, and so it is while the file is being shortened; the sink may be
closed meanwhile, and then the file stays as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from threading import RLock
from typing import Any

from loopviz.events import FORMAT_VERSION, HEADER, MAGIC, RECORD, ChunkKind, chunk_of
from loopviz.recording.carrying import Living
from loopviz.recording.shortening import Cut, Place, ShorterFile, Unwanted, cut, last_records, loss_of, write_all

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_LOWEST_DESCRIPTOR = 500

LockType = AbstractContextManager[Any]


class Sink:
    """An open trace file. Every method is safe to call from any thread; none raises OSError after construction."""

    def __init__(
        self,
        path: str,
        header: dict[str, Any],
        max_bytes: int | None = None,
        living: Callable[[], Living] = Living,
        forget_passing: Callable[[], object] = tuple,
        lock: LockType | None = None,
    ) -> None:
        """Create or truncate ``path`` and write the header. Raises OSError.

        ``living`` is asked as a file bounded to ``max_bytes`` is cut: what lives on must stay known. ``forget_passing``
        is called after each chunk of records of such a file: what the next one points at must be written beside it,
        since they are dropped together. ``lock`` is the one to hold while writing, if others share it.
        """
        self.path = path
        self.lock = lock or RLock()
        self.failure: OSError | None = None
        self.lost_records = 0
        self._max_bytes = max_bytes
        self._living = living
        self._forget_passing = forget_passing
        self._chunks: list[Place] = []
        self._dropped_records = 0
        #: Whether a shorter file is in the making.
        self.is_shortening = False
        body = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
        self._header = HEADER.pack(MAGIC, FORMAT_VERSION, 0, len(body)) + body
        # What is dropped is read again. Else the file may be a pipe, which has to break where its reader goes away.
        self._fd = _create(path, os.O_WRONLY if max_bytes is None else os.O_RDWR)
        self._size = write_all(self._fd, self._header)
        self._last_records = last_records(self._chunks, self._size)

    def write(self, kind: ChunkKind, loop: int, payload: bytes | bytearray | memoryview) -> None:
        """Append one chunk; where that fails, nothing is written from then on, and the loss counted."""
        records = len(payload) // RECORD.size if kind == ChunkKind.RECORDS else 0
        with self.lock:
            if self._fd < 0 or self.failure is not None:
                self.lost_records += records
                return
            start = self._size
            try:
                self._append(chunk_of(kind, loop, bytes(payload)))
            except OSError as error:
                self.lost_records += records
                self._give_up(error)
                return
            place = Place(kind, start, self._size, records)
            if records:
                self._last_records = place
            if self._max_bytes is not None:
                self._keep_bounded(place, self._max_bytes)

    def _keep_bounded(self, latest: Place, max_bytes: int) -> None:
        self._chunks.append(latest)
        if latest.records:
            self._forget_passing()
            if self._size > max_bytes:
                self._shorten(max_bytes, lambda: True)

    def tell_loss(self, records: int, reason: str) -> None:
        """Write down that records are missing."""
        self.write(ChunkKind.LOSS, 0, loss_of(records, reason))

    def shorten(self, is_wanted: Callable[[], bool]) -> None:
        """Shorten a bounded file that is nearly too large, as long as that is wanted. Others may write meanwhile."""
        if self._max_bytes is not None and self._size > self._max_bytes * 3 // 4:
            self._shorten(self._max_bytes, is_wanted)

    def _shorten(self, max_bytes: int, is_wanted: Callable[[], bool]) -> None:
        with self.lock:
            where = cut(self._chunks, max_bytes // 2)
            if self.is_shortening or not self.is_open or not where.lost_records:
                return
            self.is_shortening = True
            living, old_fd = self._living(), _duplicate(self._fd)
        try:
            self._rewrite(where, living, old_fd, is_wanted)
        except OSError as error:
            with self.lock:
                self._give_up(error)
        finally:
            self.is_shortening = False
            os.close(old_fd)

    def _rewrite(self, where: Cut, living: Living, old_fd: int, is_wanted: Callable[[], bool]) -> None:
        part = f"{self.path}.part"
        shorter = ShorterFile(_create(part, os.O_RDWR), part, old_fd, is_wanted)
        is_needed = False
        try:
            shorter.begin(self._header, where, self._dropped_records + where.lost_records, living)
            shorter.catch_up(lambda: self._size)
            is_needed = self._change_over(shorter, where.lost_records)
        except Unwanted:
            return
        finally:
            if not is_needed:
                shorter.remove()

    def _change_over(self, shorter: ShorterFile, lost_records: int) -> bool:
        """Go on in the shorter file. False if there is no going on."""
        with self.lock:
            if not self.is_open:
                return False
            self._chunks = shorter.finish(self._size, self._chunks, self.path)
            old_fd, self._fd, self._size = self._fd, shorter.fd, shorter.size
            self._last_records = last_records(self._chunks, self._size)
            self._dropped_records += lost_records
        os.close(old_fd)
        return True

    @property
    def is_open(self) -> bool:
        """Whether what is written now goes to the file."""
        return self._fd >= 0 and self.failure is None

    def _append(self, data: bytes) -> None:
        self._size += write_all(self._fd, data)

    def _give_up(self, error: OSError) -> None:
        """Write nothing any more, and leave whole chunks alone in the file."""
        self.failure = error
        with suppress(OSError):
            self._cut_back(self._size)

    def _cut_back(self, size: int) -> None:
        os.ftruncate(self._fd, size)
        os.lseek(self._fd, size, os.SEEK_SET)
        self._size = size

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
                    self._tell_failure(self.failure)
                fd, self._fd = self._fd, -1
                os.close(fd)

    def _tell_failure(self, error: OSError) -> None:
        """End the file by saying why it ends: behind what could be written, or in place of the last of that."""
        reason = f"the file could not be written: {error.strerror}; nothing was recorded from then on"
        for size, given_up in ((self._size, 0), (self._last_records.start, self._last_records.records)):
            try:
                self._cut_back(size)
                self.lost_records += given_up
                self._append(chunk_of(ChunkKind.LOSS, 0, loss_of(self.lost_records, reason)))
                return
            except OSError:
                continue
        with suppress(OSError):
            self._cut_back(self._size)


def _create(path: str, access: int) -> int:
    """A new or emptied file's descriptor."""
    fd = os.open(path, access | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
    high = _duplicate(fd)
    os.close(fd)
    return high


def _duplicate(fd: int) -> int:
    """Another descriptor of the same file, out of the way of the numbers that the program gets for its own files."""
    if fcntl is not None:
        with suppress(OSError):  # the process may not have so many
            return int(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR))
    return os.dup(fd)
