"""From TARGET, as typed, to the program it names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from building import header_bytes
from loopviz import catalogue
from loopviz.commands.targets import Program, resolve
from loopviz.errors import LoopvizError, ProgramUnrunnable, TargetMissing, TargetUnknown


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_word_is_a_scenario(here: Path) -> None:
    card = catalogue.find("gather")
    assert card is not None
    found = resolve(["gather", "--items", "3"])
    assert found == Program("--path", str(card.path), ("--items", "3"), "gather")
    assert (found.label, found.default_output) == ("gather", "gather.loopviz")


def test_a_scenario_goes_before_a_file_of_that_name(here: Path) -> None:
    (here / "gather").write_text("")
    assert resolve(["gather"]).scenario == "gather"


@pytest.mark.parametrize("written", ["./gather.py", "gather.py", "./gather"])
def test_a_file_goes_before_a_scenario_when_written_as_a_path(here: Path, written: str) -> None:
    (here / written).write_text("")
    assert resolve([written, "-x"]) == Program("--path", written, ("-x",))


def test_a_word_that_is_no_scenario_may_be_a_file(here: Path) -> None:
    (here / "my-script").write_text("")
    found = resolve(["my-script"])
    assert found == Program("--path", "my-script", ())
    assert found.default_output == "my-script.loopviz"


@pytest.mark.parametrize("words", [["-m", "json.tool", "-m", "x"], ["-mjson.tool", "-m", "x"]])
def test_a_module_comes_with_all_that_follows_it(words: list[str]) -> None:
    found = resolve(words)
    assert found == Program("--module", "json.tool", ("-m", "x"))
    assert (found.label, found.default_output) == ("json.tool", "json.tool.loopviz")


def test_a_module_of_the_working_directory_is_found_and_not_run(here: Path) -> None:
    (here / "package").mkdir()
    (here / "package" / "__init__.py").write_text("raise SystemExit('imported')")
    path = list(sys.path)
    assert resolve(["-m", "package.sub"]) == Program("--module", "package.sub", ())
    assert sys.path == path


def test_a_directory_runs_if_it_has_a_main(here: Path) -> None:
    (here / "app").mkdir()
    with pytest.raises(ProgramUnrunnable, match=r"app: it is a directory without __main__\.py"):
        resolve(["./app"])
    (here / "app" / "__main__.py").write_text("")
    assert resolve(["./app/"]).default_output == "app.loopviz"


@pytest.mark.parametrize(
    ("target", "offered"),
    [
        ("gathr", "did you mean gather"),
        ("gathr.py", "did you mean gather?"),
        ("mysript.py", r"did you mean myscript\.py\?"),
        ("./mysript.py", r"did you mean \./myscript\.py\?"),
        ("nowhere/x.py", "'loopviz list' shows the scenarios"),
        ("", "'loopviz list' shows the scenarios"),
        ("-", "'loopviz list' shows the scenarios"),
    ],
)
def test_an_unknown_target_gets_the_nearest_names_offered(here: Path, target: str, offered: str) -> None:
    (here / "myscript.py").write_text("")
    with pytest.raises(TargetUnknown, match=offered):
        resolve([target])


@pytest.mark.parametrize("words", [[], ["-m"]])
def test_no_target_is_told_with_what_is_wanted(words: list[str]) -> None:
    with pytest.raises(TargetMissing, match="say what to record: a scenario's name"):
        resolve(words, "record")


@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module", "", ".relative"])
def test_a_module_that_is_not_there_is_told(module: str) -> None:
    with pytest.raises(ProgramUnrunnable, match="no module is named"):
        resolve(["-m", module])


def test_a_scenario_that_lacks_something_says_what(monkeypatch: pytest.MonkeyPatch) -> None:
    card = catalogue.find("gather")
    assert card is not None
    monkeypatch.setattr(catalogue, "find", lambda name: card._replace(missing="needs Python 9.99"))
    with pytest.raises(ProgramUnrunnable, match=r"can't run gather: it needs Python 9\.99"):
        resolve(["gather"])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(here: Path) -> None:
    (here / "secret.py").touch(mode=0)
    with pytest.raises(ProgramUnrunnable, match="permission denied"):
        resolve(["secret.py"])


@pytest.mark.parametrize("name", ["x.loopviz", "renamed"])
def test_a_trace_is_opened_and_not_run(here: Path, name: str) -> None:
    (here / name).write_bytes(header_bytes({"origin_ns": 0}))
    with pytest.raises(ProgramUnrunnable, match=f"it is a recorded trace; 'loopviz open {name}' shows it"):
        resolve([name])


def test_every_refusal_is_a_users_mistake_with_status_2() -> None:
    for refusal in (TargetMissing, TargetUnknown, ProgramUnrunnable):
        assert issubclass(refusal, LoopvizError)
        assert refusal.exit_status == 2
