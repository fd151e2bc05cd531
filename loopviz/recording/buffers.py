"""One loop's records on their way to the file.

Decides how a fact is written down at the least cost to the loop: packed, and put into a list; no lock, no system call.
What is in the list is written out when that is long (by the loop's own thread) or after a while (by the watchdog's).
Both hold the sink's lock while they write, and only the loop's thread ever shortens the list, so a record is written
once.

Awkward cases: a destructor or a signal handler may record something in the middle of anything. What stands in the list
is whole, so that is no harm; but what is not safe even so (a warning in the midst of a definition) is *deferred*: kept
aside, and packed when the loop next does nothing or the list is long. Facts of no loop (``mark`` in a thread, output
before any loop) may come from several threads at once; their buffer takes the sink's lock for every record. A program
that recurses as deep as it may leaves no room for calls of ours: then a record is lost, whole, and nothing else; and
the list grows longer until there is room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loopviz.events import RECORD, ChunkKind, RecordKind, WakeKind
from loopviz.recording.definitions import Definitions
from loopviz.recording.sink import Sink

if TYPE_CHECKING:
    from loopviz.recording.tasks import KnownTask

#: So many records are written out at once: about a millisecond of the busiest loop.
BLOCK_RECORDS = 1024
#: What a single step may do any number of times asks once in so many times whether that is due.
ASKED_EVERY = 256
#: The latest ones stay, for what is concluded from them; see ``cancels``.
MOST_LOOKED_AT = 64
#: No call of ours goes deeper while records are written.
_DEEPEST_WRITE = 30


class RecordBuffer:
    """Where one loop's records are packed, and what is running on that loop now (``current_kind``, ``current``)."""

    __slots__ = (
        "append",
        "current",
        "current_kind",
        "deferred",
        "definitions",
        "loop_number",
        "newborn",
        "now_ns",
        "open",
        "records",
        "sink",
        "step_start_ns",
        "writing",
        "written",
    )

    def __init__(self, loop_number: int, sink: Sink, definitions: Definitions, now_ns: Callable[[], int]) -> None:
        self.loop_number = loop_number
        self.sink = sink
        self.definitions = definitions
        self.now_ns = now_ns
        #: The latest records; so many of them are in the file already. It is one list for good.
        self.records: list[bytes] = []
        self.append = self.records.append
        self.written = 0
        self.writing = False
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
        call: int = 0,
        ready_ns: int = 0,
        start_ns: int = 0,
        end_ns: int = 0,
    ) -> None:
        """Write one record down. ``by`` is ``(waker_kind, waker)``: what is running now, unless told otherwise."""
        waker_kind, waker = by if by is not None else (self.current_kind, self.current)
        self.put(kind, waker_kind, end, flags, who, ready_ns, start_ns, end_ns, waker, target, site, call)

    def put(self, *fields: int) -> None:
        """The same by position, as a record has them."""
        self.add(RECORD.pack(*fields))

    def add(self, record: bytes) -> None:
        """Write down a record that is packed."""
        self.append(record)
        self.turn_if_long()

    def defer(self, kind: RecordKind, who: int, text: str, **facts: Any) -> None:
        """Put a fact aside, to be emitted by ``tell_deferred``. Safe at any moment, also in the midst of ``emit``."""
        facts |= {"by": (self.current_kind, self.current), "start_ns": self.now_ns()}
        self.deferred.append((kind, who, text, facts))

    def tell_deferred(self) -> None:
        """Emit what has been put aside. Only the loop's own thread does this, and while it packs nothing else."""
        deferred, self.deferred = self.deferred, []
        for kind, who, text, facts in deferred:
            self.emit(kind, who, self.definitions.passing(text), **facts)

    def turn_if_long(self) -> None:
        """Write out what is in the list, where it is long."""
        if len(self.records) >= BLOCK_RECORDS:
            self.turn()

    def turn(self) -> None:
        """Write out what is in the list and shorten it. Only the loop's own thread does this."""
        try:
            _have_room(_DEEPEST_WRITE)
        except RecursionError:  # the next record may find some
            return
        self._write_out(len(self.records))
        self.catch_up()

    def catch_up(self) -> None:
        """Emit what had to wait for a moment when the loop's thread records nothing else."""
        self.tell_deferred()

    def flush(self) -> None:
        """Write out what has been recorded since the last time; from any thread."""
        self._write_out(0)

    def _write_out(self, dropped: int) -> None:
        """Write out what has not been written, and drop as many of the oldest records as are not to be looked at."""
        with self.sink.lock:
            if self.writing:  # whoever asks stands in the midst of it: a destructor, a signal handler
                return
            self.writing = True
            try:
                records = self.unwritten()
                written = self.written + len(records) // RECORD.size
                dropped = max(0, min(dropped, written - MOST_LOOKED_AT))
                del self.records[:dropped]
                self.written = written - dropped
                self._write(records)
            finally:
                self.writing = False

    def unwritten(self) -> bytes:
        """What has been recorded since the last time."""
        return b"".join(self.records[self.written :])

    def _write(self, records: bytes) -> None:
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
