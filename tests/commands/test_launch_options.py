"""Which words are loopviz's and which the program's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopviz.commands.launch_options import LaunchChoices, choices, read
from loopviz.errors import ValueInvalid


@pytest.mark.parametrize(
    ("words", "values", "target"),
    [
        ("gather", {}, "gather"),
        ("gather --items 3", {}, "gather --items 3"),
        ("x.py -o theirs --clock 4x -- -m", {}, "x.py -o theirs --clock 4x -- -m"),
        ("-o f x.py -o theirs", {"output": "f"}, "x.py -o theirs"),
        ("-of x.py", {"output": "f"}, "x.py"),
        ("--output=f x.py", {"output": "f"}, "x.py"),
        ("--output= x.py", {"output": ""}, "x.py"),
        ("--output f --clock virtual x.py", {"output": "f", "clock": "virtual"}, "x.py"),
        ("-o -m x.py", {"output": "-m"}, "x.py"),
        ("-o f -o g x.py", {"output": "g"}, "x.py"),
        ("--max-size 64M -m http.server -o x", {"max_size": "64M"}, "-m http.server -o x"),
        ("-mhttp.server --help", {}, "-mhttp.server --help"),
        ("-- -strange.py --help", {}, "-strange.py --help"),
        ("-o f -- x.py -- y", {"output": "f"}, "x.py -- y"),
        ("- x", {}, "- x"),
        ("", {}, ""),
        ("-o f", {"output": "f"}, ""),
        ("--children x.py --children", {"children": ""}, "x.py --children"),
        ("--children --blocked-after 0.5 -m x", {"children": "", "blocked_after": "0.5"}, "-m x"),
    ],
)
def test_the_programs_words_begin_at_the_target(words: str, values: dict[str, str], target: str) -> None:
    found = read(words.split())
    assert (found.values, " ".join(found.target), found.understood) == (values, target, True)


@pytest.mark.parametrize(
    ("words", "stops_at"),
    [
        ("--help", "--help"),
        ("-o f --bogus x.py", "--bogus"),
        ("-o", "-o"),
        ("--clock", "--clock"),
        ("-x", "-x"),
        ("--children=1 x.py", "--children=1"),
    ],
)
def test_reading_stops_at_a_word_that_is_not_understood(words: str, stops_at: str) -> None:
    found = read(words.split())
    assert not found.understood
    assert found.target[0] == stops_at


@given(st.lists(st.text()))
def test_what_follows_the_target_is_the_programs_whatever_it_is(arguments: list[str]) -> None:
    for target in (["x.py"], ["-m", "module"], ["-mmodule"]):
        assert read(["--clock", "4x", *target, *arguments]).target == [*target, *arguments]


@pytest.mark.parametrize(
    ("text", "size"),
    [("64M", 64 << 20), ("1g", 1 << 30), ("1.5G", 3 << 29), ("2000000", 2_000_000), ("1024K", 1 << 20)],
)
def test_a_size_may_have_a_unit(text: str, size: int) -> None:
    assert choices({"max_size": text}) == LaunchChoices(None, "real", size)


@pytest.mark.parametrize("text", ["", "M", "64X", "64MB", "-64M", "3", "nan", "inf", "1e999", "0", "64 M M"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueInvalid, match=r"--max-size can't be .*such as 64M"):
        choices({"max_size": text})


@pytest.mark.parametrize(("text", "clock"), [("real", "real"), ("virtual", "virtual"), ("4x", "4x"), ("0.5x", "0.5x")])
def test_a_clock_is_real_virtual_or_a_speed(text: str, clock: str) -> None:
    assert choices({"clock": text}).clock == clock


@pytest.mark.parametrize("text", ["", "fast", "4", "x", "0x", "-1x", "infx", "nanx"])
def test_a_clock_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueInvalid, match=r"--clock can't be .*such as 4x"):
        choices({"clock": text})


def test_nothing_is_asked_for_unless_it_is() -> None:
    assert choices({}) == LaunchChoices(None, "real", None, None, False)
    assert choices({"children": "", "blocked_after": "0.25"}) == LaunchChoices(None, "real", None, 0.25, True)


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "soon"])
def test_a_threshold_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueInvalid, match=r"--blocked-after can't be .*such as 0\.25"):
        choices({"blocked_after": text})
