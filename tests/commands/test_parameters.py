"""The options of a program, read from its file."""

from __future__ import annotations

import pytest

from loopviz import catalogue
from loopviz.parameters import SWITCH, Parameter, parameters_of


def one(call: str, before: str = "") -> Parameter:
    [parameter] = parameters_of(f"{before}\nparser.{call}\n")
    return parameter


def test_an_option_has_its_default_and_its_help() -> None:
    found = one('add_argument("-n", "--items", type=int, default=-3, help="how   many (%(default)s, 5%%)")')
    assert found == Parameter("--items", "-3", "how many (-3, 5%)")


def test_an_option_of_click_is_read_alike() -> None:
    [found] = parameters_of('@click.option("--items", "-n", default=3, help="how many")\ndef main(items): ...\n')
    assert found == Parameter("--items", "3", "how many")


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        ('add_argument("-v", "--verbose", action="store_true")', "--verbose"),
        ('add_argument("-v", action="count")', "-v"),
        ('add_argument("--cache", action=argparse.BooleanOptionalAction, default=True)', "--no-cache"),
        ('add_argument("--cache", action=argparse.BooleanOptionalAction)', "--cache"),
        ('option("--on/--off", is_flag=True)', "--on"),
    ],
)
def test_an_option_without_a_value_is_a_switch(call: str, flag: str) -> None:
    found = one(call)
    assert (found.flag, found.choices, found.default) == (flag, SWITCH, "no")
    assert (found.words("yes"), found.words("no")) == ([flag], [])


@pytest.mark.parametrize(
    "call", ['add_argument("--m", choices=["a", "b"])', 'option("--m", type=click.Choice(["a", "b"]))']
)
def test_choices_without_a_default_can_be_left_open(call: str) -> None:
    assert one(call).choices == ("", "a", "b")


def test_choices_with_a_default_are_just_these() -> None:
    assert one('add_argument("--level", type=int, choices=[1, 2], default=2)').choices == ("1", "2")


def test_a_name_for_a_constant_of_the_module_is_known_and_another_is_no_default() -> None:
    assert one('add_argument("--items", default=MANY)', "MANY = 7").default == "7"
    assert one('add_argument("--items", default=os.cpu_count())').default == ""


@pytest.mark.parametrize(
    "source",
    [
        'parser.add_argument("path")',
        'parser.add_argument("--version", action="version", version="1")',
        'parser.add_argument("--secret", help=argparse.SUPPRESS)',
        'option("--secret", hidden=True)',
        'parser.add_argument(f"--{name}")',
        'parser.add_argument("--a")\nparser.add_subparsers()',
        'click.group()\nclick.option("--a")',
        "not python(",
        "\0",
        "",
    ],
)
def test_what_is_no_option_of_the_whole_program_is_not_offered(source: str) -> None:
    assert parameters_of(source) == []


def test_a_value_becomes_words_unless_it_is_the_default_or_empty() -> None:
    found = Parameter("--spread", "0.0")
    assert found.words("0.5") == ["--spread", "0.5"]
    assert found.words("-0.5") == ["--spread=-0.5"]
    assert found.words("0.0") == found.words("") == []


def test_an_option_that_takes_several_words_is_given_as_many() -> None:
    found = one('add_argument("--hosts", nargs="+", default=["a", "b c"])')
    assert (found.takes_many, found.default) == (True, "a 'b c'")
    assert found.words("x 'y z'") == ["--hosts", "x", "y z"]
    assert found.words("it's") == ["--hosts", "it's"]


@pytest.mark.parametrize(
    ("words", "value", "rest"),
    [
        (["--items", "3", "x"], "3", ["x"]),
        (["x", "--items=3"], "3", ["x"]),
        (["--items"], None, ["--items"]),
        (["--itemsize", "3"], None, ["--itemsize", "3"]),
    ],
)
def test_a_value_is_found_among_words(words: list[str], value: str | None, rest: list[str]) -> None:
    assert Parameter("--items", "10").taken_from(words) == (value, rest)


def test_a_switch_among_words_is_on() -> None:
    assert Parameter("-v", "no", "", SWITCH).taken_from(["-v", "x"]) == ("yes", ["x"])


def test_the_options_of_every_bundled_scenario_are_found() -> None:
    flags = {card.name: [each.flag for each in parameters_of(card.source)] for card in catalogue.scenarios()}
    assert flags["gather"] == ["--items", "--delay", "--spread"]
    assert flags["fetch"] == ["--think", "--port"]
    assert flags["hello"] == []
    for card in catalogue.scenarios():
        assert card.source.count("add_argument(") == len(flags[card.name]), card.name
