"""Which words after ``loopviz compare`` name programs, and which are handed to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loopviz.commands.compare_words import METHODS, divide
from loopviz.errors import TargetMissing, ValueInvalid


def targets(*words: str) -> list[tuple[str, ...]]:
    return [named.words for named in divide(words)[0]]


def labels(*words: str) -> list[str]:
    return [named.label for named in divide(words)[0]]


def test_without_a_target_the_ways_to_do_ten_things_are_compared() -> None:
    named, arguments = divide(["--items", "3"])
    assert [one.words for one in named] == [(name,) for name in METHODS]
    assert arguments == ("--items", "3")


@pytest.mark.parametrize(
    ("words", "named", "arguments"),
    [
        (["gather", "wait"], [("gather",), ("wait",)], ()),
        (["gather", "--items", "5", "wait"], [("gather",)], ("--items", "5", "wait")),
        (["gather", "--spread=-0.1"], [("gather",)], ("--spread=-0.1",)),
        (["-m", "pkg.a", "x.py", "-mpkg.b"], [("-m", "pkg.a"), ("x.py",), ("-m", "pkg.b")], ()),
        (["-m", "pkg", "-x"], [("-m", "pkg")], ("-x",)),
    ],
)
def test_targets_end_at_the_first_option(
    words: list[str], named: list[tuple[str, ...]], arguments: tuple[str, ...]
) -> None:
    assert (targets(*words), divide(words)[1]) == (named, arguments)


def test_a_quoted_target_has_words_of_its_own() -> None:
    assert targets("app.py --name 'two words'", "gather") == [("app.py", "--name", "two words"), ("gather",)]
    assert labels("dir/app.py --workers 4") == ["app.py --workers 4"]


def test_a_file_with_a_blank_in_its_name_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my app.py").touch()
    assert targets("my app.py") == [("my app.py",)]
    assert labels("my app.py") == ["my app.py"]


def test_programs_are_called_by_their_short_names_unless_two_share_one() -> None:
    assert labels(os.path.join("a", "app.py"), "gather", "-m", "pkg.mod") == ["app.py", "gather", "pkg.mod"]
    one, other = os.path.join("a", "app.py"), os.path.join("b", "app.py")
    assert labels(one, other, "x.py") == [one, other, "x.py"]
    assert labels("gather", "gather") == ["gather", "gather"]


def test_a_module_without_its_name_and_an_open_quote_are_told() -> None:
    with pytest.raises(TargetMissing):
        divide(["gather", "-m"])
    with pytest.raises(ValueInvalid, match="as a shell would read them"):
        divide(["app.py 'x"])
