"""What the program prints, and which task printed it.

Decides how print is overheard without a change to what is written or where: the stream objects stay the ones they are
(type, ``isatty``, encoding, file number); only their ``write`` is shadowed by an attribute of the same name, which
passes on to the real one and remembers the text. A fact is a line, or what of a line one task wrote before another
took over.

Awkward cases: a stream that is None, or of a type that takes no attributes, is left alone; ``os.write``,
``stdout.buffer`` and subprocesses are not overheard; a program that puts another object in ``sys.stdout``'s place is
not followed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TextIO

from loopviz.events import RecordKind
from loopviz.recording.recorder import Recorder

STDOUT, STDERR = 1, 2
LONGEST = 20_000


class OverheardStream:
    """One stream's text on its way into the recording."""

    def __init__(self, recorder: Recorder, stream: TextIO, number: int) -> None:
        self._recorder = recorder
        self._stream = stream
        self._number = number
        self._write: Callable[..., int] = stream.write
        self._line = ""
        self._writer: tuple[int, int, int] = (0, 0, 0)

    def listen(self) -> None:
        """Shadow the stream's ``write``. Raises AttributeError or TypeError where the stream does not allow it."""
        self._stream.write = self.write  # type: ignore[method-assign]

    def stop(self) -> None:
        """Put the stream's own ``write`` back and record an unfinished line."""
        self._tell()
        if vars(self._stream).get("write") == self.write:
            del self._stream.write

    def write(self, *given: Any, **named: Any) -> int:
        """What the stream's own ``write`` takes, and raises where that is wrong."""
        written = self._write(*given, **named)
        text = given[0] if given else ""
        if type(text) is str and text and self._recorder.open:
            try:
                self._hear(text)
            except RecursionError:  # as in ``fail``, for which there may be no room either
                self._recorder.missed += 1
            except Exception as error:
                self._recorder.fail(error)
        return written

    def _hear(self, text: str) -> None:
        buffer = self._recorder.here()
        writer = (buffer.loop_number, *self._recorder.by_now(buffer))
        if writer != self._writer:
            self._tell()
            self._writer = writer
        self._line += text[:LONGEST]
        if self._line.endswith("\n") or len(self._line) > LONGEST:
            self._tell()

    def _tell(self) -> None:
        line, self._line = self._line, ""
        if line:
            by = self._writer[1:]
            self._recorder.note(RecordKind.OUTPUT, line, self._number, by=by)


def listen(recorder: Recorder) -> None:
    """Overhear stdout and stderr until the recording ends."""
    streams: list[tuple[Any, int]] = [(sys.stdout, STDOUT), (sys.stderr, STDERR)]
    for stream, number in streams:
        if stream is None or (number == STDERR and stream is sys.stdout):
            continue
        overheard = OverheardStream(recorder, stream, number)
        try:
            overheard.listen()
        except (AttributeError, TypeError):
            continue
        recorder.at_end(overheard.stop)
