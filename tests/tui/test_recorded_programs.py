"""From a program to the screen: what the recorder writes is what the rows, panels and keys tell of."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from loopviz.tui.session import Launch, Session
from tui.driver import driving

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are recorded on POSIX systems")


def launch(program: str, folder: Path, clock: str = "virtual") -> Launch:
    def command(trace: Path) -> list[str]:
        recorder = [sys.executable, "-m", "loopviz.recording", "--out", str(trace), "--clock", clock]
        return [*recorder, "--path", program]

    return Launch(Path(program).stem, command, lambda: folder / "out.loopviz", environment={"PYTHONPATH": str(ROOT)})


async def test_interleave_is_seen_alternating_with_its_output_by_task(tmp_path: Path) -> None:
    program = str(ROOT / "scenarios" / "interleave.py")
    async with driving(Session.live(launch(program, tmp_path))) as at:
        await at.wait_for("■ finished after")
        await at.press("x", "down")
        printed = [line.split() for line in at.panel("output").splitlines()[1:]]
        assert [line[-1] for line in printed[:-1]] == ["fun_a", "fun_b"] * 5
        assert all(line[0].startswith(line[-1]) for line in printed[:-1])
        rows = {name: at.line_of(f"{name}(5").split("│")[-1] for name in ("fun_a", "fun_b")}
        turns = sorted((column, name) for name, row in rows.items() for column in _steps(row))
        names = [name for _, name in turns]
        assert names == ["fun_a", "fun_b"] * (len(names) // 2)
        assert len(names) >= 10


def _steps(row: str) -> list[int]:
    """The columns in which a step begins."""
    return [at for at, cell in enumerate(row) if cell in "█▌" and row[at - 1 : at] not in ("█", "▌")]


async def test_a_live_program_is_followed_and_a_span_shows_its_line(tmp_path: Path) -> None:
    program = tmp_path / "sleeper.py"
    program.write_text(
        "import asyncio\nasync def main():\n    print('on')\n    await asyncio.sleep(60)\nasyncio.run(main())\n"
    )
    async with driving(Session.live(launch(str(program), tmp_path, clock="real"))) as at:
        await at.until(lambda: "sleeper.py:4" in at.panel("source"))
        assert "● live" in at.lines[0]
        assert "4 ▶     await asyncio.sleep(60)" in at.panel("source")
        first = at.lines[0]
        await at.until(lambda: at.lines[0] != first)
        assert at.view.following
        await at.until(lambda: "main ─ sleep(60)" in at.panel("loop"))
