"""The picker's typed line: its words, and what its last word may become."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from loopviz.tui.typed_line import completed, divided, file_of, files, looks_like_a_program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, and home: two programs, a hidden one, one with an odd name, a package, a trace, data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "my dir").mkdir()
    (tmp_path / "package").mkdir()
    programs = ("app.py", "apple.py", ".hidden.py", "my dir/it's.py", "package/__main__.py")
    for name in (*programs, "data.txt", "run.loopviz"):
        (tmp_path / name).write_text("")
    return tmp_path


def names(typed: str) -> list[str]:
    return [found.name for found in files(typed)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["my dir/", "package/", "app.py", "apple.py", "run.loopviz"]),
        ("./a", ["app.py", "apple.py"]),
        ("~/a", ["app.py", "apple.py"]),
        (".", [".hidden.py"]),
        ("my\\ dir/", ["it's.py"]),
        ("'my dir/i", ["it's.py"]),
        ('"my dir"/i', ["it's.py"]),
        ("app.py d", ["data.txt"]),
        ("-m a", ["app", "apple"]),
        ("-m pa", ["package"]),
        ("nowhere/", []),
        ("zzz", []),
    ],
)
def test_the_last_word_may_become_what_begins_like_it(folder: Path, typed: str, found: list[str]) -> None:
    assert names(typed) == found


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("ap", "app"),
        ("app.", "app.py"),
        ("m", "my\\ dir/"),
        ("my\\ dir/", "my\\ dir/it\\'s.py"),
        ("'my dir/'", "my\\ dir/it\\'s.py"),
        ("~/my", "~/my\\ dir/"),
        ("app.py --file da", "app.py --file data.txt"),
        ("-m pa", "-m package"),
        ("zzz", "zzz"),
        ("app", "app"),
    ],
)
def test_a_word_is_completed_as_far_as_all_agree(folder: Path, typed: str, line: str) -> None:
    assert completed(typed, files(typed)) == line


def test_a_completion_never_ends_in_half_of_an_escaped_character(folder: Path) -> None:
    for name in ("x y.py", "x'y.py"):
        (folder / name).write_text("")
    assert completed("x", files("x")) == "x"


@pytest.mark.parametrize("name", ["a b.py", 'it\'s "q".py', "$HOME.py", "back\\slash.py", "ünï.py", "#1;&|.py"])
def test_a_completed_name_is_one_word_that_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("")
    assert shlex.split(completed("", files(""))) == [name]


@pytest.mark.parametrize("name", [b"line\nbreak.py", b"\xff.py", "\u202ertl.py".encode()])
def test_a_name_that_cant_be_typed_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        Path(os.fsdecode(name)).write_text("")
    except (OSError, ValueError):
        pytest.skip("this file system has no such names")
    assert files("") == []


def test_a_tilde_that_begins_a_word_is_home(folder: Path) -> None:
    assert divided("~/app.py --to ~/x a~b") == [f"{folder}/app.py", "--to", f"{folder}/x", "a~b"]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["app.py", "-x"], "app.py"),
        (["-m", "app"], "app.py"),
        (["-m", "package"], "package/__main__.py"),
        (["package"], "package/__main__.py"),
        (["-m", "nowhere"], None),
        (["-m"], None),
        ([], None),
    ],
)
def test_the_file_that_words_run_is_found_where_it_is_here(folder: Path, words: list[str], path: str | None) -> None:
    assert file_of(words) == path


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [("app.py", True), ("./app", True), ("-m app", True), ("--clock 4x gather", True), ("~", True), ("gather", False),
     ("gather --items 3", False), ("", False)],
)  # fmt: skip
def test_a_line_that_names_a_file_or_a_module_is_no_filter(typed: str, is_one: bool) -> None:
    assert looks_like_a_program(typed) is is_one
