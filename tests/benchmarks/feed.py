"""Writes a recorded trace once more, as if it happened now: ``feed.py TRACE SECONDS OUT``.

Decides when: the trace's time is stretched or pressed to so many seconds, and each chunk is written when the last of
its facts has happened. All is ready before the first byte, so that the writing takes next to nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from loopviz.events import FORMAT_VERSION, HEADER, MAGIC, RECORD, ChunkKind, RecordKind, chunk_of
from loopviz.trace.chunks import Chunk, ChunkParser

#: Which of the three times of a record are moments; of other kinds, the second.
_MOMENTS: dict[int, tuple[int, ...]] = {
    RecordKind.STEP: (0, 1, 2),
    RecordKind.CALLBACK: (0, 1, 2),
    RecordKind.READY: (0,),
    RecordKind.RUNNING: (0, 1),
    RecordKind.TIMER_SET: (0, 1),
    RecordKind.IDLE: (1, 2),
    RecordKind.BLOCKED: (1, 2),
}
#: Making a record ready takes less.
_PREPARATION_NS = 4_000


class Feed:
    """The chunks of a trace, with new times."""

    def __init__(self, path: str, length_ns: float) -> None:
        parser = ChunkParser()
        self._chunks = list(parser.feed(Path(path).read_bytes()))
        self.header = dict(parser.header or {})
        self._old_ns = self.header["origin_ns"]
        ends = [self._last_ns(chunk) for chunk in self._chunks]
        self._pace = length_ns / max(ends)
        self.due_ns = [round(end * self._pace) for end in ends]
        records = sum(len(chunk.payload) for chunk in self._chunks) // RECORD.size
        self.origin_ns = self.header["origin_ns"] = time.monotonic_ns() + records * _PREPARATION_NS

    def _last_ns(self, chunk: Chunk) -> int:
        if chunk.kind != ChunkKind.RECORDS or not chunk.payload:
            return 0
        kind, _by, _end, _flags, _who, *times = RECORD.unpack_from(chunk.payload, len(chunk.payload) - RECORD.size)
        return int(max(times[place] for place in _MOMENTS.get(kind, (1,)))) - int(self._old_ns)

    def __iter__(self) -> Iterator[bytes]:
        for kind, loop, payload in self._chunks:
            if kind == ChunkKind.RECORDS:
                payload = b"".join(map(self._moved, RECORD.iter_unpack(payload)))
            yield chunk_of(kind, loop, payload)

    def _moved(self, fields: tuple[int, ...]) -> bytes:
        moved = list(fields)
        for place in _MOMENTS.get(fields[0], (1,)):
            moved[5 + place] = self.origin_ns + max(0, round((fields[5 + place] - self._old_ns) * self._pace))
        return RECORD.pack(*moved)


def main(trace: str, seconds: str, out: str) -> None:
    """Make everything ready, and write it as its time comes."""
    feed = Feed(trace, float(seconds) * 1e9)
    ready = list(feed)
    if time.monotonic_ns() > feed.origin_ns:
        sys.exit("the feed was not ready in time")
    header = json.dumps(feed.header).encode()
    time.sleep(max(0, feed.origin_ns - time.monotonic_ns()) / 1e9)
    with open(out, "wb", buffering=0) as file:
        file.write(HEADER.pack(MAGIC, FORMAT_VERSION, 0, len(header)) + header)
        for due_ns, chunk in zip(feed.due_ns, ready, strict=True):
            time.sleep(max(0, feed.origin_ns + due_ns - time.monotonic_ns()) / 1e9)
            file.write(chunk)


if __name__ == "__main__":
    main(*sys.argv[1:4])
