"""``loopviz run``: in a terminal of its own, and what it offers to the screen."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopviz import catalogue
from loopviz.commands import launch_options, screen
from loopviz.errors import LoopvizError, OutputUnwritable
from loopviz.exporters import EXPORTERS
from loopviz.trace.files import load
from loopviz.tui.app import LoopvizApp
from loopviz.tui.session import Session

SOURCE = "import asyncio, sys\nasync def main():\n    await asyncio.sleep(0)\n    sys.exit(3)\nasyncio.run(main())\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text(SOURCE)
    return tmp_path


class Terminal:
    """A pseudo-terminal with the command line in it, of 100 columns and 30 lines."""

    def __init__(self, *words: str, home: Path) -> None:
        import fcntl
        import struct
        import termios

        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "TMPDIR": str(home)}
        command = [sys.executable, "-m", "loopviz", *words]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=home, env=environment, start_new_session=True
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Read until ``text`` is on the screen."""
        until = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < until:
            self._read(0.1)
        assert text in self.shown

    def end(self, keys: str) -> int:
        """Press keys until it ends; gives the exit status."""
        os.write(self.master, keys.encode())
        while self.process.poll() is None:
            self._read(0.05)
        os.close(self.master)
        return self.process.returncode

    def _read(self, seconds: float) -> None:
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                time.sleep(seconds)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_the_exit_status_is_that_of_a_program_that_ended_and_its_trace_is_kept_if_asked_for(here: Path) -> None:
    terminal = Terminal("run", "-o", "kept.loopviz", "x.py", home=here)
    terminal.wait_for("exit status 3")
    assert terminal.end("q") == 3
    assert load(here / "kept.loopviz").header["title"] == "x.py"
    assert {path.name for path in here.iterdir()} == {"x.py", "kept.loopviz", "kept.loopviz.log"}


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_program_left_running_is_ended_and_says_nothing_of_the_exit_status(here: Path) -> None:
    (here / "x.py").write_text("import asyncio\nprint('I am up')\nasyncio.run(asyncio.sleep(600))\n")
    terminal = Terminal("run", "x.py", home=here)
    terminal.wait_for("live")
    assert terminal.end("q") == 0
    assert [path.name for path in here.iterdir()] == ["x.py"]


def launched(home: Path, words: str) -> Session:
    session = Session.live(screen.launch(launch_options.read(words.split()), home))
    assert session.child is not None
    while session.child.is_running:
        time.sleep(0.02)
    while session.poll():
        pass
    return session


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("gather --items x", 2, "gather.py: error: argument --items: invalid int value: 'x'"),
        ("gather --help", 0, "--spread SPREAD"),
        ("broken.py", 1, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("asks.py", 1, "loopviz: it asks for input, which is empty here; 'loopviz record' lets it ask"),
    ],
)
def test_a_program_that_ends_before_its_loop_opens_no_screen(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: str, status: int, told: str
) -> None:
    (here / "broken.py").write_text("import no_such_module\n")
    (here / "asks.py").write_text("import asyncio\nasyncio.run(asyncio.sleep(float(input())))\n")
    monkeypatch.setattr(screen, "_PATIENCE_S", 60)
    monkeypatch.setattr(LoopvizApp, "run", lambda app: pytest.fail("a screen has opened"))
    read = launch_options.read(words.split())
    assert screen.show(lambda folder: Session.live(screen.launch(read, folder))) == status
    assert told in capfd.readouterr().err


def test_a_launch_records_the_program_each_time_to_a_file_of_its_own(here: Path) -> None:
    launch = screen.launch(launch_options.read(["-o", "kept.loopviz", "x.py", "-o", "theirs"]), here)
    assert launch.title == "x.py"
    paths = [launch.new_trace_path() for _ in range(2)]
    assert paths == [Path("kept.loopviz"), Path("kept-2.loopviz")]
    command = launch.command(paths[1])
    assert "--out=kept-2.loopviz" in command
    assert command[-3:] == ["--", "-o", "theirs"]


def test_launches_that_nobody_keeps_do_not_share_a_file(here: Path) -> None:
    words = launch_options.read(["x.py"])
    first, second = (screen.launch(words, here).new_trace_path() for _ in range(2))
    assert first != second
    assert first.name == second.name == "x.loopviz"


def test_a_launched_program_is_recorded_under_its_name(here: Path) -> None:
    with launched(here, "interleave --rounds 1 --delay 0") as session:
        assert session.exit_status == 0
        assert session.trace.header["title"] == session.title == "interleave"
    with launched(here, "x.py") as session:
        assert session.exit_status == 3


def test_an_output_that_cant_be_written_is_told_before_the_program_runs(here: Path) -> None:
    with pytest.raises(OutputUnwritable):
        screen.launch(launch_options.read(["-o", "x.py", "x.py"]), here)


def test_the_screen_is_offered_every_scenario_with_what_it_lacks(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.EXTRA_MODULES, "http", "no_such_module")
    cards = screen.offer(here).cards()
    assert [card.name for card in cards] == [card.name for card in catalogue.scenarios()]
    by_name = {card.name: card for card in cards}
    assert by_name["gather"].section == "2. Ten items, each way"
    assert by_name["gather"].unavailable == ""
    assert by_name["fetch"].unavailable == "needs the extra 'http': pip install 'loopviz[http]'"


def test_words_typed_in_the_screen_mean_what_they_mean_on_the_command_line(here: Path) -> None:
    offer = screen.offer(here)
    assert offer.launch(["--clock", "4x", "x.py"]).title == "x.py"
    for words in (["no-such-thing"], ["--bogus", "x.py"], ["--clock", "fast", "x.py"], []):
        with pytest.raises(LoopvizError):
            offer.launch(words)


def test_the_screen_is_offered_every_format_and_each_writes_its_file(here: Path) -> None:
    with launched(here, "x.py") as session:
        formats = screen.offer(here).formats()
        assert [one.name for one in formats] == list(EXPORTERS)
        for one in formats:
            one.write(session.trace, here / f"out{one.suffix}", "time")
            assert (here / f"out{one.suffix}").stat().st_size > 0
            with pytest.raises(OutputUnwritable):
                one.write(session.trace, here / "nowhere" / "out", "time")
    assert {one.name for one in formats if one.has_axis} == {"svg", "text"}
