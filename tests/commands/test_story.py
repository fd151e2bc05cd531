"""``loopviz story``: of a trace, or of a program that is recorded first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from building import Recording, by_task
from loopviz.events import StepEnd

from .conftest import Loopviz

MS = 1_000_000

PROGRAM = r"""
import asyncio, os, sys

async def worker(number):
    await asyncio.sleep(0.01)
    print("worker", number)
    os.write(1, b"past the stream\n")

async def main():
    print("words:", *sys.argv[1:])
    await asyncio.gather(worker(1), worker(2))

asyncio.run(main())
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(PROGRAM)
    return tmp_path / "app.py"


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """``alpha`` and ``beta`` take a step each, at 1 and at 2 ms, and ``alpha`` another at 3 ms."""
    made = Recording().loop_defined().created(1, 0, "alpha").created(2, MS // 2, "beta", by=by_task(1))
    made.step(1, MS, MS + 100, ready=0).step(2, 2 * MS, 2 * MS + 100, StepEnd.RETURNED, ready=MS // 2)
    made.step(1, 3 * MS, 3 * MS + 100, StepEnd.RETURNED, ready=2 * MS + 50, by=by_task(2))
    (tmp_path / "t.loopviz").write_bytes(made.file())
    return tmp_path / "t.loopviz"


def test_a_trace_is_told_a_moment_and_a_sentence_a_line(loopviz: Loopviz, trace: Path) -> None:
    assert loopviz("story", str(trace)) == (
        0,
        "0.000 000 s  alpha is created: it is ready, and not yet running\n"
        "0.000 500 s  alpha creates beta: it is ready, and not yet running\n"
        "0.001 000 s  the loop takes alpha, first of 2 in the ready queue, after 1 ms: it starts\n"
        "0.001 000 s  alpha suspends on a Future: nobody has set its result yet\n"
        "0.002 000 s  the loop takes beta, alone in the ready queue, after 1.5 ms: it starts\n"
        "0.002 000 s  alpha wakes: beta completed its Future\n"
        "0.002 000 s  beta returns\n"
        "0.003 000 s  the loop takes alpha, alone in the ready queue, after 1 ms: its Future is done, and it goes on\n"
        "0.003 000 s  alpha returns\n",
        "",
    )


def test_moments_stand_under_each_other(loopviz: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "long.loopviz").write_bytes(Recording().mark("a", 1).mark("b", 123 * 10**9).file())
    assert loopviz("story", "long.loopviz").stdout == (
        "  0.000 000 s  the program sets the mark 'a'\n123.000 000 s  the program sets the mark 'b'\n"
    )


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (("--from", "0.002"), 5),
        (("--from", "2ms", "--to", "2.00005ms"), 2),
        (("--to", "500us"), 2),
        (("--to", "0"), 1),
        (("--from", "1e-3s", "--to", "1 ms"), 1),
        (("--from", "9"), 0),
    ],
)
def test_a_part_of_the_time_is_told_both_ends_included(
    loopviz: Loopviz, trace: Path, options: tuple[str, ...], lines: int
) -> None:
    outcome = loopviz("story", *options, str(trace))
    assert (outcome.status, len(outcome.stdout.splitlines()), outcome.stderr) == (0, lines, "")


@pytest.mark.parametrize(("task", "lines"), [("alpha", 7), ("bet", 4), ("#2", 4), ("a", 9)])
def test_a_task_is_told_by_every_sentence_that_names_it(loopviz: Loopviz, trace: Path, task: str, lines: int) -> None:
    assert len(loopviz("story", "--task", task, str(trace)).stdout.splitlines()) == lines


def test_a_task_that_there_is_not_gets_the_nearest_names(loopviz: Loopviz, trace: Path) -> None:
    assert loopviz("story", str(trace), "--task", "alpa") == (
        2, "", "loopviz: no task's name holds 'alpa'; did you mean alpha?\n"
    )  # fmt: skip


def test_options_may_stand_behind_a_trace(loopviz: Loopviz, trace: Path) -> None:
    brief, full = loopviz("story", str(trace)).stdout, loopviz("story", str(trace), "--level", "full").stdout
    assert full == loopviz("story", "--level=full", str(trace)).stdout
    assert set(brief.splitlines()) < set(full.splitlines())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("t.loopviz", "more"), "t.loopviz is a trace, it is not run: 'more' is for a program"),
        (("t.loopviz", "--port", "80"), "t.loopviz is a trace, it is not run: '--port' is for a program"),
        (("--clock", "virtual", "t.loopviz"), "t.loopviz is a trace, it is not run: '--clock' is for a program"),
        (("gone.loopviz",), "gone.loopviz: no such file or directory"),
        (("--from", "soon", "t.loopviz"), "--from can't be 'soon'; it takes a moment in seconds, such as 1.5, or "),
        (("--to", "1e999", "t.loopviz"), "--to can't be '1e999'; "),
        (("--clock", "slow", "app.py"), "--clock can't be 'slow'; "),
        (("--level", "some", "t.loopviz"), "invalid value for '--level': 'some' is not one of 'brief', 'full'; "),
        (("--levle", "full"), "no such option '--levle'"),
        ((), "say what to tell of: "),
        (("no_such_thing",), "no scenario or file is called 'no_such_thing'; "),
    ],
)
def test_what_makes_no_sense_is_one_line_and_runs_nothing(
    loopviz: Loopviz, trace: Path, program: Path, words: tuple[str, ...], complaint: str
) -> None:
    outcome = loopviz("story", *words)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"loopviz: {complaint}")
    assert outcome.stderr.count("\n") == 1


def test_what_is_odd_about_a_trace_is_told_beside_its_story(loopviz: Loopviz, trace: Path) -> None:
    trace.write_bytes(trace.read_bytes()[:-1])
    outcome = loopviz("story", str(trace))
    assert outcome.status == 0
    assert outcome.stderr.startswith(f"loopviz: {trace}: cut off: ")


def test_a_program_is_recorded_with_its_words_and_then_told(loopviz: Loopviz, program: Path) -> None:
    outcome = loopviz("story", "app.py", "--level", "full", "--port", "80")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "main prints 'words: --level full --port 80'" in outcome.stdout
    assert "worker(1) prints 'worker 1'" in outcome.stdout
    assert "_set_result_unless_cancelled" not in outcome.stdout


def test_nothing_that_the_program_writes_gets_into_the_story(loopviz: Loopviz, program: Path) -> None:
    lines = loopviz("story", "app.py").stdout.splitlines()
    assert all(line[:5].replace(".", "").isdigit() and line[11:13] == "  " for line in lines)
    assert not any("past the stream" in line for line in lines)


def test_a_module_is_recorded_too_and_under_the_clock_that_is_asked_for(loopviz: Loopviz, program: Path) -> None:
    first, again = (loopviz("story", "--clock", "virtual", "-m", "app", "x").stdout for _ in range(2))
    assert first == again
    assert "main prints 'words: x'" in first


def test_a_scenario_is_told_by_its_name(loopviz: Loopviz) -> None:
    outcome = loopviz("story", "--clock", "virtual", "gather_two")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "main wakes: the last of 2 gathered tasks, nap('long', 2), returned 'long'" in outcome.stdout


@pytest.mark.parametrize(
    ("ending", "status", "words"),
    [
        ("sys.exit(3)", 3, "ended with exit status 3"),
        ("raise ValueError('bad')", 1, "ended with exit status 1"),
        ("os.kill(os.getpid(), 9)", 137, "was ended by SIGKILL"),
    ],
)
def test_how_a_program_failed_is_told_and_its_status_handed_on(
    loopviz: Loopviz, tmp_path: Path, ending: str, status: int, words: str
) -> None:
    source = f"import asyncio, os, sys\nasync def main(): print('here', flush=True)\nasyncio.run(main())\n{ending}\n"
    (tmp_path / "fails.py").write_text(source)
    outcome = loopviz("story", "fails.py")
    assert outcome.status == status
    assert "main prints 'here'" in outcome.stdout
    assert outcome.stderr.endswith(f"loopviz: fails.py {words}\n")
    assert ("Traceback" in outcome.stderr) == (status == 1)


def test_a_program_that_can_not_even_be_compiled_shows_why(loopviz: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def (\n")
    outcome = loopviz("story", "broken.py")
    assert outcome.status == 1
    assert "SyntaxError" in outcome.stderr


def test_a_program_without_an_event_loop_is_told_to_have_none(loopviz: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("import sys\nprint('x')\nprint('kept to itself', file=sys.stderr)\n")
    outcome = loopviz("story", "plain.py")
    assert outcome.status == 0
    assert "ran no asyncio event loop" in outcome.stderr
    assert "kept to itself" not in outcome.stderr


def test_the_program_reads_what_is_typed(loopviz_process: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "reads.py").write_text("import asyncio\nasync def main(): print(input())\nasyncio.run(main())\n")
    assert "main prints 'typed'" in loopviz_process("story", "reads.py", stdin="typed\n").stdout


def test_the_story_is_the_same_bytes_whatever_the_locale(loopviz_process: Loopviz, trace: Path) -> None:
    environment = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    outcome = loopviz_process("story", str(trace), environment=environment)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert outcome.stdout == loopviz_process("story", str(trace)).stdout


def test_a_reader_that_goes_away_ends_it_without_a_word(tmp_path: Path) -> None:
    made = Recording()
    for at in range(5_000):
        made.mark("again", at)
    (tmp_path / "long.loopviz").write_bytes(made.file())
    command = f"{sys.executable} -m loopviz story long.loopviz | head -n 1"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("0.000 000 s  the program sets the mark 'again'\n", "")


def test_ctrl_c_ends_the_program_and_what_it_did_is_told(tmp_path: Path) -> None:
    source = "import asyncio, pathlib\nasync def main():\n  pathlib.Path('runs').touch()\n  await asyncio.sleep(30)\n"
    (tmp_path / "waits.py").write_text(f"{source}asyncio.run(main())\n")
    command = [sys.executable, "-m", "loopviz", "story", "waits.py"]
    pipe = subprocess.PIPE
    story = subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "runs").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    os.killpg(story.pid, signal.SIGINT)
    out, errors = story.communicate(timeout=60)
    assert story.returncode == 130
    assert "main suspends on sleep(30): a timer will wake it in 30 s" in out
    assert errors.endswith("loopviz: waits.py was ended by SIGINT\n")


def test_no_trace_of_the_recording_is_left(
    loopviz: Loopviz, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    loopviz("story", "app.py")
    assert not list((tmp_path / "temporary").iterdir())
