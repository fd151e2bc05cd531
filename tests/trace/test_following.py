"""A trace file is followed while it grows, and begun anew when it is another one."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, everything, state_of
from loopviz.errors import TraceUnreadable
from loopviz.trace.files import TraceFile, load

WHOLE = everything().file()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "it.loopviz"


def follow(path: Path) -> TraceFile:
    path.touch()
    return TraceFile(path)


@settings(max_examples=20)
@given(st.lists(st.integers(1, len(WHOLE) - 1), max_size=6))
def test_a_file_read_while_it_grows_gives_the_same_trace(tmp_path_factory, cuts: list[int]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("growing") / "it.loopviz"
    followed = follow(path)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(WHOLE)], strict=True):
        with path.open("ab") as file:
            file.write(WHOLE[start:end])
        followed.poll()
    followed.close()
    assert state_of(followed.trace) == state_of(load(path))
    assert followed.generation == 0


def test_a_file_that_has_not_begun_is_waited_for(path: Path) -> None:
    followed = follow(path)
    assert not followed.poll()
    assert not followed.has_header
    path.write_bytes(WHOLE)
    assert followed.poll()
    assert followed.has_header and followed.trace.header["title"] == "everything"
    followed.close()


def test_nothing_new_is_said(path: Path) -> None:
    path.write_bytes(WHOLE)
    followed = TraceFile(path)
    assert [followed.poll(), followed.poll()] == [True, False]
    followed.close()


def test_a_poll_takes_no_more_than_was_asked_for(path: Path) -> None:
    made = Recording()
    for at in range(60_000):
        made.mark("", at)
        if at % 1_000 == 0:
            made.cut()
    path.write_bytes(made.file())
    followed = TraceFile(path)
    followed.poll(at_most=1 << 20)
    assert 0 < len(followed.trace.records) < 60_000
    while followed.poll(at_most=1 << 20):
        pass
    assert len(followed.trace.records) == 60_000
    followed.close()


def test_a_file_that_was_replaced_is_begun_anew(path: Path) -> None:
    path.write_bytes(WHOLE)
    followed = TraceFile(path)
    followed.poll()
    shorter = path.with_suffix(".part")
    shorter.write_bytes(Recording().created(9, 0, "other").file())
    os.replace(shorter, path)
    followed.poll()
    assert followed.generation == 1
    assert [task.name for task in followed.trace.tasks.values()] == ["other"]
    followed.close()


def test_a_file_that_was_written_anew_in_its_place_is_begun_anew(path: Path) -> None:
    path.write_bytes(WHOLE)
    followed = TraceFile(path)
    followed.poll()
    path.write_bytes(Recording().created(9, 0, "other").file())
    followed.poll()
    assert followed.generation == 1
    assert [task.name for task in followed.trace.tasks.values()] == ["other"]
    followed.close()


def test_a_file_that_was_removed_just_stops_growing(path: Path) -> None:
    path.write_bytes(WHOLE)
    followed = TraceFile(path)
    followed.poll()
    before = state_of(followed.trace)
    path.unlink()
    assert not followed.poll()
    assert state_of(followed.trace) == before
    followed.close()


def test_a_replaced_file_that_can_not_be_opened_leaves_the_old_one_readable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(WHOLE)
    followed = TraceFile(path)
    followed.poll()
    os.replace(path, path.with_suffix(".old"))
    path.mkdir()
    with pytest.raises(TraceUnreadable):
        followed.poll()
    path.rmdir()
    assert not followed.poll()
    followed.close()


def test_a_pipe_is_read_like_a_file() -> None:
    reader, writer = os.pipe()
    os.write(writer, WHOLE)
    os.close(writer)
    try:
        assert state_of(load(f"/dev/fd/{reader}")) == state_of(everything().trace())
    finally:
        os.close(reader)


def test_a_foreign_file_is_said_to_be_one_while_it_is_followed(path: Path) -> None:
    followed = follow(path)
    path.write_bytes(b"#!/bin/sh\n")
    with pytest.raises(TraceUnreadable, match="not a loopviz trace"):
        followed.poll()
    followed.close()


def test_a_damaged_file_is_read_no_further_however_it_grows(path: Path) -> None:
    path.write_bytes(WHOLE[:-1] + b"\x00" + WHOLE[-9:])
    followed = TraceFile(path)
    followed.poll()
    before = state_of(followed.trace)
    with path.open("ab") as file:
        file.write(WHOLE)
    followed.poll()
    assert state_of(followed.trace) == before
    assert "damaged at byte" in (followed.note or "")
    followed.close()


@pytest.mark.parametrize("is_enabled", [True, False])
def test_reading_leaves_the_garbage_collector_as_it_was(path: Path, is_enabled: bool) -> None:
    path.write_bytes(WHOLE)
    was_enabled = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        load(path)
        assert gc.isenabled() is is_enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
