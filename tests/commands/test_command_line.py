"""The command line in a process of its own: exit statuses, streams, signals, what the program sees."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopviz import __version__, catalogue
from loopviz.commands.launch_options import LaunchChoices, own_flag
from loopviz.commands.recorder_command import recorder_command
from loopviz.commands.targets import Program
from loopviz.parameters import parameters_of
from loopviz.trace.files import load

from .conftest import Loopviz

#: Tells what it sees, and waits once so that there is something to record.
SPY = """
import asyncio, json, sys

async def main():
    await asyncio.sleep(0)
    print(json.dumps({
        "argv": sys.argv, "path": sys.path[0], "name": __name__, "stdin": sys.stdin.read(),
        "warnings": sys.warnoptions, "optimize": sys.flags.optimize, "dev": sys.flags.dev_mode,
    }))

asyncio.run(main())
"""


@pytest.fixture
def spy(tmp_path: Path) -> Path:
    (tmp_path / "spy.py").write_text(SPY)
    return tmp_path


def coroutines(trace: Path) -> set[str]:
    return {task.coroutine for task in load(trace).tasks.values()}


def test_a_recorded_program_gets_its_own_words_and_input(loopviz_process: Loopviz, spy: Path) -> None:
    arguments = ["-o", "theirs", "--help", "--", "-m", "x", "--", ""]
    outcome = loopviz_process("record", "-o", "t.loopviz", "spy.py", *arguments, stdin="some input")
    seen = json.loads(outcome.stdout)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert seen["argv"] == ["spy.py", *arguments]
    assert (seen["path"], seen["name"], seen["stdin"]) == (str(spy), "__main__", "some input")
    assert "main" in coroutines(spy / "t.loopviz")


@pytest.mark.parametrize("module", [["-m", "spy"], ["-mspy"]])
def test_a_recorded_module_gets_its_own_words(loopviz_process: Loopviz, spy: Path, module: list[str]) -> None:
    outcome = loopviz_process("record", *module, "-o", "theirs")
    assert json.loads(outcome.stdout)["argv"] == [str(spy / "spy.py"), "-o", "theirs"]
    assert "main" in coroutines(spy / "spy.loopviz")


def test_a_recorded_directory_is_its_main_module(loopviz_process: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text(SPY)
    plain = subprocess.run([sys.executable, "./app", "-x"], cwd=tmp_path, input="", capture_output=True, text=True)
    assert json.loads(loopviz_process("record", "./app", "-x").stdout) == json.loads(plain.stdout)
    assert "main" in coroutines(tmp_path / "app.loopviz")


def test_a_recorded_program_has_the_interpreters_flags(loopviz_process: Loopviz, spy: Path) -> None:
    flags = ("-W", "error::FutureWarning", "-O", "-X", "dev")
    seen = json.loads(loopviz_process("record", "spy.py", flags=flags).stdout)
    assert (seen["optimize"], seen["dev"]) == (1, True)
    assert "error::FutureWarning" in seen["warnings"]


def test_the_process_that_the_screen_starts_has_the_interpreters_flags() -> None:
    code = """
from loopviz.commands.recorder_command import recorder_command
from loopviz.commands.launch_options import LaunchChoices
from loopviz.commands.targets import Program
print(recorder_command(Program("--path", "x.py", ("-x", "--")), LaunchChoices(), "t")[1:])
"""
    flags = ["-W", "error", "-O", "-u"]
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True)
    command = eval(done.stdout)
    assert {"-Werror", "-O", "-u"} <= set(command)
    assert command[-7:] == ["--out=t", "--clock", "real", "--path=x.py", "--", "-x", "--"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["stats", "--help"], ["list"]])
def test_a_text_that_a_full_disk_does_not_take_is_told_in_one_line(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "loopviz", *words]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("loopviz: can't write to standard output: no space left on device; ")
    assert done.stderr.count("\n") == 1


def test_no_scenario_has_an_option_that_is_called_like_one_of_loopviz() -> None:
    for card in catalogue.scenarios():
        assert not [parameter for parameter in parameters_of(card.path.read_text()) if own_flag(parameter.flag)]


def test_a_file_may_be_called_like_an_option(loopviz_process: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "-dash.py").write_text("import asyncio\nasyncio.run(asyncio.sleep(0))\n")
    assert loopviz_process("record", "./-dash.py") == (0, "", "")
    assert loopviz_process("record", "-o", "-o.loopviz", "--", "-dash.py") == (0, "", "")
    assert coroutines(tmp_path / "-dash.loopviz") == coroutines(tmp_path / "-o.loopviz")


def test_the_process_that_the_screen_starts_records(spy: Path) -> None:
    for name in ("json.py", "argparse.py", "platform.py"):
        (spy / name).write_text("raise SystemExit('the working directory is not for us to import from')")
    (spy / "app").mkdir()
    (spy / "app" / "hello.py").write_text("import asyncio\nasyncio.run(asyncio.sleep(0))\n")
    program = Program("--path", "app/hello.py", ())
    command = recorder_command(program, LaunchChoices(max_bytes=1 << 20), "t.loopviz")
    done = subprocess.run(command, cwd=spy, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "sleep" in coroutines(spy / "t.loopviz")


@pytest.mark.parametrize(
    ("source", "status", "stderr"),
    [
        ("import sys\nsys.exit(3)", 3, ""),
        ("import sys\nsys.exit('bad luck')", 1, "bad luck"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("def broken(:", 1, "SyntaxError: invalid syntax"),
        ("import os\nos._exit(7)", 7, ""),
    ],
)
def test_the_exit_status_is_the_programs(
    loopviz_process: Loopviz, tmp_path: Path, source: str, status: int, stderr: str
) -> None:
    (tmp_path / "x.py").write_text(source)
    outcome = loopviz_process("record", "x.py")
    assert outcome.status == status
    assert stderr in outcome.stderr
    assert "loopviz/commands" not in outcome.stderr
    assert "loopviz/__main__" not in outcome.stderr


def test_a_scenario_is_recorded_under_its_name(loopviz_process: Loopviz, tmp_path: Path) -> None:
    outcome = loopviz_process("record", "interleave", "--rounds", "2", "--delay", "0")
    assert outcome.stdout.split() == ["fun_a", "fun_b"] * 2 + ["[1,", "2]"]
    assert load(tmp_path / "interleave.loopviz").header["title"] == "interleave"


def test_a_scenarios_own_usage_answers_for_its_options(loopviz_process: Loopviz) -> None:
    outcome = loopviz_process("record", "interleave", "--rounds", "many")
    assert outcome.status == 2
    assert "invalid int value: 'many'" in outcome.stderr


def test_the_output_is_checked_before_the_program_runs(loopviz_process: Loopviz, spy: Path) -> None:
    outcome = loopviz_process("record", "-o", "spy.py", "spy.py")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "can't write spy.py" in outcome.stderr
    assert (spy / "spy.py").read_text() == SPY


def test_ctrl_c_is_the_programs_and_the_trace_is_kept(tmp_path: Path) -> None:
    source = "import asyncio\nasync def main():\n  print('up', flush=True)\n  await asyncio.sleep(60)\n"
    (tmp_path / "x.py").write_text(f"{source}asyncio.run(main())\n")
    command = [sys.executable, "-m", "loopviz", "record", "x.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert stderr.endswith("KeyboardInterrupt\n")
    assert "main" in coroutines(tmp_path / "x.loopviz")


@pytest.fixture
def long_trace(loopviz_process: Loopviz, tmp_path: Path) -> Path:
    (tmp_path / "x.py").write_text(
        "import asyncio\nasync def main():\n    for _ in range(5000): await asyncio.sleep(0)\nasyncio.run(main())\n"
    )
    assert loopviz_process("record", "x.py").status == 0
    return tmp_path / "x.loopviz"


def test_a_reader_that_goes_away_ends_the_command_quietly(long_trace: Path) -> None:
    command = [sys.executable, "-m", "loopviz", "export", str(long_trace), "--to", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == -signal.SIGPIPE


def test_ctrl_c_ends_a_command_quietly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, "-m", "loopviz", "export", str(tmp_path / "pipe"), "--to", "json"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        open(tmp_path / "pipe", "wb"),  # returns once the command has opened it, too, and reads
    ):
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert (stdout, stderr.strip()) == (b"", b"")


def test_the_version_is_the_packages(loopviz_process: Loopviz) -> None:
    assert loopviz_process("--version") == (0, f"loopviz {__version__}\n", "")


def test_completion_offers_the_scenarios(loopviz_process: Loopviz) -> None:
    environment = {"_LOOPVIZ_COMPLETE": "bash_complete", "COMP_WORDS": "loopviz run gath", "COMP_CWORD": "2"}
    offered = loopviz_process(environment=environment).stdout.split()
    assert {"plain,gather", "plain,gather_two"} <= set(offered)
    assert "plain,hello" not in offered


@pytest.mark.parametrize("command", ["run", "record", "open", "export", "stats", "list"])
def test_every_command_has_help_with_an_example(loopviz_process: Loopviz, command: str) -> None:
    outcome = loopviz_process(command, "--help")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith(f"Usage: loopviz {command} ")
    assert f"loopviz {command} " in outcome.stdout.partition("\n")[2]
    for line in outcome.stdout.splitlines():
        assert len(line) <= 80


def test_the_list_shows_every_scenario_and_what_it_lacks(loopviz: Loopviz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.EXTRA_MODULES, "http", "no_such_module")
    cards = catalogue.scenarios()
    outcome = loopviz("list")
    assert outcome.status == 0
    lines = outcome.stdout.splitlines()
    for card in cards:
        [line] = [line for line in lines if line.split()[:1] == [card.name]]
        assert card.title in line
        assert (card.missing or ")") in line or card.missing is None
    assert [line for line in lines if line and not line.startswith(" ")] == list(
        dict.fromkeys(str(card.section) for card in cards)
    )
    assert json.loads(loopviz("list", "--json").stdout)[0] == {
        "name": "interleave",
        "title": cards[0].title,
        "section": 1,
        "section_title": "First steps",
        "position": 1,
        "lesson": cards[0].lesson,
        "path": str(cards[0].path),
        "missing": None,
    }
