"""Whether a trace can be written where it is wanted, found out before the program runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loopviz.commands.trace_output import check, numbered
from loopviz.errors import OutputUnwritable
from loopviz.events import MAGIC


def test_a_new_file_an_empty_one_and_an_older_trace_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "older.loopviz").write_bytes(MAGIC + b"more")
    for name in ("new.loopviz", "empty", "older.loopviz"):
        check(str(tmp_path / name))
    assert (tmp_path / "older.loopviz").read_bytes() == MAGIC + b"more"


def test_a_file_that_is_no_trace_is_not_replaced(tmp_path: Path) -> None:
    program = tmp_path / "x.py"
    program.write_text("print()\n")
    with pytest.raises(OutputUnwritable, match=r"x\.py: there is a file, and it is not a trace; choose another"):
        check(str(program))
    assert program.read_text() == "print()\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere/x.loopviz", "its directory does not exist"),
        ("", "its name is empty"),
        (".", "is a directory"),
        ("file/x.loopviz", "not a directory"),
        ("a\0b", "embedded null"),
        ("x" * 300, "file name too long"),
        ("-", "standard output: it is the program's own"),
    ],
)
def test_what_cant_be_written_is_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnwritable, match=why):
        check(name)


def test_a_device_is_no_file_to_protect() -> None:
    check(os.devnull)


@pytest.mark.skipif(os.name != "posix", reason="there are no such pipes")
def test_a_pipe_that_nobody_reads_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    check(str(tmp_path / "pipe"))


def test_each_rerun_gets_a_file_of_its_own() -> None:
    next_path = numbered(Path("runs/slow.loopviz"))
    assert [next_path() for _ in range(3)] == [
        Path("runs/slow.loopviz"),
        Path("runs/slow-2.loopviz"),
        Path("runs/slow-3.loopviz"),
    ]
