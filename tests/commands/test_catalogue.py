"""The catalogue: from a scenario's file to its card."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from loopviz import catalogue

GATHER = '''"""gather: start all

Watch the start.
    indented

Then the end.

Section: 2.2
"""
'''


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "__init__.py").write_text('"""The scenarios.\n\n1  First steps\n2  Ten items, each way\n"""\n')
    return tmp_path


def card(directory: Path, source: str | bytes, name: str = "some") -> catalogue.Scenario:
    data = source.encode() if isinstance(source, str) else source
    (directory / f"{name}.py").write_bytes(data)
    found = catalogue.find(name, directory)
    assert found is not None
    return found


def test_a_docstring_is_a_card(directory: Path) -> None:
    found = card(directory, GATHER, "gather")
    assert found == catalogue.Scenario(
        "gather",
        "gather: start all",
        "Watch the start.\n    indented\n\nThen the end.",
        catalogue.Section(2, "Ten items, each way"),
        2,
        directory / "gather.py",
        GATHER,
        None,
    )
    assert str(found.section) == "2. Ten items, each way"


def test_cards_come_in_the_order_of_their_sections_and_the_sectionless_last(directory: Path) -> None:
    for name, section in {"d": "Section: 2.10", "c": "Section: 2.9", "b": "", "e": "Section: 1.1", "a": ""}.items():
        (directory / f"{name}.py").write_text(f'"""Title\n\n{section}\n"""\n')
    assert [found.name for found in catalogue.scenarios(directory)] == ["e", "c", "d", "a", "b"]


@pytest.mark.parametrize(("trailer", "needs_time"), [("Clock: real", True), ("Clock: virtual", False), ("", False)])
def test_a_scenario_says_that_it_means_nothing_under_the_virtual_clock(
    directory: Path, trailer: str, needs_time: bool
) -> None:
    assert card(directory, f'"""Title\n\n{trailer}\nSection: 1.1\n"""\n').needs_time is needs_time


def test_the_scenarios_about_io_and_computing_need_time() -> None:
    cards = catalogue.scenarios()
    expected = {"cpu_bound"} | {found.name for found in cards if found.section.number == 4}
    assert {found.name for found in cards if found.needs_time} == expected


@pytest.mark.parametrize("trailer", ["", "Section: 9.1", "Section: 1", "Section: first.second"])
def test_a_scenario_without_a_known_section_goes_under_other(directory: Path, trailer: str) -> None:
    found = card(directory, f'"""Title\n\n{trailer}\n"""\n')
    assert (found.title, found.section, found.missing) == ("Title", catalogue.OTHER, None)


@pytest.mark.parametrize("source", ["", "x = 1\n", '""""""\n', '"""\n\n"""\n', "f'''no docstring'''\n"])
def test_a_scenario_without_a_docstring_is_titled_by_its_file_name(directory: Path, source: str) -> None:
    found = card(directory, source, "untitled")
    assert (found.title, found.lesson, found.section) == ("untitled.py", "", catalogue.OTHER)
    assert found.missing is None


def test_a_newer_python_that_is_needed_is_named_beside_this_one(directory: Path) -> None:
    found = card(directory, '"""Title\n\nNeeds: Python 9.99\nSection: 1.1\n"""\n')
    assert found.missing == f"needs Python 9.99, and this is {sys.version_info[0]}.{sys.version_info[1]}"
    assert found.section == catalogue.Section(1, "First steps")


def test_a_python_that_is_old_enough_is_not_missed(directory: Path) -> None:
    assert card(directory, '"""Title\n\nNeeds: Python 3.11\n"""\n').missing is None


def test_a_missing_extra_is_told_with_its_install_command(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = '"""Title\n\nNeeds: Python 3.11\nNeeds: loopviz[http]\n"""\n'
    monkeypatch.setitem(catalogue.EXTRA_MODULES, "http", "no_such_module")
    assert card(directory, source).missing == "needs the extra 'http': pip install 'loopviz[http]'"
    monkeypatch.setitem(catalogue.EXTRA_MODULES, "http", "json")
    assert card(directory, source).missing is None


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def broken(:\n", "can't be parsed: line 1: invalid syntax"),
        (b'"""\xff"""\n', "can't be parsed"),
        (b"# coding: no-such-coding\n", "can't be parsed"),
        ("x = '\0'\n", "can't be parsed"),
        ("-" * 100_000 + "1\n", "can't be parsed"),
    ],
)
def test_a_file_that_cant_be_parsed_is_shown_with_the_reason(directory: Path, source: str | bytes, why: str) -> None:
    found = card(directory, source, "broken")
    assert found.missing is not None
    assert found.missing.startswith(why)
    assert (found.title, found.section) == ("broken.py", catalogue.OTHER)


def test_a_file_that_cant_be_read_is_shown_with_the_reason(directory: Path) -> None:
    (directory / "gone.py").symlink_to(directory / "nowhere")
    [found] = catalogue.scenarios(directory)
    assert found.missing == "can't be read: no such file or directory"


def test_no_scenario_is_ever_imported(directory: Path) -> None:
    found = card(directory, '"""Title"""\nraise SystemExit("imported")\n')
    assert found.title == "Title"


def test_only_python_files_without_an_underscore_are_scenarios(directory: Path) -> None:
    for name in ("_helper.py", "notes.txt", "data.json", "real.py"):
        (directory / name).write_text("")
    assert catalogue.names(directory) == ["real"]
    assert catalogue.find("_helper", directory) is None
    assert catalogue.find("../real", directory) is None


def test_every_bundled_scenario_has_a_title_a_lesson_and_a_place_of_its_own() -> None:
    cards = catalogue.scenarios()
    assert {"interleave", "sequential", "gather", "timeout", "async_generator"} <= {found.name for found in cards}
    for found in cards:
        assert found.section is not catalogue.OTHER, found.name
        assert found.title != f"{found.name}.py", found.name
        assert found.lesson, found.name
    places = [(found.section.number, found.position) for found in cards]
    assert len(set(places)) == len(places)
