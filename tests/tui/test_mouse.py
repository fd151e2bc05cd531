"""The timeline under the mouse."""

from __future__ import annotations

from pathlib import Path

from textual import events

from loopviz.timeline.rows import RowKind
from tui.driver import Driver, opened
from tui.runs import crowd


async def wheel(at: Driver, kind: type[events.MouseEvent], x: int, y: int, ctrl: bool = False) -> None:
    gantt = at.timeline.gantt
    gantt.post_message(kind(gantt, x, y, 0, 0, 0, False, False, ctrl, x, y))
    await at.settle()


async def test_a_click_on_a_cell_selects_the_row_and_the_span(pair: Path) -> None:
    async with opened(pair) as at:
        left = at.timeline.gantt.columns.left
        await at.click((left + 30, 3), at.timeline.gantt)
        assert at.watch.selection.place.row == (RowKind.TASK, 2)
        assert "suspended on sleep(0.001)" in at.panel("span")
        await at.wait_for("chosen, esc lets it go")


async def test_a_second_click_on_a_name_opens_its_lanes(pair: Path) -> None:
    async with opened(pair) as at:
        await at.click((5, 3), at.timeline.gantt)
        assert "nap" not in at.text
        await at.click((5, 3), at.timeline.gantt)
        assert "nap(0.001)" in at.text


async def test_a_drag_moves_the_timeline_and_selects_nothing(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus", "plus", "home")
        selected = at.watch.selection.place
        await at.drag(at.timeline.gantt, (100, 4), (90, 4))
        assert at.view.viewport.first_cell == 10
        assert at.watch.selection.place == selected


async def test_the_wheel_scrolls_rows(tmp_path: Path) -> None:
    path = tmp_path / "crowd.loopviz"
    path.write_bytes(crowd(100).file())
    async with opened(path) as at:
        await wheel(at, events.MouseScrollDown, 80, 5)
        assert at.view.top == 3
        await wheel(at, events.MouseScrollUp, 80, 5)
        assert at.view.top == 0


async def test_the_wheel_with_ctrl_zooms_at_the_pointer(pair: Path) -> None:
    async with opened(pair) as at:
        column = 20
        before = at.view.time_of(column)
        await wheel(at, events.MouseScrollUp, at.timeline.gantt.columns.left + column, 4, ctrl=True)
        assert "10 µs/cell" in at.text
        assert abs(at.view.time_of(column) - before) <= 10_000


async def test_the_wheel_on_the_axis_line_zooms(pair: Path) -> None:
    async with opened(pair) as at:
        await wheel(at, events.MouseScrollUp, 80, 0)
        assert "10 µs/cell" in at.text


async def test_the_wheel_moves_in_time_where_all_rows_are_in_view(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus", "plus", "home")
        await wheel(at, events.MouseScrollDown, 80, 4)
        assert at.view.viewport.first_cell == 6


async def test_hover_tells_the_span(pair: Path) -> None:
    async with opened(pair) as at:
        await at.hover(at.timeline.gantt, (at.timeline.gantt.columns.left + 30, 3))
        assert str(at.timeline.gantt.tooltip) == "work(1)  sleep(0.001), 992 µs\nfrom 0.000 090 s"


async def test_a_click_on_a_panels_name_turns_to_it(pair: Path) -> None:
    async with opened(pair, size=(80, 24)) as at:
        column = at.line_of("─ Story").index("Output") + 1
        await at.click((column, 0), at.timeline.panes["story"])
        await at.wait_for("[1, 2]")
        assert at.timeline.panes["output"].display


async def test_a_click_on_the_key_bar_presses_the_key(pair: Path) -> None:
    async with opened(pair) as at:
        await at.click((at.lines[-1].index("x axis"), 0), at.timeline.key_bar)
        assert "step axis" in at.text
