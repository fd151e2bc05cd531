"""A user's mistake: one line on stderr, exit status 2, nothing on stdout, no traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from building import header_bytes
from loopviz.events import CHUNK

from .conftest import Loopviz

#: Words, and what the line must say.
MISTAKES = [
    ("record", "say what to record: a scenario's name, a Python file or -m MODULE; 'loopviz list' shows"),
    ("record -m", "say what to record"),
    ("record gathr", "no scenario or file is called 'gathr'; did you mean gather"),
    ("record nowhere.py", "no scenario or file is called 'nowhere.py'; 'loopviz list' shows the scenarios"),
    ("record .", "can't run .: it is a directory without __main__.py"),
    ("record -m no_such_module", "can't run -m no_such_module: no module is named 'no_such_module'"),
    ("record --bogus gather", "'loopviz record --help' shows what there is"),
    ("record -o", "'loopviz record --help' shows what there is"),
    ("record -o nowhere/x.loopviz gather", "can't write nowhere/x.loopviz: its directory does not exist"),
    ("record -o notes.txt gather", "can't write notes.txt: there is a file, and it is not a trace"),
    ("record --clock fast gather", "--clock can't be 'fast'; it takes real, virtual, or a speed such as 4x"),
    ("record --clock virtual -o t.loopviz async_with", "async_with is about I/O or computing, of which"),
    ("story --clock virtual async_with", "choose --clock real, or 4x"),
    ("record --max-size 3 gather", "--max-size can't be '3'; it takes a size of at least 1M"),
    ("run gather", "the screen needs a terminal, and standard input is none; without one, use 'loopviz record gather'"),
    ("run -m http.server -v", "use 'loopviz record -m http.server -v'"),
    ("run", "without one, use 'loopviz record TARGET'"),
    ("run --bogus gather", "'loopviz run --help' shows what there is"),
    ("", "the screen needs a terminal"),
    ("open whole.loopviz", "use 'loopviz export whole.loopviz --to text'"),
    ("open", "missing argument 'FILE'; 'loopviz open --help' shows what there is"),
    ("export", "missing argument 'FILE'"),
    ("export nowhere.loopviz --to json", "nowhere.loopviz: no such file or directory"),
    ("export . --to json", ".: is a directory"),
    ("export empty --to json", "empty: it ends before a trace begins"),
    ("export notes.txt --to json", "notes.txt: this is not a loopviz trace"),
    ("export newer --to json", "newer: it is of format version 99, and this loopviz reads"),
    ("export whole.loopviz", "which format is standard output to be? add --to svg, --to json, --to text"),
    ("export whole.loopviz -o picture.png", "which format is picture.png to be?"),
    ("export whole.loopviz --to png", "'png' is not one of 'svg', 'json', 'text'"),
    ("export whole.loopviz -o nowhere/x.svg", "can't write nowhere/x.svg: no such file or directory"),
    ("export whole.loopviz --to svg -o whole.loopviz", "can't write whole.loopviz: it is the trace itself"),
    ("export whole.loopviz --to svg --axis space", "'space' is not one of 'time', 'steps'"),
    ("stats", "missing argument 'FILE'; 'loopviz stats --help' shows what there is"),
    ("stats notes.txt", "notes.txt: this is not a loopviz trace"),
    ("stats whole.loopviz --tasks -1", "'loopviz stats --help' shows what there is"),
    ("list --bogus", "'loopviz list --help' shows what there is"),
    ("list gather", "got unexpected extra argument"),
    ("rnu gather", "no command is called 'rnu'; did you mean run?"),
    ("help", "no command is called 'help'; 'loopviz --help' shows what there is"),
    ("app.py", "no command is called 'app.py'; to run a program, 'loopviz run app.py'"),
    ("whole.loopviz", "no command is called 'whole.loopviz'; to look at a trace, 'loopviz open whole.loopviz'"),
    ("--bogus", "'loopviz --help' shows what there is"),
    ("record hello -o t.loopviz", "can't run hello: -o is loopviz's own, and goes before the name"),
    ("record hello --clock=virtual", "--clock is loopviz's own, and goes before the name"),
    ("story gather --items 3 --children", "--children is loopviz's own, and goes before the name"),
    ("story whole.loopviz --from 2 --to 1", "--to can't be '1'; it takes a moment that is not before --from 2"),
    ("export whole.loopviz --to text --filter alpha", "no task's name holds 'alpha'"),
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "whole.loopviz").write_bytes(header_bytes({"origin_ns": 0}))
    (tmp_path / "newer").write_bytes(header_bytes({"origin_ns": 0}, version=99))
    (tmp_path / "empty").touch()
    (tmp_path / "notes.txt").write_text("notes")
    return tmp_path


@pytest.mark.parametrize(("words", "told"), MISTAKES, ids=[words or "(none)" for words, _ in MISTAKES])
def test_a_mistake_is_told_in_one_line(loopviz: Loopviz, files: Path, words: str, told: str) -> None:
    before = {path: path.stat().st_size for path in files.iterdir()}
    outcome = loopviz(*words.split())
    assert outcome.status == 2
    assert outcome.stdout == ""
    assert told in outcome.stderr
    assert outcome.stderr.startswith("loopviz: ")
    assert outcome.stderr.count("\n") == 1
    assert {path: path.stat().st_size for path in files.iterdir()} == before


@pytest.mark.parametrize("name", ["a\nb.py", "\x1b[31m.py", "\udc80.py"])
def test_a_name_neither_breaks_the_line_nor_steers_the_terminal(loopviz: Loopviz, name: str) -> None:
    outcome = loopviz("record", name)
    assert outcome.status == 2
    assert outcome.stderr.removesuffix("\n").isprintable()


def test_a_file_that_is_no_trace_is_told_before_the_screen_opens(
    loopviz: Loopviz, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_to_be_a_terminal(monkeypatch)
    outcome = loopviz("open", "notes.txt")
    assert outcome == (2, "", "loopviz: notes.txt: this is not a loopviz trace\n")


def pretend_to_be_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")


def test_a_cut_off_trace_is_exported_and_told(loopviz: Loopviz, files: Path) -> None:
    whole = (files / "whole.loopviz").read_bytes()
    (files / "cut.loopviz").write_bytes(whole + CHUNK.pack(100, 1, 1, 0) + b"half")
    outcome = loopviz("export", "cut.loopviz", "--to", "json")
    assert outcome.status == 0
    assert outcome.stderr.startswith("loopviz: cut.loopviz: cut off: its last 20 bytes")
    assert '"event": "trace_incomplete"' in outcome.stdout.splitlines()[-1]


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cant_draw_is_told(loopviz: Loopviz, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    pretend_to_be_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", term)
    outcome = loopviz("run", "gather")
    assert (outcome.status, outcome.stderr.count("\n")) == (2, 1)
    assert f"TERM={term} can't draw" in outcome.stderr


@pytest.mark.parametrize("words", [["run", "gather"], ["record", "gather"], []])
def test_where_programs_cant_be_recorded_it_says_what_still_works(
    loopviz: Loopviz, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    from loopviz.commands import recorder_command

    class Windows:
        name = "nt"

    monkeypatch.setattr(recorder_command, "os", Windows)
    outcome = loopviz(*words)
    assert outcome.status == 2
    assert outcome.stderr.endswith("another Unix; reading traces and exporting them work here\n")


def test_scenarios_that_were_never_installed_are_told(loopviz: Loopviz, monkeypatch: pytest.MonkeyPatch) -> None:
    from loopviz import catalogue

    monkeypatch.setattr(catalogue, "find_spec", lambda name: None)
    for words in (["list"], ["record", "gather"]):
        outcome = loopviz(*words)
        assert outcome.status == 2
        assert "the scenarios are not installed; 'pip install -e .'" in outcome.stderr


def test_a_defect_of_ours_keeps_its_traceback(loopviz: Loopviz, monkeypatch: pytest.MonkeyPatch) -> None:
    from loopviz import catalogue

    monkeypatch.setattr(catalogue, "scenarios", lambda: os.stat(1, follow_symlinks=False))
    with pytest.raises(ValueError, match="follow_symlinks"):
        loopviz("list")
