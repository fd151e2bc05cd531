"""``loopviz compare``: what is written where, in which words, with which exit status.

The files in ``snapshots/`` are what was looked at and found right. After a wanted change,
``LOOPVIZ_REWRITE_SNAPSHOTS=1 pytest tests/commands/test_compare.py`` writes them anew; look at the difference.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest

from building import Recording
from loopviz.commands.compare_words import METHODS, divide
from loopviz.commands.contest import Contest
from loopviz.events import StepEnd
from loopviz.exporters import ExportOptions
from loopviz.exporters.comparisons import comparison_exporter
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_table import COLUMNS

from .conftest import Loopviz

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
REWRITE = "LOOPVIZ_REWRITE_SNAPSHOTS"
ARGUMENTS = {"ten": [], "five": ["--items", "5", "--spread", "-0.1"]}


@pytest.fixture(scope="module", params=ARGUMENTS)
def methods(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Comparison]:
    """The six ways to do ten things, recorded under the virtual clock, without and with spread."""
    paths = [str(SCENARIOS / f"{name}.py") for name in METHODS]
    targets, arguments = divide([*paths, *ARGUMENTS[request.param]])
    contest = Contest(targets, arguments, "virtual", tmp_path_factory.mktemp("traces"))
    contest.run()
    return request.param, Comparison([Band(entrant) for entrant in contest.entrants], arguments)


def assert_looks_as_before(comparison: Comparison, format_name: str, options: ExportOptions, snapshot: str) -> None:
    out = io.StringIO()
    comparison_exporter(format_name).write(comparison, out, options)
    path = SNAPSHOTS / snapshot
    if os.environ.get(REWRITE):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(out.getvalue(), encoding="utf-8")
    assert out.getvalue() == path.read_text(encoding="utf-8"), f"it differs; if that is wanted, set {REWRITE}=1"


@pytest.mark.parametrize("axis", ["time", "steps"])
def test_the_methods_look_as_before_as_text(methods: tuple[str, Comparison], axis: Literal["time", "steps"]) -> None:
    name, comparison = methods
    assert_looks_as_before(comparison, "text", ExportOptions(axis, 80), f"compare_{name}_{axis}.txt")


def test_the_methods_have_the_same_figures_as_before(methods: tuple[str, Comparison]) -> None:
    name, comparison = methods
    assert_looks_as_before(comparison, "json", ExportOptions(), f"compare_{name}.json")


def test_sequential_takes_the_sum_of_the_waits_and_the_others_the_longest(methods: tuple[str, Comparison]) -> None:
    name, comparison = methods
    waits = [1.0] * 10 if name == "ten" else [1.0, 0.9, 0.8, 0.7, 0.6]
    makespans = [round(band.figures.makespan_ns / 1e9, 2) for band in comparison.bands if band.figures]
    assert makespans == [round(sum(waits), 2)] + [max(waits)] * 5
    sequential, *others = comparison.bands
    assert (sequential.items.kind, len(sequential.items.all)) == ("calls", len(waits))
    assert {(band.items.kind, len(band.items.all)) for band in others} == {("tasks", len(waits))}


def test_as_completed_uses_results_as_they_come_and_task_list_as_they_were_asked_for(
    methods: tuple[str, Comparison],
) -> None:
    name, comparison = methods
    by_name = {band.label: band for band in comparison.bands}
    got = {label: [line.text for line in by_name[f"{label}.py"].printed if line.by_main] for label in METHODS}
    in_order = [f"got {number}" for number in range(len(by_name["wait.py"].items.all))]
    assert got["task_list"] == in_order
    assert got["as_completed"] == (in_order if name == "ten" else in_order[::-1])
    assert all(band.items.completes_in_order == (name == "ten") for band in comparison.bands[1:])


def test_text_is_written_where_there_is_no_terminal(loopviz: Loopviz) -> None:
    status, out, err = loopviz("compare", "gather", "wait", "--items", "2", "--width", "80")
    assert (status, err) == (0, "")
    assert out.startswith("gather, wait: --items 2\ntime axis, ")
    assert max(map(len, out.splitlines())) <= 80


def test_options_of_ours_may_stand_behind_those_of_the_programs(loopviz: Loopviz) -> None:
    out = loopviz("compare", "gather", "--items", "2", "--axis", "steps", "--delay", "3", "--json").stdout
    shown = json.loads(out)
    assert shown["arguments"] == ["--items", "2", "--delay", "3"]
    assert shown["programs"][0]["makespan_ns"] // 10**9 == 3


def test_all_behind_two_dashes_is_the_programs(loopviz: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import sys, asyncio\nasync def main(): print(sys.argv[1:])\nasyncio.run(main())")
    shown = json.loads(loopviz("compare", "app.py", "--json", "--", "--axis", "gather", "--json").stdout)
    assert shown["programs"][0]["printed"][0]["text"] == "['--axis', 'gather', '--json']"
    assert shown["programs"][0]["clock"] == "real"


def test_a_program_that_fails_makes_the_status_1_and_the_others_are_compared(loopviz: Loopviz) -> None:
    status, out, err = loopviz("compare", "gather", "error_sync_anext", "nosuch", "--json")
    assert (status, err) == (1, "")
    good, failed, missing = json.loads(out)["programs"]
    assert (good["ok"], failed["ok"], missing["ok"]) == (True, False, False)
    assert failed["reason"].startswith("exit status 1: TypeError: ")
    assert missing["outcome"] == "not run"


def test_words_that_a_program_refuses_are_told_by_itself(loopviz: Loopviz) -> None:
    status, out, _err = loopviz("compare", "gather", "--colour", "red", "--width", "100")
    assert status == 1
    assert "exit status 2: gather.py: error: unrecognized arguments: --colour red" in out


def test_a_drawing_goes_to_its_file_and_nothing_else_is_said(loopviz: Loopviz, tmp_path: Path) -> None:
    assert loopviz("compare", "gather", "--items", "2", "--svg", "out.svg", "--width", "900") == (0, "", "")
    assert ElementTree.fromstring((tmp_path / "out.svg").read_bytes()).get("width") == "900"
    shown = loopviz("compare", "gather", "--items", "2", "--svg", "out.svg", "--json").stdout
    assert json.loads(shown)["programs"][0]["label"] == "gather"


def test_a_drawing_may_go_to_standard_output(loopviz: Loopviz) -> None:
    assert loopviz("compare", "gather", "--svg", "-").stdout.startswith("<svg ")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--json", "--text"], "--json and --text would both go to standard output"),
        (["--svg", "-", "--json"], "--svg and --json would both go to standard output"),
        (["--svg", "no/such/place.svg"], "can't write no/such/place.svg: no such file or directory; choose another"),
        (["app.py", "--svg", "app.py"], "can't write app.py: it is compared; choose another place with --svg"),
        (["--clock", "fast"], "--clock can't be 'fast'; it takes real, virtual, or a speed such as 4x"),
        (["--axis", "sideways"], "invalid value for '--axis'"),
        (["--width", "3"], "invalid value for '--width'"),
        (["gather", "-m"], "say what to compare"),
        (["app.py 'x"], "as a shell would read them"),
    ],
)
def test_a_mistake_is_told_in_one_line_before_anything_runs(
    loopviz: Loopviz, tmp_path: Path, words: list[str], complaint: str
) -> None:
    (tmp_path / "app.py").write_text("open('was run', 'w')")
    status, out, err = loopviz("compare", *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert complaint in err
    assert not (tmp_path / "was run").exists()
    assert (tmp_path / "app.py").read_text()


def test_traces_are_compared_without_running_anything(loopviz: Loopviz, tmp_path: Path) -> None:
    made = Recording(clock="4x").loop_defined().created(1, 5, coroutine="main").step(1, 6, 1_005, StepEnd.RETURNED)
    (tmp_path / "old.loopviz").write_bytes(made.file())
    [program] = json.loads(loopviz("compare", "old.loopviz", "--json").stdout)["programs"]
    assert (program["makespan_ns"], program["clock"], program["exit_status"]) == (1_000, "4x", None)


def test_the_help_explains_every_column_and_the_clock(loopviz: Loopviz) -> None:
    out = loopviz("compare", "--help").stdout
    assert "[TARGET]... [ARGS]..." in out
    for column in COLUMNS[1:]:
        assert f"{column.heading:<9}  {column.meaning}" in out
    assert "real for every other program" in " ".join(out.split())


def test_ctrl_c_ends_the_programs_too_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    command = [sys.executable, "-m", "loopviz", "compare", "long.py", "--svg", "x.svg"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pid = tmp_path / "pid"
    while process.poll() is None and not (pid.exists() and pid.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert not (tmp_path / "x.svg").exists()


def test_a_reader_that_goes_away_ends_it_without_a_word(tmp_path: Path) -> None:
    command = f"{sys.executable} -m loopviz compare gather --items 2 | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("gather: --items 2\n", "")
