"""A bounded file is made shorter beside the program: nobody who writes waits for it, and nothing newer is missing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from loopviz.events import RECORD, RecordKind
from loopviz.recording.bounded_sink import BoundedSink
from loopviz.recording.buffers import SharedBuffer
from loopviz.recording.definitions import Definitions
from loopviz.recording.places import Places
from loopviz.trace.files import load_file
from loopviz.trace.trace import Trace

BOUND = 100_000


class Marks:
    """A bounded file that is nearly too large, and the marks that are written to it, numbered by their times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        lock = threading.RLock()
        self.sink = BoundedSink(str(path), {"origin_ns": 0}, BOUND, lock=lock)
        self._buffer = SharedBuffer(0, self.sink, Definitions(Places(str(path.parent)), lock), lambda: 0)
        while path.stat().st_size <= 0.8 * BOUND:
            self.write()

    def write(self) -> None:
        """Write one more chunk."""
        for _ in range(100):
            self._buffer.emit(RecordKind.MARK, start_ns=self.written)
            self.written += 1
        self._buffer.flush()

    def shorten(self, meanwhile: Callable[[], object]) -> None:
        """Have the file shortened; something is done while that is half done."""
        left = [meanwhile]

        def is_wanted() -> bool:
            return left.pop()() is not False if left else True

        self.sink.shorten(is_wanted)

    def read(self) -> tuple[Trace, list[int]]:
        """The trace, and the numbers of the marks in it."""
        file = load_file(self.path)
        assert file.note is None
        trace = file.trace
        return trace, [trace.records.raw(record).start_ns for record in trace.of_kind(RecordKind.MARK)]


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(tmp_path / "out.loopviz")


def _leaves_no_other_file(marks: Marks) -> bool:
    return os.listdir(marks.path.parent) == [marks.path.name]


def test_what_is_written_while_a_file_is_shortened_stands_in_the_shorter_one(marks: Marks) -> None:
    before = marks.path.stat().st_size
    marks.shorten(meanwhile=marks.write)
    marks.write()
    trace, kept = marks.read()
    assert marks.path.stat().st_size < before
    assert kept == list(range(kept[0], marks.written))
    assert trace.losses == {"the size was bounded: the oldest were dropped": kept[0]}
    assert _leaves_no_other_file(marks)


def test_a_thread_that_writes_does_not_wait_until_a_file_is_shortened(marks: Marks) -> None:
    def write_in_another_thread() -> None:
        thread = threading.Thread(target=marks.write)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()

    marks.shorten(meanwhile=write_in_another_thread)
    _trace, kept = marks.read()
    assert kept[-1] == marks.written - 1


def test_a_file_that_grows_too_large_while_it_is_shortened_is_shortened_once(marks: Marks) -> None:
    def write_too_much() -> None:
        while marks.path.stat().st_size <= 2 * BOUND:
            marks.write()

    marks.shorten(meanwhile=write_too_much)
    trace, kept = marks.read()
    assert kept == list(range(kept[0], marks.written))
    assert trace.lost_records == kept[0]
    marks.write()  # which finds it too large, and shortens it at once
    assert marks.path.stat().st_size <= BOUND
    assert marks.read()[1][-1] == marks.written - 1


def test_losses_of_several_cuts_are_told_as_one(marks: Marks) -> None:
    for _ in range(30):
        marks.write()
    trace, kept = marks.read()
    assert trace.lost_records == kept[0] > BOUND / RECORD.size
    assert marks.path.read_bytes().count(b"the size was bounded") == 1


def test_a_file_stays_as_it_is_when_nobody_wants_it_shorter_any_more(marks: Marks) -> None:
    before = marks.path.read_bytes()
    marks.shorten(meanwhile=lambda: False)
    assert marks.path.read_bytes() == before
    assert _leaves_no_other_file(marks)
    marks.shorten(meanwhile=lambda: None)
    assert marks.path.stat().st_size < len(before)


def test_a_file_stays_as_it_is_when_it_is_closed_while_it_is_shortened(marks: Marks) -> None:
    before = marks.path.read_bytes()
    marks.shorten(meanwhile=marks.sink.close)
    assert marks.path.read_bytes() == before
    assert _leaves_no_other_file(marks)


def test_a_file_that_somebody_cuts_short_is_left_at_that(marks: Marks) -> None:
    marks.shorten(meanwhile=lambda: os.truncate(marks.path, 30_000))
    assert marks.sink.failure is not None
    assert _leaves_no_other_file(marks)
