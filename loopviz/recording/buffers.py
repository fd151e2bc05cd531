"""One loop's records on their way to the file.

Decides how a fact is written down at the least cost to the loop: packed into a fixed block of memory, no lock, no
system call. The block is written out when it is full (by the loop's own thread) or dirty (by the watchdog's). Both
hold the sink's lock while they write, and only the loop's thread ever starts the block anew, so a record is written
once and whole.

Awkward cases: a destructor or a signal handler may pack a record in the middle of packing another. So a place is taken
first and filled then, with nothing in between where Python would turn to either, and the block has spare room behind
its end. What is not safe even so is *deferred*: kept aside, and packed when the loop next does nothing or the block is
full. Facts of no loop (``mark`` in a thread, output before any loop) may come from several threads at once; their
buffer takes the sink's lock for every record. A program that recurses as deep as it may leaves no room for calls of
ours: then the record is lost, whole, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loopviz.events import RECORD, ChunkKind, RecordKind, WakeKind
from loopviz.recording.definitions import Definitions
from loopviz.recording.sink import Sink

if TYPE_CHECKING:
    from loopviz.recording.tasks import KnownTask

#: Records in a block: 53 KB, about a millisecond of the busiest loop.
BLOCK_RECORDS = 1024
#: Whoever packs a record here or further on starts the block anew. What a destructor packs just then has room behind
#: it.
LAST_PLACE = (BLOCK_RECORDS - 1) * RECORD.size
_SPARE_RECORDS = 16
_NOTHING = b""
_RECORD_BYTES = RECORD.size
_pack_into = RECORD.pack_into
_NO_RECORD = bytes(RECORD.size)
#: No call of ours goes deeper while a block is written.
_DEEPEST_WRITE = 30


class RecordBuffer:
    """Where one loop's records are packed, and what is running on that loop now (``current_kind``, ``current``)."""

    __slots__ = (
        "block",
        "current",
        "current_kind",
        "deferred",
        "definitions",
        "loop_number",
        "newborn",
        "now_ns",
        "offset",
        "open",
        "sink",
        "step_start_ns",
        "written",
    )

    def __init__(self, loop_number: int, sink: Sink, definitions: Definitions, now_ns: Callable[[], int]) -> None:
        self.loop_number = loop_number
        self.sink = sink
        self.definitions = definitions
        self.now_ns = now_ns
        self.block = bytearray(LAST_PLACE + (1 + _SPARE_RECORDS) * RECORD.size)
        self.offset = 0
        self.written = 0
        self.open = True
        #: Facts put aside; see ``defer``.
        self.deferred: list[tuple[RecordKind, int, str, dict[str, Any]]] = []
        #: Tasks created lately; see ``TaskTable.renew_names``.
        self.newborn: list[KnownTask] = []
        self.current_kind = int(WakeKind.OUTSIDE)
        self.current = 0
        #: When the step in progress started; 0 between steps. The watchdog reads it.
        self.step_start_ns = 0

    def emit(
        self,
        kind: RecordKind,
        who: int = 0,
        target: int = 0,
        *,
        by: tuple[int, int] | None = None,
        end: int = 0,
        flags: int = 0,
        site: int = 0,
        count: int = 0,
        call: int = 0,
        ready_ns: int = 0,
        start_ns: int = 0,
        end_ns: int = 0,
    ) -> None:
        """Write one record down. ``by`` is ``(waker_kind, waker)``: what is running now, unless told otherwise."""
        waker_kind, waker = by if by is not None else (self.current_kind, self.current)
        self.put(kind, waker_kind, end, flags, who, waker, target, site, count, call, ready_ns, start_ns, end_ns)

    def put(
        self,
        kind: int,
        waker_kind: int,
        end: int,
        flags: int,
        who: int,
        waker: int,
        target: int,
        site: int,
        count: int,
        call: int,
        ready_ns: int,
        start_ns: int,
        end_ns: int,
    ) -> None:
        """The same by position, as a record has them: for what is written so often that keywords cost too much."""
        offset = self.offset
        self.offset = offset + _RECORD_BYTES
        try:
            _pack_into(
                self.block, offset,
                kind, waker_kind, end, flags, who, waker, target, site, count, call, ready_ns, start_ns, end_ns,
            )  # fmt: skip
            if offset >= LAST_PLACE:
                self.turn()
        except RecursionError:  # give the place back, or leave it empty if it is no longer the last
            if self.offset == offset + _RECORD_BYTES:
                self.offset = offset
            else:
                self.block[offset : offset + _RECORD_BYTES] = _NO_RECORD
            raise

    def defer(self, kind: RecordKind, who: int, text: str, **facts: Any) -> None:
        """Put a fact aside, to be emitted by ``tell_deferred``. Safe at any moment, also in the midst of ``emit``."""
        facts |= {"by": (self.current_kind, self.current), "start_ns": self.now_ns()}
        self.deferred.append((kind, who, text, facts))

    def tell_deferred(self) -> None:
        """Emit what has been put aside. Only the loop's own thread does this, and while it packs nothing else."""
        deferred, self.deferred = self.deferred, []
        for kind, who, text, facts in deferred:
            self.emit(kind, who, self.definitions.passing(text), **facts)

    def turn(self) -> None:
        """Write out a full block and start it anew. Only the loop's own thread does this."""
        _have_room(_DEEPEST_WRITE)
        with self.sink.lock:
            # As in emit: from the copy to the last of these lines nothing else can run.
            block = self.block + _NOTHING
            start = self.written
            end = self.offset
            self.written = 0
            self.offset = 0
            self._write(block[start:end])
        self.tell_deferred()

    def flush(self) -> None:
        """Write out what has been packed since the last time; from any thread."""
        with self.sink.lock:
            if self.offset > self.written:
                # As in emit: from the copy to the last of these lines nothing else can run.
                block = self.block + _NOTHING
                start = self.written
                end = self.offset
                self.written = end
                self._write(block[start:end])

    def unwritten(self) -> bytes:
        """What has been packed since the last time; the last one may be half done."""
        return bytes(self.block[self.written : self.offset])

    def _write(self, records: bytearray) -> None:
        if records:
            self.flush_definitions()
            self.sink.write(ChunkKind.RECORDS, self.loop_number, records)

    def flush_definitions(self) -> None:
        """Write out new definitions; the caller holds the sink's lock."""
        lasting, passing = self.definitions.take()
        if lasting:
            self.sink.write(ChunkKind.DEFINITIONS, 0, lasting)
        if passing:
            self.sink.write(ChunkKind.PASSING, 0, passing)


class SharedBuffer(RecordBuffer):
    """The buffer of facts that belong to no loop; any thread may emit."""

    __slots__ = ()

    def put(self, *fields: int) -> None:
        with self.sink.lock:
            super().put(*fields)


def _have_room(depth: int) -> None:
    """Raises RecursionError unless calls may go so much deeper: now, and not in the midst of what is to be whole."""
    if depth:
        _have_room(depth - 1)
