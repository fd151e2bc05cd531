"""Keys that run programs: rerun, the picker, the loop methods; and the export."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from loopviz.errors import OutputUnwritable
from loopviz.timeline.rows import RowKind
from loopviz.trace.trace import Trace
from loopviz.tui.session import ExportFormat, Session
from tui.driver import Driver, driving, opened
from tui.workshop import Workshop

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are recorded on POSIX systems")


async def test_r_runs_the_program_again_with_a_trace_of_its_own_and_keeps_the_view(workshop: Workshop) -> None:
    async with driving(Session.live(workshop.launch(["gather"])), offer=workshop.offer()) as at:
        await at.wait_for("work(2)")
        await at.press("x", "down", "down")
        first = at.app.session
        assert first is not None
        await at.press("r")
        await at.until(lambda: at.watch.session is not first and at.view.rows)
        await at.wait_for("work(2)")
        assert first.child is not None
        assert not first.child.is_running
        assert at.app.session is at.watch.session is not first
        assert workshop.traces == 2
        assert "step axis" in at.text
        assert at.watch.selection.place.row == (RowKind.TASK, 3)


async def test_r_on_an_opened_trace_says_that_there_is_no_program(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("r")
        assert "no program to run again" in at.text


async def test_digits_run_the_ways_to_do_ten_things(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("2")
        await at.wait_for("● live")
        assert workshop.started == [["gather"]]
        await at.press("9")
        assert "there are 2 ways to choose from" in at.text


async def test_ctrl_c_is_the_programs_while_it_runs_and_quits_after_it(workshop: Workshop) -> None:
    async with driving(Session.live(workshop.launch(["gather"])), offer=workshop.offer()) as at:
        await at.wait_for("work(2)")
        await at.press("ctrl+c")
        assert "sent Ctrl+C to the program" in at.text
        await at.wait_for("■ ")
        await at.press("ctrl+c")
        assert at.app._exit


# Export


def writer(name: str, has_axis: bool = True, error: Exception | None = None) -> ExportFormat:
    def write(trace: Trace, path: Path, axis: str) -> None:
        if error is not None:
            raise error
        path.write_text(f"{name} {axis} {len(trace.tasks)}")

    return ExportFormat(name, f"a file of {name}", f".{name}", has_axis, write)


def path_of(at: Driver) -> str:
    return at.app.screen.query_one("#path", Input).value


async def test_e_writes_the_timeline_on_the_axis_on_show_and_tells_where(pair: Path, workshop: Workshop) -> None:
    offer = workshop.offer([writer("svg"), writer("json", has_axis=False)])
    async with opened(pair, offer=offer) as at:
        await at.press("x")
        await at.press("e", "enter")
        await at.wait_for("wrote ")
        assert "run.svg, 11 bytes" in at.text
        assert (workshop.folder / "run.svg").read_text() == "svg steps 3"


async def test_another_format_changes_the_suffix_and_what_knows_no_axis_asks_for_none(
    pair: Path, workshop: Workshop
) -> None:
    offer = workshop.offer([writer("svg"), writer("json", has_axis=False)])
    async with opened(pair, offer=offer) as at:
        await at.press("e")
        assert path_of(at) == "run.svg"
        await at.press("up", "up", "right")
        assert path_of(at) == "run.json"
        assert "[time]" not in at.text
        await at.press("enter")
        await at.wait_for("wrote ")
        assert (workshop.folder / "run.json").read_text() == "json time 3"


async def test_a_file_that_exists_is_replaced_only_when_asked_twice(pair: Path, workshop: Workshop) -> None:
    target = workshop.folder / "run.svg"
    target.write_text("precious")
    async with opened(pair, offer=workshop.offer([writer("svg")])) as at:
        await at.press("e", "enter")
        assert "exists: enter again replaces it" in at.text
        assert target.read_text() == "precious"
        await at.press("enter")
        await at.wait_for("wrote ")
        assert target.read_text() == "svg time 3"


@pytest.mark.parametrize("error", [OutputUnwritable("x", "no space left"), OSError("no space left")])
async def test_what_cant_be_written_is_a_line_in_the_dialog(pair: Path, workshop: Workshop, error: Exception) -> None:
    async with opened(pair, offer=workshop.offer([writer("svg", error=error)])) as at:
        await at.press("e", "enter")
        await at.wait_for("no space left")
        assert not at.timeline.holding
        await at.press("escape")
        assert "work(1)" in at.text


async def test_without_formats_e_says_that_there_are_none(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("e")
        assert "no format to export to" in at.text
