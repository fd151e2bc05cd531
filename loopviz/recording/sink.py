"""The trace file as the recorder writes it: header, whole chunks, and nothing that can hurt the program.

Decides when bytes reach the disk (at once: one ``write`` per chunk, so what was written survives ``kill -9``), and what
happens when they can't (nothing is written from then on, and the file ends by saying so). How a file stays within a
bound is ``bounded_sink``'s affair.

Awkward cases: disk full leaves a torn chunk, so the file is cut back to the last whole one, and where there is no room
to say so, the last records are given up for that; a file that was removed is written on, unseen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from threading import RLock
from typing import Any

from loopviz.events import FORMAT_VERSION, HEADER, MAGIC, RECORD, ChunkKind, chunk_of, loss_of
from loopviz.recording.files import create, write_all

LockType = AbstractContextManager[Any]


class Sink:
    """An open trace file. Every method is safe to call from any thread; none raises OSError after construction."""

    #: What the file is opened for. It may be a pipe, which has to break where its reader goes away.
    _ACCESS = os.O_WRONLY

    def __init__(self, path: str, header: dict[str, Any], lock: LockType | None = None) -> None:
        """Create or truncate ``path`` and write the header. Raises OSError. ``lock`` is the one to hold while writing,
        if others share it.
        """
        self.path = path
        self.lock = lock or RLock()
        self.failure: OSError | None = None
        self.lost_records = 0
        body = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
        self._header = HEADER.pack(MAGIC, FORMAT_VERSION, 0, len(body)) + body
        self._fd = create(path, self._ACCESS)
        self._size = write_all(self._fd, self._header)
        #: Where the last chunk of records starts, and how many these are.
        self._last_records = self._size, 0

    def write(self, kind: ChunkKind, loop: int, payload: bytes | bytearray | memoryview) -> None:
        """Append one chunk; where that fails, nothing is written from then on, and the loss counted."""
        records = len(payload) // RECORD.size if kind == ChunkKind.RECORDS else 0
        with self.lock:
            if not self.is_open:
                self.lost_records += records
                return
            start = self._size
            try:
                self._append(chunk_of(kind, loop, bytes(payload)))
            except OSError as error:
                self.lost_records += records
                self._give_up(error)
                return
            if records:
                self._last_records = start, records
            self._wrote(kind, start, records)

    def _wrote(self, kind: ChunkKind, start: int, records: int) -> None:
        """A chunk stands in the file, from ``start`` to its end."""

    def shorten(self, is_wanted: Callable[[], bool]) -> None:
        """Make a bounded file shorter that is nearly too large, as long as that is wanted. Others may write
        meanwhile.
        """

    def tell_loss(self, records: int, reason: str) -> None:
        """Write down that records are missing."""
        self.write(ChunkKind.LOSS, 0, loss_of(records, reason))

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
        for size, given_up in ((self._size, 0), self._last_records):
            try:
                self._cut_back(size)
                self.lost_records += given_up
                self._append(chunk_of(ChunkKind.LOSS, 0, loss_of(self.lost_records, reason)))
                return
            except OSError:
                continue
        with suppress(OSError):
            self._cut_back(self._size)
