"""What is recorded waits in a list until there is time, and room, to write it."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import RLock

import pytest

from loopviz.events import RecordKind
from loopviz.recording.buffers import BLOCK_RECORDS, MOST_LOOKED_AT, RecordBuffer
from loopviz.recording.definitions import Definitions
from loopviz.recording.places import Places
from loopviz.recording.sink import Sink
from loopviz.trace.files import load


@pytest.fixture
def buffer(tmp_path: Path) -> Iterator[RecordBuffer]:
    sink = Sink(str(tmp_path / "out.loopviz"), {"origin_ns": 0})
    yield RecordBuffer(1, sink, Definitions(Places(str(tmp_path)), RLock()), time.monotonic_ns)
    sink.close()


def _written(buffer: RecordBuffer) -> int:
    return len(load(buffer.sink.path).of_kind(RecordKind.MARK))


def test_a_long_list_is_written_and_the_latest_records_stay_to_be_looked_at(buffer: RecordBuffer) -> None:
    for at_ns in range(BLOCK_RECORDS + 10):
        buffer.emit(RecordKind.MARK, start_ns=at_ns)
    assert _written(buffer) == BLOCK_RECORDS
    assert len(buffer.records) == MOST_LOOKED_AT + 10
    buffer.flush()
    buffer.flush()
    assert _written(buffer) == BLOCK_RECORDS + 10


def test_what_is_recorded_where_the_program_recurses_too_deep_to_write_is_written_later(buffer: RecordBuffer) -> None:
    for at_ns in range(BLOCK_RECORDS - 1):
        buffer.emit(RecordKind.MARK, start_ns=at_ns)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 15)
    try:
        buffer.emit(RecordKind.MARK, start_ns=BLOCK_RECORDS)
    finally:
        sys.setrecursionlimit(limit)
    assert (_written(buffer), len(buffer.records)) == (0, BLOCK_RECORDS)
    buffer.emit(RecordKind.MARK, start_ns=BLOCK_RECORDS + 1)
    assert _written(buffer) == BLOCK_RECORDS + 1


def test_who_records_in_the_midst_of_a_write_does_not_write_too(
    buffer: RecordBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = buffer.sink.write

    def interrupted(*chunk: object) -> None:
        for _ in range(BLOCK_RECORDS):
            buffer.emit(RecordKind.MARK)
        write(*chunk)  # type: ignore[arg-type]

    for _ in range(10):
        buffer.emit(RecordKind.MARK)
    monkeypatch.setattr(buffer.sink, "write", interrupted)
    buffer.flush()
    monkeypatch.undo()
    assert _written(buffer) == 10
    buffer.flush()
    assert _written(buffer) == 10 + BLOCK_RECORDS
