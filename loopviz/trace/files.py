"""Trace files: read one whole, or follow one as it grows.

Decides what the model is told of a file's state: whole, still growing, cut off, damaged. The recorder may replace a
bounded file by a shorter one (``--max-size``), and a program that runs again may write it anew; a follower then begins
anew too, with a fresh Trace.

Awkward cases: a file that ends inside a chunk is read up to the last whole one and ``note`` says so; an empty file is a
recording that has not begun, an error for ``load`` and patience for ``TraceFile``; a file that is removed while it is
followed just stops growing.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from loopviz.errors import TraceUnreadable
from loopviz.trace.chunks import ChunkParser, NotATrace
from loopviz.trace.garbage import no_collections
from loopviz.trace.trace import Trace

_PIECE = 1 << 20


class TraceFile:
    """A trace file being read. ``trace`` grows with each ``poll``; ``generation`` counts how often it began anew.

    ``trace`` is another object once the header has been read, and after each beginning anew: take it from here after
    every ``poll``.
    """

    def __init__(self, path: Path | str) -> None:
        """Open ``path``; raises TraceUnreadable where that fails."""
        self.path = Path(path)
        self.generation = 0
        self._begin(self._open())

    def _open(self) -> BinaryIO:
        try:
            return open(self.path, "rb")
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            raise TraceUnreadable(self.path, _reason(error)) from None

    def _begin(self, file: BinaryIO) -> None:
        self._file = file
        self._taken = 0
        self._parser = ChunkParser()
        self.trace = Trace()

    def close(self) -> None:
        self._file.close()

    def poll(self, at_most: int = 1 << 26) -> bool:
        """Take in what has been written since; True where there was something.

        ``at_most`` bounds the bytes taken at once, so that a screen stays responsive while a large file loads. Raises
        TraceUnreadable for a foreign file.
        """
        if self._was_replaced():
            file = self._open()
            self._file.close()
            self._begin(file)
            self.generation += 1
        before = self._taken
        with no_collections():
            while (left := at_most + before - self._taken) > 0 and (data := self._read(min(left, _PIECE))):
                self._taken += len(data)
                self._feed(data)
        return self._taken > before

    def _was_replaced(self) -> bool:
        """Whether the name stands for another file now, or for the same one written anew."""
        try:
            here, there = os.fstat(self._file.fileno()), os.stat(self.path)
        except OSError:
            return False
        # A pipe has no size to compare with.
        return not os.path.samestat(here, there) or (stat.S_ISREG(here.st_mode) and here.st_size < self._taken)

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise TraceUnreadable(self.path, _reason(error)) from None

    def _feed(self, data: bytes) -> None:
        had_header = self.has_header
        try:
            for chunk in self._parser.feed(data):
                if not had_header:
                    self.trace = Trace(self._parser.header or {})
                    had_header = True
                self.trace.feed(*chunk)
        except NotATrace as error:
            raise TraceUnreadable(self.path, str(error), error.next_step) from None
        if not had_header and self.has_header:
            self.trace = Trace(self._parser.header or {})

    @property
    def has_header(self) -> bool:
        return self._parser.header is not None

    @property
    def note(self) -> str | None:
        """What is wrong with the file, in one line; None where all of it was read and understood."""
        notes = []
        if self._parser.damage:
            notes.append(f"read up to where it is {self._parser.damage}")
        elif self._parser.waiting:
            notes.append(f"cut off: its last {self._parser.waiting} bytes are an incomplete chunk and were left out")
        if self.trace.refused:
            notes.append(f"{self.trace.refused} of its facts make no sense and were left out")
        return "; ".join(notes) or None


def load(path: Path | str) -> Trace:
    """Read a whole trace file.

    Raises TraceUnreadable where it is missing, foreign, newer, or ends before its header does.
    """
    return load_file(path).trace


def load_file(path: Path | str) -> TraceFile:
    """As ``load``, with what there is to say of the file (``note``). The file is closed already."""
    file = TraceFile(path)
    try:
        while file.poll():
            pass
    finally:
        file.close()
    if not file.has_header:
        raise TraceUnreadable(path, "it ends before a trace begins", "was the program killed at once?")
    file.trace.note = file.note
    return file


def _reason(error: OSError | ValueError) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return words[:1].lower() + words[1:]
