"""What the options of ``loopviz record`` and ``run`` change in what is recorded, from the command line to the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopviz.events import RecordKind
from loopviz.trace.files import load

from .conftest import Loopviz

CHILDREN = """
import asyncio, multiprocessing

def child():
    asyncio.run(asyncio.sleep(0))

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=child)
    process.start()
    process.join()
    asyncio.run(asyncio.sleep(0))
"""
BLOCKING = """
import asyncio, time

async def main():
    time.sleep(0.5)

asyncio.run(main())
"""


@pytest.mark.parametrize(("words", "traces"), [((), 1), (("--children",), 2)])
def test_child_processes_have_their_own_traces_if_asked_for(
    loopviz_process: Loopviz, tmp_path: Path, words: tuple[str, ...], traces: int
) -> None:
    (tmp_path / "app.py").write_text(CHILDREN)
    outcome = loopviz_process("record", *words, "-o", "app.loopviz", "app.py")
    assert outcome == (0, "", "")
    made = sorted(tmp_path.glob("app*.loopviz"))
    assert len(made) == traces
    assert all(load(path).tasks for path in made)


@pytest.mark.parametrize(("words", "looks"), [((), 3), (("--blocked-after", "0.4"), 1), (("--blocked-after=5",), 0)])
def test_the_stack_of_a_step_is_recorded_after_the_time_asked_for(
    loopviz_process: Loopviz, tmp_path: Path, words: tuple[str, ...], looks: int
) -> None:
    (tmp_path / "app.py").write_text(BLOCKING)
    assert loopviz_process("record", "--clock", "virtual", *words, "app.py").status == 0
    assert len(list(load(tmp_path / "app.loopviz").of_kind(RecordKind.BLOCKED))) == looks


def test_a_threshold_that_is_no_time_is_told_before_the_program_runs(loopviz_process: Loopviz, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('runs')")
    outcome = loopviz_process("record", "--blocked-after", "soon", "app.py")
    said = "loopviz: --blocked-after can't be 'soon'; it takes a number of seconds above zero, such as 0.25\n"
    assert outcome == (2, "", said)
    assert list(tmp_path.glob("*.loopviz")) == []


def test_children_on_the_screen_need_a_place_for_their_traces(tmp_path: Path) -> None:
    from loopviz.commands.launch_options import read
    from loopviz.commands.screen import ChildrenUnkept, launch

    with pytest.raises(ChildrenUnkept, match="say where they go"):
        launch(read(["--children", "gather"]), tmp_path)
    kept = str(tmp_path / "kept.loopviz")
    command = launch(read(["--children", "-o", kept, "gather"]), tmp_path).command(Path(kept))
    assert "--children" in command
