"""What is on show: recorded traces, growing ones, programs that run, end, crash, or never start."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from building import Recording, header_bytes
from loopviz.errors import TraceUnreadable
from loopviz.events import WarningKind
from loopviz.tui import endings
from loopviz.tui.app import LoopvizApp
from loopviz.tui.child import Child, ProgramUnstartable
from loopviz.tui.session import Launch, Phase, Session
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.title_line import TitleLine
from tui.driver import driving, opened
from tui.runs import pair as pair_run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are recorded on POSIX systems")


def python(source: str, folder: Path) -> Launch:
    """A launch that runs Python source, which finds the trace's path as its argument."""
    starts = iter(range(1_000))
    return Launch(
        "program", lambda trace: [sys.executable, "-c", source, str(trace)], lambda: folder / f"{next(starts)}.loopviz"
    )


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def polled(session: Session, phase: Phase) -> None:
    until(lambda: session.poll() or session.phase is phase)
    until(lambda: session.poll() or session.phase is phase)


# Recorded traces


def test_a_file_that_is_no_trace_is_refused_before_a_screen_opens(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no trace at all")
    with pytest.raises(TraceUnreadable):
        Session.opened(tmp_path / "x")
    with pytest.raises(TraceUnreadable):
        Session.opened(tmp_path / "missing")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(TraceUnreadable, match="ends before a trace begins"):
        Session.opened(tmp_path / "empty")


def test_a_trace_that_is_still_being_written_is_read_on(tmp_path: Path) -> None:
    data = pair_run().file()
    path = tmp_path / "growing.loopviz"
    path.write_bytes(data[:-300])
    with Session.opened(path) as session:
        until(lambda: not session.poll())
        records = len(session.trace.records)
        with path.open("ab") as file:
            file.write(data[-300:])
        until(session.poll)
        assert len(session.trace.records) > records


async def test_a_cut_off_file_says_so_in_the_title(tmp_path: Path) -> None:
    path = tmp_path / "cut.loopviz"
    path.write_bytes(pair_run().file() + b"\x01\x02\x03")
    async with opened(path) as at:
        await at.wait_for("cut off")


async def test_lost_records_are_told_in_the_title(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(pair_run().lost(7, "the size was bounded"))) as at:
        assert "7 records lost: the size was bounded" in at.lines[0]


async def test_loops_that_could_not_be_recorded_are_told_in_the_title(keep: Callable[[Recording], Path]) -> None:
    made = pair_run()
    made.warned("Loop can't be recorded", 5, WarningKind.NOT_INSTRUMENTED)
    async with opened(keep(made)) as at:
        assert "Loop can't be recorded" in at.lines[0]


async def test_a_trace_without_a_loop_says_that_none_ran(tmp_path: Path) -> None:
    path = tmp_path / "empty.loopviz"
    path.write_bytes(header_bytes({"origin_ns": 0, "clock": "virtual"}))
    async with opened(path) as at:
        await at.wait_for("This program ran no event loop")


async def test_a_trace_without_kept_source_says_so(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 10)
    made.step(1, 20, 30, site=made.chain(("work", "gone.py", 7)))
    async with opened(keep(made)) as at:
        assert "The recording kept no source of" in at.panel("source")
        assert "gone.py:7" in at.panel("source")


# Programs


def test_a_program_that_never_records_waits_and_then_is_finished(tmp_path: Path) -> None:
    with Session.live(python("import time; time.sleep(0.2)", tmp_path)) as session:
        assert session.phase is Phase.WAITING
        polled(session, Phase.FINISHED)
        assert session.exit_status == 0


def test_what_a_program_prints_goes_to_its_log_and_nowhere_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = "import os, sys; print('out'); print('err', file=sys.stderr); os.system('echo child'); sys.exit(3)"
    with Session.live(python(source, tmp_path)) as session:
        polled(session, Phase.FINISHED)
        assert session.child is not None
        assert sorted(session.child.tail(10)) == ["child", "err", "out"]
        assert session.exit_status == 3
    assert capfd.readouterr() == ("", "")


def test_a_program_reads_an_empty_input_and_has_no_terminal(tmp_path: Path) -> None:
    source = "import sys; print(repr(sys.stdin.read()))\ntry: open('/dev/tty')\nexcept OSError: print('no tty')"
    with Session.live(python(source, tmp_path)) as session:
        polled(session, Phase.FINISHED)
        assert session.child is not None
        assert session.child.tail(10) == ["''", "no tty"]


def test_closing_a_session_ends_a_program_that_ignores_sigterm_and_its_children(tmp_path: Path) -> None:
    source = (
        "import signal, subprocess, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time\\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\nprint(1, flush=True)\\ntime.sleep(60)'])\n"
        "print(child.pid, flush=True)\ntime.sleep(60)"
    )
    session = Session.live(python(source, tmp_path))
    assert session.child is not None
    until(lambda: len(session.child.tail(5)) == 2 if session.child else False)
    grandchild = next(int(line) for line in session.child.tail(5) if int(line) > 1)
    session.close()
    assert not session.child.is_running
    assert session.exit_status is None
    until(lambda: not _runs(grandchild))


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def test_a_program_killed_by_a_signal_has_its_number_as_exit_status(tmp_path: Path) -> None:
    with Session.live(python("import os; os.kill(os.getpid(), 9)", tmp_path)) as session:
        polled(session, Phase.FINISHED)
        assert session.exit_status == -9


def test_a_program_that_cant_be_started_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProgramUnstartable, match="can't start /no/such/python"):
        Child(["/no/such/python"], tmp_path / "log", None, {})
    with pytest.raises(ProgramUnstartable):
        Child([sys.executable], tmp_path / "no" / "log", None, {})


def test_ctrl_c_reaches_the_program(tmp_path: Path) -> None:
    source = (
        "import time\ntry:\n    print(1, flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    raise SystemExit(7)"
    )
    with Session.live(python(source, tmp_path)) as session:
        assert session.child is not None
        until(lambda: session.child is not None and session.child.tail(1))
        session.child.interrupt()
        polled(session, Phase.FINISHED)
        assert session.exit_status == 7


def test_now_moves_on_while_a_program_runs_on_the_real_clock_and_records_nothing(tmp_path: Path) -> None:
    made = Recording(origin_ns=time.monotonic_ns(), clock="real", speed=2.0).loop_defined().loop_started(0)
    made.created(1, 10).idle(20, 30)
    with Session.live(_writes(made, tmp_path)) as session:
        polled(session, Phase.LIVE)
        until(lambda: not session.poll())
        at_ns, first_ns = time.monotonic_ns(), session.now_ns  # in this order: the time between counts as passed
        assert first_ns > session.trace.end_ns
        time.sleep(0.05)
        moved_ns, passed_ns = session.now_ns - first_ns, time.monotonic_ns() - at_ns
        assert 2 * 50_000_000 <= moved_ns <= 2 * passed_ns


def test_under_the_virtual_clock_now_is_the_last_event(tmp_path: Path) -> None:
    made = Recording(origin_ns=0, clock="virtual", speed=1.0).loop_defined().loop_started(0).created(1, 10)
    with Session.live(_writes(made, tmp_path)) as session:
        polled(session, Phase.LIVE)
        until(lambda: not session.poll())
        assert session.now_ns == session.trace.end_ns == 10


async def test_a_loop_that_sleeps_becomes_less_busy_though_nothing_is_recorded(tmp_path: Path) -> None:
    origin_ns = time.monotonic_ns() - 100_000_000_000
    made = Recording(origin_ns=origin_ns, clock="real", speed=1.0).loop_defined().loop_started(0)
    made.created(1, 10).step(1, 20, 50_000_000)
    async with driving(Session.live(_writes(made, tmp_path))) as at:
        await at.wait_for("loop <0.1 % busy")


def _writes(made: Recording, folder: Path) -> Launch:
    """A program that writes a trace, all at once, and then stays."""
    (folder / "made").write_bytes(made.file())
    return python(f"import os, sys, time; os.link({str(folder / 'made')!r}, sys.argv[1]); time.sleep(60)", folder)


async def test_a_crash_at_once_shows_the_end_of_stderr(tmp_path: Path) -> None:
    source = "raise ValueError('[bold]no[/] \\x1b[31m')"
    async with driving(Session.live(python(source, tmp_path))) as at:
        await at.wait_for("The program ended before an event loop ran: exit status 1")
        assert "ValueError: [bold]no[/] ␛[31m" in at.text
        assert "■ exit status 1" in at.lines[0]
        assert "after" not in at.lines[0]


async def test_a_program_without_a_loop_is_told_so(tmp_path: Path) -> None:
    async with driving(Session.live(python("print(1)", tmp_path))) as at:
        await at.wait_for("This program ran no event loop")


async def test_while_the_program_starts_the_screen_says_what_it_waits_for(tmp_path: Path) -> None:
    async with driving(Session.live(python("import time; time.sleep(60)", tmp_path))) as at:
        assert "Waiting for the program to start" in at.text
        assert "○ waiting" in at.lines[0]


async def test_a_foreign_file_in_the_traces_place_is_told_and_not_a_crash(tmp_path: Path) -> None:
    source = "import sys, time; open(sys.argv[1], 'w').write('not a trace at all'); time.sleep(60)"
    async with driving(Session.live(python(source, tmp_path))) as at:
        await at.wait_for("this is not a loopviz trace")


async def test_leaving_the_app_ends_the_program(tmp_path: Path) -> None:
    session = Session.live(python("import time; time.sleep(60)", tmp_path))
    async with driving(session) as at:
        await at.press("q")
    assert session.child is not None
    assert not session.child.is_running


async def test_sigterm_ends_the_app_and_the_program(tmp_path: Path) -> None:
    session = Session.live(python("import time; time.sleep(60)", tmp_path))
    async with driving(session) as at:
        os.kill(os.getpid(), signal.SIGTERM)
        await at.until(lambda: at.app._exit)
    assert session.child is not None
    assert not session.child.is_running


def test_what_a_busy_program_has_not_written_yet_is_not_taken_for_known(tmp_path: Path) -> None:
    made = Recording(origin_ns=time.monotonic_ns(), clock="real", speed=1.0).loop_defined().loop_started(0)
    made.created(1, 10).step(1, 20, 60_000_000_000)
    with Session.live(_writes(made, tmp_path)) as session:
        polled(session, Phase.LIVE)
        until(lambda: not session.poll())
        assert session.known_ns == session.trace.end_ns


def test_a_screen_that_does_not_keep_up_shows_what_was_read_last_as_now_and_says_how_far_it_is_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin_ns = time.monotonic_ns() - 100_000_000_000
    made = Recording(origin_ns=origin_ns, clock="real", speed=1.0).loop_defined().loop_started(0).created(1, 10)
    for step in range(1, 4_000):
        made.step(1, step * 1_000, step * 1_000 + 10)
    title = TitleLine(LoopvizApp().palette)
    with Session.live(_writes(made, tmp_path)) as session:
        # A part of the file at a time, and never all that there is.
        monkeypatch.setattr("loopviz.tui.session._KEEPING_UP_S", -1)
        until(lambda: session.poll() and session.trace.step_records)
        title.show(Watch(session))
        assert session.now_ns == session.trace.end_ns < 4_000_000
        assert session.behind_ns > 99_000_000_000
        assert " s behind the program" in title._line.text
        monkeypatch.setattr("loopviz.tui.session._KEEPING_UP_S", 60)
        session.poll()
        title.show(Watch(session))
        assert session.behind_ns == 0
        assert session.now_ns > 99_000_000_000
        assert "behind" not in title._line.text


def test_a_terminal_that_is_gone_is_neither_written_to_nor_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    driver = SimpleNamespace(write=done.append, close=lambda: done.append("closed"))
    app: Any = SimpleNamespace(_driver=driver, is_headless=False, exit=lambda: done.append("left"))
    monkeypatch.setattr(os, "isatty", lambda descriptor: True)
    endings.leave(app)
    driver.write("goodbye")
    driver.close()
    assert done == ["left", "goodbye", "closed"]
    monkeypatch.setattr(os, "isatty", lambda descriptor: False)
    endings.leave(app)
    driver.write("goodbye")
    driver.close()
    assert done == ["left", "goodbye", "closed", "left"]


def test_an_app_whose_terminal_went_away_ends_with_its_program(tmp_path: Path) -> None:
    import pty
    import subprocess

    source = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    code = (
        "import sys\nfrom pathlib import Path\nfrom loopviz.tui.app import LoopvizApp\n"
        "from loopviz.tui.session import Launch, Session\n"
        f"launch = Launch('x', lambda trace: [sys.executable, '-c', {source!r}], lambda: Path('x.loopviz'))\n"
        "LoopvizApp(Session.live(launch)).run()\n"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm-256color"}
    app = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        os.close(ours)
        app.wait(timeout=60)
        until(lambda: not _runs(int((tmp_path / "pid").read_text())))
    finally:
        app.kill()
        app.wait()
