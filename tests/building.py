"""Traces made by hand: what a recorder would have written, fact by fact.

``Recording`` takes facts in the order of the file and gives the file's bytes, or the Trace. Times are since the
recording's start, in nanoseconds; every method returns the recording, so that a trace reads as a list of what happened.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import fields, is_dataclass
from typing import Any

from loopviz.events import (
    DEFINITION,
    FORMAT_VERSION,
    HEADER,
    MAGIC,
    NO_TIMEOUT,
    RECORD,
    SITE,
    ChunkKind,
    DefinitionKind,
    Flag,
    RecordKind,
    StepEnd,
    WakeKind,
    WarningKind,
    chunk_of,
)
from loopviz.trace.trace import Trace

By = tuple[WakeKind, int]
OUTSIDE: By = (WakeKind.OUTSIDE, 0)
ORIGIN_NS = 5_000_000_000


def by_task(number: int) -> By:
    return WakeKind.TASK, number


def by_callback(number: int) -> By:
    return WakeKind.CALLBACK, number


def by_timer(number: int) -> By:
    return WakeKind.TIMER, number


def header_bytes(facts: object, version: int = FORMAT_VERSION) -> bytes:
    body = json.dumps(facts).encode()
    return HEADER.pack(MAGIC, version, 0, len(body)) + body


class Recording:
    """A recording in the making."""

    def __init__(self, *, origin_ns: int = ORIGIN_NS, **header: Any) -> None:
        self.header = {"origin_ns": origin_ns, "python": "3.13.0", **header}
        self.origin_ns = origin_ns
        #: Kind, loop, payload of each chunk.
        self.chunks: list[tuple[int, int, bytes]] = []
        self._loop = 1
        self._records = b""
        self._definitions = b""
        self._numbers: dict[tuple[int, bytes], int] = {}
        self._counts: dict[int, int] = {}

    # The file

    def file(self) -> bytes:
        """The bytes of the file."""
        self.cut()
        return header_bytes(self.header) + b"".join(chunk_of(*chunk) for chunk in self.chunks)

    def trace(self) -> Trace:
        """The Trace, fed chunk by chunk."""
        self.cut()
        trace = Trace(dict(self.header))
        for chunk in self.chunks:
            trace.feed(*chunk)
        return trace

    def cut(self) -> Recording:
        """End the chunk here."""
        if self._definitions:
            self.chunks.append((ChunkKind.DEFINITIONS, 0, self._definitions))
        if self._records:
            self.chunks.append((ChunkKind.RECORDS, self._loop, self._records))
        self._definitions = self._records = b""
        return self

    def on(self, loop: int) -> Recording:
        """The records that follow are of this loop."""
        if loop != self._loop:
            self.cut()
            self._loop = loop
        return self

    def chunk(self, kind: int, payload: bytes, loop: int = 0) -> Recording:
        """A chunk of any kind and content."""
        self.cut()
        self.chunks.append((kind, loop, payload))
        return self

    def lost(self, records: int, reason: str) -> Recording:
        return self.chunk(ChunkKind.LOSS, json.dumps({"records": records, "reason": reason}).encode())

    # Definitions

    def define(self, kind: int, body: bytes) -> int:
        """A definition's number; the same for the same body."""
        if (kind, body) not in self._numbers:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[kind, body] = number
            self._definitions += DEFINITION.pack(kind, number, len(body)) + body
        return self._numbers[kind, body]

    def text(self, text: str) -> int:
        return self.define(DefinitionKind.TEXT, text.encode("utf-8", "surrogatepass")) if text else 0

    def code(self, name: str, file: str = "app.py", line: int = 1, library: bool = False) -> int:
        facts = {"name": name, "file": file, "line": line, "library": library}
        return self.define(DefinitionKind.CODE, json.dumps(facts).encode())

    def chain(self, *frames: tuple[str, str, int]) -> int:
        """The site of an await chain of ``(name, file, line)``, outermost first; files of asyncio are library code."""
        site = 0
        for name, file, line in frames:
            code = self.code(name, file, 1, file.startswith("asyncio/"))
            site = self.define(DefinitionKind.SITE, SITE.pack(site, code, line, 0))
        return site

    def source(self, file: str, line: int, text: str) -> Recording:
        self.define(DefinitionKind.SOURCE, json.dumps({"file": file, "line": line, "text": text}).encode())
        return self

    def loop_defined(self, number: int = 1, kind: str = "asyncio", thread: str = "MainThread") -> Recording:
        body = json.dumps({"kind": kind, "thread": thread, "class": "Loop"}).encode()
        self._definitions += DEFINITION.pack(DefinitionKind.LOOP, number, len(body)) + body
        return self

    # Records

    def record(
        self,
        kind: int,
        who: int = 0,
        *,
        by: tuple[int, int] = OUTSIDE,
        end: int = 0,
        flags: int = 0,
        target: int = 0,
        site: int = 0,
        call: int = 0,
        ready: int | None = None,
        start: int | None = None,
        ended: int | None = None,
    ) -> Recording:
        """Any record; ``ready``, ``start`` and ``ended`` are times."""
        self.raw_record(
            (kind, by[0], end, flags, who, *map(self._stamp, (ready, start, ended)), by[1], target, site, call)
        )
        return self

    def raw_record(self, fields: tuple[int, ...]) -> Recording:
        """A record with its fields as they stand in the file."""
        self._records += RECORD.pack(*fields)
        return self

    def _stamp(self, time_ns: int | None) -> int:
        return 0 if time_ns is None else time_ns + self.origin_ns

    def created(
        self,
        task: int,
        at: int,
        name: str = "",
        *,
        by: By = OUTSIDE,
        coroutine: str = "work",
        arguments: str = "",
        flags: int = 0,
        site: int = 0,
        library: bool = False,
    ) -> Recording:
        fields = (
            RecordKind.TASK_CREATED,
            by[0],
            0,
            flags,
            task,
            self.text(arguments),
            self._stamp(at),
            task,
            by[1],
            self.text(name),
            site,
            self.code(coroutine, library=library),
        )
        return self.raw_record(fields)

    def step(
        self,
        task: int,
        start: int,
        ended: int,
        end: StepEnd = StepEnd.ON_FUTURE,
        *,
        ready: int | None = None,
        by: By = OUTSIDE,
        result: str = "",
        site: int = 0,
        target: int = 0,
        eager: bool = False,
    ) -> Recording:
        """A step of a task, ready since ``ready`` (its start, unless told otherwise)."""
        return self.record(
            RecordKind.STEP,
            task,
            by=by,
            end=end,
            flags=Flag.EAGER if eager else 0,
            target=self.text(result) or target,
            site=site,
            ready=start if ready is None else ready,
            start=start,
            ended=ended,
        )

    def callback(
        self,
        number: int,
        start: int,
        ended: int,
        name: str = "call",
        *,
        ready: int | None = None,
        by: By = OUTSIDE,
        end: StepEnd = StepEnd.RETURNED,
    ) -> Recording:
        since = start if ready is None else ready
        target = self.text(name)
        return self.record(
            RecordKind.CALLBACK, number, by=by, end=end, target=target, ready=since, start=start, ended=ended
        )

    def idle(self, start: int, ended: int, timeout_ns: int = NO_TIMEOUT) -> Recording:
        by_kind, by = OUTSIDE
        times = timeout_ns, self._stamp(start), self._stamp(ended)
        return self.raw_record((RecordKind.IDLE, by_kind, 0, 0, 0, *times, by, 0, 0, 0))

    def timer(self, number: int, at: int, delay: int, callback: str = "wake", *, by: By = OUTSIDE) -> Recording:
        times = self._stamp(at), self._stamp(at + delay), delay
        return self.raw_record((RecordKind.TIMER_SET, by[0], 0, 0, number, *times, by[1], self.text(callback), 0, 0))

    def timer_cancelled(self, number: int, at: int, *, by: By = OUTSIDE) -> Recording:
        return self.record(RecordKind.TIMER_CANCELLED, number, by=by, start=at)

    def cancel_requested(self, task: int, at: int, *, by: By = OUTSIDE, requests: int = 1, flags: int = 0) -> Recording:
        return self.record(RecordKind.CANCEL_REQUESTED, task, by=by, target=requests, flags=flags, start=at)

    def ready(self, task: int, since: int, *, by: By = OUTSIDE) -> Recording:
        """Provisional: the task is ready as the recorder looks."""
        return self.record(RecordKind.READY, task, by=by, ready=since)

    def running(self, who: int, since: int, *, callback: str | None = None, by: By = OUTSIDE) -> Recording:
        """Provisional: the task, or the callback of this name, is running as the recorder looks."""
        flags = 0 if callback is None else Flag.CALLBACK_STEP
        return self.record(
            RecordKind.RUNNING, who, by=by, flags=flags, target=self.text(callback or ""), ready=since, start=since
        )

    def call(self, number: int, task: int, at: int, coroutine: str, arguments: str = "", parent: int = 0) -> Recording:
        times = self.text(arguments), self._stamp(at), 0
        waker_kind, waker = by_task(parent)
        return self.raw_record(
            (RecordKind.CALL, waker_kind, 0, 0, number, *times, waker, task, 0, self.code(coroutine))
        )

    def loop_started(self, at: int, thread: str = "MainThread") -> Recording:
        return self.record(RecordKind.LOOP_STARTED, target=self.text(thread), start=at)

    def loop_stopped(self, at: int) -> Recording:
        return self.record(RecordKind.LOOP_STOPPED, start=at)

    def output(self, text: str, at: int, *, stream: int = 1, by: By = OUTSIDE) -> Recording:
        return self.record(RecordKind.OUTPUT, by=by, end=stream, target=self.text(text), start=at)

    def mark(self, label: str, at: int, *, by: By = OUTSIDE) -> Recording:
        return self.record(RecordKind.MARK, by=by, target=self.text(label), start=at)

    def warned(
        self,
        text: str,
        at: int,
        kind: WarningKind = WarningKind.OTHER,
        *,
        task: int = 0,
        by: By = OUTSIDE,
        call: int = 0,
        site: int = 0,
    ) -> Recording:
        target = self.text(text)
        return self.record(RecordKind.WARNING, task, by=by, end=kind, target=target, call=call, site=site, start=at)

    def blocked(self, who: int, since: int, seen: int, site: int = 0, *, callback: bool = False) -> Recording:
        flags = Flag.CALLBACK_STEP if callback else 0
        return self.record(RecordKind.BLOCKED, who, flags=flags, site=site, start=since, ended=seen)

    def renamed(self, task: int, name: str, at: int, flags: int = 0) -> Recording:
        return self.record(RecordKind.TASK_RENAMED, task, target=self.text(name), start=at, flags=flags)


def everything() -> Recording:
    """A recording with every kind of record, definition and event at least once, on two loops."""
    made = Recording(title="everything")
    made.loop_defined(1).loop_defined(2, "uvloop", "Thread-1").source("app.py", 1, "async def main():\n    ...\n")
    creation = made.chain(("main", "app.py", 9))
    sleeping = made.chain(("work", "app.py", 4), ("sleep", "asyncio/tasks.py", 660))
    stuck = made.chain(("work", "app.py", 6))
    made.loop_started(10)
    made.created(1, 20, "main", coroutine="main")
    made.created(2, 45, "worker", by=by_task(1), arguments="3", site=creation)
    made.output("hello\n", 50, by=by_task(1)).mark("here", 55, by=by_task(1))
    made.step(1, 30, 60, StepEnd.ON_TASK, ready=25, target=2)
    made.call(1, 2, 72, "nap", "1.5")
    made.timer(1, 75, 1_000, by=by_task(2))
    made.step(2, 70, 80, ready=46, by=by_task(1), site=sleeping)
    made.idle(90, 1_080, 1_000)
    made.callback(1, 1_090, 1_100, "wake", ready=1_085, by=by_timer(1))
    made.blocked(2, 1_110, 1_200, stuck)
    made.step(2, 1_110, 1_250, StepEnd.YIELDED, ready=1_095, by=by_callback(1))
    made.timer(2, 1_270, 500, by=by_task(2)).timer_cancelled(2, 1_275, by=by_task(2))
    made.cancel_requested(1, 1_280, by=by_task(2))
    made.created(3, 1_282, by=by_task(2), flags=Flag.EAGER)
    made.step(3, 1_282, 1_284, StepEnd.RAISED, by=by_task(2), result="ValueError: no", eager=True)
    never_awaited = made.code("forgotten", line=30)
    made.warned(
        "coroutine 'forgotten' was never awaited",
        1_285,
        WarningKind.NEVER_AWAITED,
        by=by_task(2),
        call=never_awaited,
        site=stuck,
    )
    made.warned("Task was destroyed but it is pending!", 1_286, WarningKind.DESTROYED_PENDING, task=4)
    made.step(2, 1_260, 1_290, StepEnd.RETURNED, ready=1_250, by=by_task(2), result="42").renamed(2, "done", 1_290)
    made.on(2).loop_started(1_000, "Thread-1").created(4, 1_010, flags=Flag.ALIVE_BEFORE)
    made.callback(2, 1_020, 1_030, "fail", ready=1_015, by=(WakeKind.THREAD, 0), end=StepEnd.RAISED)
    made.step(4, 1_040, 1_050, StepEnd.YIELDED, ready=1_035, by=(WakeKind.IO, 0))
    made.idle(1_060, 1_070).loop_stopped(1_080).running(3, 1_085, callback="late")
    made.on(1).step(1, 1_300, 1_310, StepEnd.CANCELLED, ready=1_281, by=by_task(2)).loop_stopped(1_320)
    made.created(5, 1_330).ready(5, 1_331).created(6, 1_332).running(6, 1_340)
    return made.lost(7, "the size was bounded")


def state_of(thing: object) -> object:
    """All that an object holds, down to plain values, for comparing two of them completely."""
    if isinstance(thing, dict):
        return [(key, state_of(value)) for key, value in thing.items()]
    if isinstance(thing, (list, tuple, set, frozenset)):
        return [state_of(item) for item in (sorted(thing) if isinstance(thing, (set, frozenset)) else thing)]
    if isinstance(thing, (array, bytes, bytearray)):
        return bytes(thing)
    if is_dataclass(thing):
        return [(slot.name, state_of(getattr(thing, slot.name))) for slot in fields(thing)]
    return state_of(vars(thing)) if hasattr(thing, "__dict__") else thing
