"""``loopviz stats``: figures of a recorded program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from building import Recording, by_task, by_timer, header_bytes
from loopviz.events import WarningKind
from loopviz.timeline.durations import rounded
from loopviz.trace.files import load
from loopviz.trace.lifecycle import State
from loopviz.trace.statistics import Statistics, task_statistics

from .conftest import Loopviz

SOURCE = r"""
import asyncio, time

async def quick():
    await asyncio.sleep(1)

async def busy():
    time.sleep(0.5)

async def main():
    tasks = [asyncio.create_task(busy(), name="busy\x1b[31m\n\u6f22\u5b57" + "x" * 100)]
    tasks += [asyncio.create_task(quick(), name=f"quick {number}") for number in range(20)]
    await asyncio.gather(*tasks)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def source_trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("recorded")
    (home / "x.py").write_text(SOURCE)
    command = [sys.executable, "-m", "loopviz", "record", "--clock", "virtual", "x.py"]
    subprocess.run(command, cwd=home, check=True, timeout=60)
    return home / "x.loopviz"


def test_what_is_lost_of_a_recording_is_told_with_its_reason(loopviz: Loopviz, tmp_path: Path) -> None:
    made = Recording(title="lossy").lost(7, "the disk was full").lost(0, "it ended")
    (tmp_path / "lossy.loopviz").write_bytes(made.file())
    assert "7 records lost (the disk was full; it ended)" in loopviz("stats", "lossy.loopviz").stdout.splitlines()[0]
    figures = json.loads(loopviz("stats", "lossy.loopviz", "--json").stdout)
    assert (figures["lost_records"], figures["losses"]) == (7, {"the disk was full": 7, "it ended": 0})


def test_loops_that_could_not_be_recorded_are_told(loopviz: Loopviz, tmp_path: Path) -> None:
    made = Recording(title="x").warned("Loop can't be recorded", 5, WarningKind.NOT_INSTRUMENTED)
    (tmp_path / "x.loopviz").write_bytes(made.file())
    assert loopviz("stats", "x.loopviz").stdout.splitlines()[1] == "Loop can't be recorded"
    assert json.loads(loopviz("stats", "x.loopviz", "--json").stdout)["unrecorded"] == ["Loop can't be recorded"]


def test_the_json_has_the_figures_of_the_trace_and_of_every_task(loopviz: Loopviz, source_trace: Path) -> None:
    trace = load(source_trace)
    statistics = Statistics(trace)
    figures = json.loads(loopviz("stats", str(source_trace), "--json").stdout)
    assert figures["makespan_ns"] == statistics.makespan_ns
    assert figures["steps"] == statistics.step_count
    assert figures["peak_concurrency"] == statistics.peak_concurrency == 22
    assert figures["step_length"]["worst_ns"] >= 500_000_000
    worst = trace.tasks[figures["step_length"]["worst_task"]]
    assert worst.name.startswith("busy")
    [of_busy] = [entry for entry in figures["per_task"] if entry["task"] == worst.number]
    assert of_busy["running_ns"] == task_statistics(trace, worst).running_ns
    assert of_busy["state"] == "returned"
    assert len(figures["per_task"]) == len(trace.tasks)
    assert [loop["step_count"] for loop in figures["loops"]] == [statistics.step_count]


def test_the_table_shows_the_tasks_that_ran_longest(loopviz: Loopviz, source_trace: Path) -> None:
    outcome = loopviz("stats", str(source_trace), "--tasks", "3")
    *_, table = outcome.stdout.split("\n\n")
    header, first, *others, left_out = table.strip("\n").splitlines()
    assert header.startswith("task ")
    assert first.startswith("busy\\x1b[31m\\n\u6f22\u5b57x")
    assert "\u2026" in first
    assert len(others) == 2
    assert left_out == f"The 3 of {Statistics(load(source_trace)).task_count} tasks that ran longest."


def test_the_lines_that_held_the_loop_are_told(loopviz: Loopviz, source_trace: Path) -> None:
    table = loopviz("stats", str(source_trace)).stdout.split("\n\n")[3].splitlines()
    assert [line.split()[:6] for line in table] == [
        ["the", "loop", "was", "held", "by", "line"],
        ["busy", "x.py:8", "1", "500", "ms", "500"],
    ]
    [place] = json.loads(loopviz("stats", str(source_trace), "--json").stdout)["blocking"]
    assert (place["function"], place["file"], place["line"], place["steps"]) == ("busy", "x.py", 8, 1)
    assert place["total_ns"] == place["longest_ns"] >= 500_000_000
    worst = load(source_trace).tasks[place["longest_task"]]
    assert worst.name.startswith("busy")
    assert worst.state_at(place["longest_start_ns"]) is State.RUNNING


def test_how_late_timers_fired_is_told_with_the_task_that_had_to_wait(loopviz: Loopviz, tmp_path: Path) -> None:
    made = Recording().loop_defined().loop_started(0).created(1, 0, "victim").step(1, 10, 20, ready=0)
    made.timer(1, 15, 1_000_000, by=by_task(1)).callback(1, 8_000_015, 8_000_020, ready=8_000_010, by=by_timer(1))
    (tmp_path / "late.loopviz").write_bytes(made.file())
    [row] = [line for line in loopviz("stats", "late.loopviz").stdout.splitlines() if line.startswith("a timer")]
    assert " ".join(row.split()) == "a timer fires late by 7 ms 7 ms 7 ms victim 8.00002 ms"
    lag = json.loads(loopviz("stats", "late.loopviz", "--json").stdout)["timer_lag"]
    assert (lag["count"], lag["worst_ns"], lag["worst_task"], lag["worst_start_ns"]) == (1, 7_000_000, 1, 8_000_015)


def test_a_long_name_does_not_hide_when_the_worst_was(loopviz: Loopviz, source_trace: Path) -> None:
    worst = load(source_trace).records.step(Statistics(load(source_trace)).step_length.worst_record or 0)
    lines = loopviz("stats", str(source_trace)).stdout.splitlines()
    [row] = [line for line in lines if line.startswith("length of a step")]
    assert row.endswith(f"…  {rounded(worst.start_ns, 6)}")


def test_nothing_in_the_tables_can_move_the_cursor(loopviz: Loopviz, source_trace: Path) -> None:
    out = loopviz("stats", str(source_trace), "--tasks", "1000").stdout
    assert all(character == "\n" or character.isprintable() for character in out)
    assert "tasks that ran longest" not in out


def test_the_figures_stand_under_their_names(loopviz: Loopviz, source_trace: Path) -> None:
    out = loopviz("stats", str(source_trace)).stdout
    loop_header, loop_row = out.split("\n\n")[1].splitlines()
    for name in ("busy", "idle", "steps", "callbacks"):
        end = loop_header.index(name) + len(name)
        assert loop_row[end - 1].strip()
        assert not loop_row[end : end + 1].strip()


def test_a_trace_without_tasks_has_figures_too_and_no_empty_tables(loopviz: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "none.loopviz").write_bytes(header_bytes({"origin_ns": 0}))
    out = loopviz("stats", "none.loopviz").stdout
    assert out == "asyncio timeline: 0 tasks, 0 steps, 0\n\nNo event loop was recorded.\n"
    figures = json.loads(loopviz("stats", "none.loopviz", "--json").stdout)
    assert (figures["tasks"], figures["loops"], figures["per_task"]) == (0, [], [])
    assert figures["latency"]["worst_task"] is None
