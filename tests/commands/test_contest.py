"""Contests: in which order programs are recorded, and what becomes of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from building import Recording
from loopviz.commands import contest as contest_module
from loopviz.commands.compare_words import divide
from loopviz.commands.contender import default_clock
from loopviz.commands.contest import Contest
from loopviz.commands.targets import is_trace, resolve
from loopviz.events import CHUNK, StepEnd
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_table import notes
from loopviz.trace.files import load

#: Notes its own beginning and end in ``order.txt``, and when they were.
PROGRAM = """
import asyncio, sys, time

def note(word):
    with open("order.txt", "a") as file:
        file.write(f"{sys.argv[1]} {word}\\n")

async def main():
    note("begins")
    await asyncio.sleep(0.3)
    note("ends")

print("to stdout"); print("to stderr", file=sys.stderr)
asyncio.run(main())
"""


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Contest]:
    """Run a contest of these words to its end, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    Path("app.py").write_text(PROGRAM)

    def run(words: Sequence[str], clock: str | None = None) -> Contest:
        targets, arguments = divide(words)
        made = Contest(targets, arguments, clock, tmp_path / "traces")
        made.run()
        made.close()
        return made

    return run


def test_on_the_real_clock_one_program_runs_after_the_other(recorded: Callable[..., Contest]) -> None:
    recorded(["app.py a", "app.py b"])
    assert Path("order.txt").read_text().split("\n")[:-1] == ["a begins", "a ends", "b begins", "b ends"]


def test_under_the_virtual_clock_they_run_beside_each_other(
    recorded: Callable[..., Contest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contest_module, "processors", lambda: 2)
    targets, arguments = divide(["app.py a", "app.py b", "app.py c"])
    made = Contest(targets, arguments, "virtual", Path("traces"))
    made.poll()
    assert [entrant.outcome.words for entrant in made.entrants] == ["recording", "recording", "waiting"]
    made.run()
    assert [entrant.outcome.word for entrant in made.entrants] == ["returned"] * 3


def test_real_ones_wait_for_virtual_ones(recorded: Callable[..., Contest], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loopviz.commands.contender.default_clock", lambda program: program.arguments[0])
    targets, arguments = divide(["app.py real", "app.py virtual"])
    made = Contest(targets, arguments, None, Path("traces"))
    made.poll()
    assert [entrant.outcome.words for entrant in made.entrants] == ["waiting", "recording"]
    made.run()
    assert Path("order.txt").read_text().split()[::2] == ["virtual", "virtual", "real", "real"]
    assert [entrant.trace.header["clock"] for entrant in made.entrants if entrant.trace] == ["real", "virtual"]


def test_what_programs_print_is_nobodys_but_their_traces(
    recorded: Callable[..., Contest], capfd: pytest.CaptureFixture[str]
) -> None:
    recorded(["app.py a"])
    assert capfd.readouterr() == ("", "")


def test_each_outcome_is_the_programs_own_and_disturbs_no_other(recorded: Callable[..., Contest]) -> None:
    Path("exits.py").write_text("import sys; print('about to go'); sys.exit(3)")
    Path("raises.py").write_text("import asyncio\nasync def main(): raise ValueError('boom')\nasyncio.run(main())")
    Path("broken.py").write_text("def (:")
    Path("no_loop.py").write_text("print('hello')")
    Path("killed.py").write_text("import os; os.kill(os.getpid(), 9)")
    words = ["exits.py", "raises.py", "broken.py", "no_loop.py", "killed.py", "nosuch.py", "app.py"]
    entrants = recorded([*[*words, "--", "a"][:7], "--a"]).entrants
    assert [entrant.outcome.words for entrant in entrants] == [
        "exit status 3: about to go",
        "exit status 1: ValueError: boom",
        "exit status 1: SyntaxError: invalid syntax",
        "it ran no asyncio task",
        "killed by SIGKILL",
        "no scenario or file is called 'nosuch.py'; 'loopviz list' shows the scenarios",
        "main returned",
    ]
    assert [entrant.outcome.is_good for entrant in entrants] == [False] * 6 + [True]
    assert [entrant.trace is not None for entrant in entrants][:2] == [True, True]


def test_a_trace_is_read_as_it_is(recorded: Callable[..., Contest]) -> None:
    made = Recording(clock="virtual").loop_defined().created(1, 5, coroutine="main")
    Path("old.loopviz").write_bytes(made.step(1, 6, 10, StepEnd.RETURNED).file())
    Path("other.bin").write_bytes(Path("old.loopviz").read_bytes())
    Path("empty.loopviz").touch()
    Path("foreign.loopviz").write_text("hello")
    old, other, empty, foreign, missing = recorded(
        ["old.loopviz", "other.bin", "empty.loopviz", "foreign.loopviz", "missing.loopviz"]
    ).entrants
    assert old.trace is not None
    assert (old.outcome.words, old.outcome.status, old.path) == ("main returned", None, Path("old.loopviz"))
    assert other.outcome == old.outcome
    assert [one.outcome.word for one in (empty, foreign, missing)] == ["not run"] * 3
    assert "before a trace begins" in empty.outcome.words


def test_a_damaged_trace_is_compared_as_far_as_it_goes_and_the_damage_noted(recorded: Callable[..., Contest]) -> None:
    whole = Recording(clock="virtual").loop_defined().created(1, 5, coroutine="main").step(1, 6, 10).file()
    Path("cut.loopviz").write_bytes(whole + CHUNK.pack(100, 1, 0, 0) + b"half")
    Path("whole.loopviz").write_bytes(whole)
    cut, other = recorded(["cut.loopviz", "whole.loopviz"]).entrants
    assert cut.trace is not None
    assert len(cut.trace.tasks) == 1
    assert other.note is None
    assert cut.note is not None
    assert f"cut.loopviz: {cut.note}" in notes(Comparison([Band(cut), Band(other)]))


def test_a_trace_can_be_opened_under_the_programs_name(recorded: Callable[..., Contest]) -> None:
    [entrant] = recorded(["app.py a"]).entrants
    assert entrant.path is not None
    assert entrant.path.name == "app.loopviz"
    assert load(entrant.path).end_ns == (entrant.trace.end_ns if entrant.trace else None)


def test_the_same_contest_can_be_held_again(recorded: Callable[..., Contest]) -> None:
    first = recorded(["app.py a"])
    again = first.anew()
    assert [entrant.outcome.words for entrant in again.entrants] == ["waiting"]
    again.run()
    assert Path("order.txt").read_text().count("begins") == 2
    assert again.entrants[0].path != first.entrants[0].path


def test_closing_ends_what_still_runs(recorded: Callable[..., Contest]) -> None:
    Path("long.py").write_text("import time; open('pid', 'w').write(str(__import__('os').getpid())); time.sleep(60)")
    targets, arguments = divide(["long.py"])
    made = Contest(targets, arguments, None, Path("traces"))
    while not made.is_done and not (Path("pid").exists() and Path("pid").read_text()):
        made.poll()
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text()), 0)


@pytest.mark.parametrize(
    ("name", "clock"), [("gather", "virtual"), ("cpu_bound", "real"), ("echo_transport", "real")]
)
def test_scenarios_are_recorded_under_the_virtual_clock_where_they_can_be(name: str, clock: str) -> None:
    assert default_clock(resolve([name])) == clock


def test_every_other_program_runs_on_the_real_clock(tmp_path: Path) -> None:
    (tmp_path / "gather.py").touch()
    assert default_clock(resolve([str(tmp_path / "gather.py")])) == "real"
    assert default_clock(resolve(["-m", "asyncio"])) == "real"


@pytest.mark.parametrize("word", ["", "no/such/file", "\0"])
def test_what_can_not_be_opened_is_no_trace(word: str) -> None:
    assert not is_trace(word)
