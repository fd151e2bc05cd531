"""What the program printed, line by line, as far as a moment.

Decides what a line is: what one task wrote to one stream up to a line break, however many writes that took; the
output of several tasks is not mixed within a line. A line stands where its first piece was written.

Awkward cases: a carriage return begins the line anew, as a terminal would (progress bars); at a moment between two
pieces only the earlier is shown; a last line without a break is shown as it stands.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.trace import Trace

_STDERR = 2
_PIECE = re.compile(r"[^\r\n]+|\r?\n|\r")


@dataclass(slots=True)
class OutputLine:
    """A line. ``by`` is the kind and number of what wrote it; ``pieces`` are the writes: when, and the line's text
    since then.

    ``returned`` is set after a carriage return: the next piece begins the line anew.
    """

    by: tuple[int, int]
    is_stderr: bool
    pieces: list[tuple[int, str]]
    returned: bool = False
    is_open: bool = True

    @property
    def task(self) -> int | None:
        return self.by[1] if self.by[0] == WakeKind.TASK else None

    def text_at(self, time_ns: int) -> str:
        """The line as it stood at a moment."""
        text = ""
        for written_ns, so_far in self.pieces:
            if written_ns > time_ns:
                break
            text = so_far
        return text


class OutputLog:
    """The output of a growing trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.lines: list[OutputLine] = []
        self._starts = array("q")
        self._open: dict[tuple[int, int, int], OutputLine] = {}
        self._taken = 0

    def update(self) -> None:
        """Take in what was printed since."""
        records, origin = self.trace.of_kind(RecordKind.OUTPUT), self.trace.records.origin_ns
        for index in records[self._taken :]:
            raw = self.trace.records.raw(index)
            text = self.trace.definitions.texts.get(raw.target, "")
            self._take(raw.waker_kind, raw.waker, raw.end, text, raw.start_ns - origin)
        self._taken = len(records)

    def _take(self, kind: int, number: int, stream: int, text: str, time_ns: int) -> None:
        key = (kind, number, stream)
        for piece in _PIECE.findall(text):
            line = self._open.get(key) or self._begin(key, time_ns)
            if piece == "\r":
                line.returned = True
            elif piece.endswith("\n"):
                line.is_open = False
                del self._open[key]
            else:
                before = "" if line.returned else line.pieces[-1][1]
                line.pieces.append((time_ns, before + piece))
                line.returned = False

    def _begin(self, key: tuple[int, int, int], time_ns: int) -> OutputLine:
        line = self._open[key] = OutputLine(key[:2], key[2] == _STDERR, [(time_ns, "")])
        self.lines.append(line)
        # Several loops' chunks interleave: a later line may be told with an earlier time.
        self._starts.append(max(time_ns, self._starts[-1] if self._starts else time_ns))
        return line

    def count_until(self, time_ns: int) -> int:
        """How many lines had begun by a moment."""
        return bisect_right(self._starts, time_ns)
