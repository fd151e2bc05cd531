"""A trace file that stays below a size: ``loopviz record --max-size``.

Decides when it is made shorter (see ``shortening``): when it is nearly as large as asked, by a thread that has time for
it; where none has, at once by whoever makes it too large.

Awkward cases: a bound too small for the definitions alone is exceeded rather than broken, and so it is while the file
is being shortened; the sink may be closed meanwhile, and then the file stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from loopviz.events import ChunkKind
from loopviz.recording.carrying import Living
from loopviz.recording.files import create, duplicate
from loopviz.recording.shortening import Cut, Place, ShorterFile, Unwanted, cut, last_records
from loopviz.recording.sink import LockType, Sink


class BoundedSink(Sink):
    """A sink that drops the oldest records where there would be too many."""

    #: What is dropped is read again.
    _ACCESS = os.O_RDWR

    def __init__(
        self,
        path: str,
        header: dict[str, Any],
        max_bytes: int,
        living: Callable[[], Living] = Living,
        forget_passing: Callable[[], object] = tuple,
        lock: LockType | None = None,
    ) -> None:
        """``living`` is asked as the file is cut: what lives on must stay known. ``forget_passing`` is called after
        each chunk of records: what the next one points at must be written beside it, since they are dropped together.
        """
        super().__init__(path, header, lock)
        self._max_bytes = max_bytes
        self._living = living
        self._forget_passing = forget_passing
        self._chunks: list[Place] = []
        self._dropped_records = 0
        #: Whether a shorter file is in the making.
        self.is_shortening = False

    def _wrote(self, kind: ChunkKind, start: int, records: int) -> None:
        self._chunks.append(Place(kind, start, self._size, records))
        if records:
            self._forget_passing()
            if self._size > self._max_bytes:
                self._shorten(lambda: True)

    def shorten(self, is_wanted: Callable[[], bool]) -> None:
        if self._size > self._max_bytes * 3 // 4:
            self._shorten(is_wanted)

    def _shorten(self, is_wanted: Callable[[], bool]) -> None:
        with self.lock:
            where = cut(self._chunks, self._max_bytes // 2)
            if self.is_shortening or not self.is_open or not where.lost_records:
                return
            self.is_shortening = True
            living, old_fd = self._living(), duplicate(self._fd)
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
        shorter = ShorterFile(create(part, os.O_RDWR), part, old_fd, is_wanted)
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
            last = last_records(self._chunks, self._size)
            self._last_records = last.start, last.records
            self._dropped_records += lost_records
        os.close(old_fd)
        return True
