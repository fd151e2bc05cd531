"""The whole screen shows the moment travelled to."""

from __future__ import annotations

from pathlib import Path

from tui.driver import Driver, opened
from tui.runs import MS, US


async def test_a_full_stop_begins_at_the_first_event_and_a_comma_at_the_last(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("full_stop")
        assert at.watch.travel.moment_ns == 0
        await at.press("escape", "comma")
        assert at.watch.travel.moment_ns == 1_200 * US


async def test_a_moment_near_an_end_of_the_run_moves_nothing_where_that_end_is_in_view(pair: Path) -> None:
    async with opened(pair) as at:
        fitted = at.view.viewport
        for moment in range(0, 1_200 * US, 25 * US):
            at.watch.travel.go_to(moment)
            assert at.view.viewport == fitted
        # The end lies on the right edge of the last cell: it is in the next one.
        at.watch.travel.go_to(1_200 * US)
        assert at.view.viewport == fitted.pan(1)


async def test_a_moment_out_of_view_is_brought_in_and_no_room_is_left_beyond_the_ends(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus", "plus", "home")
        view = at.view
        cells = view.viewport.cells_to(view.axis.extent)
        for moment in (1_200 * US, 600 * US, 1_000 * US, 0, 590 * US, 30 * US, 1_190 * US):
            at.watch.travel.go_to(moment)
            assert 0 <= view.column_of(moment) < view.columns
            assert 0 <= view.viewport.first_cell <= cells + 1 - view.columns
            around = range(view.column_of(moment) - 3, view.column_of(moment) + 4)
            seen = [column for column in around if 0 <= view.viewport.first_cell + column <= cells - 1]
            assert all(0 <= column < view.columns for column in seen)


async def test_each_step_shows_rows_panels_and_output_of_that_moment(pair: Path) -> None:
    async with opened(pair) as at:
        for _ in range(4):
            await at.press("full_stop")
        assert at.watch.travel.moment_ns == 25 * US
        assert "❚❚ 0.000 025 s" in at.lines[0]
        assert "█ running" in at.line_of("main")
        assert at.lines[4].split("│")[0].split() == ["▸", "├", "work(1)"]
        assert at.panel("output").splitlines()[1].endswith("start")
        assert "running" in at.panel("loop").splitlines()[1]
        await at.press("full_stop", "full_stop")
        assert at.panel("loop").splitlines()[2].split() == ["ready", "2", "1", "work(1)", "10", "µs"]


async def test_the_ready_queue_stands_in_the_order_in_which_it_will_run(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.travel.go_to(65 * US)
        ready = [line for line in at.panel("loop").splitlines() if "work" in line]
        assert [line.split()[-2:] for line in ready[:2]] == [["35", "µs"], ["25", "µs"]]


async def test_timers_tell_how_long_is_left(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.travel.go_to(575 * US)
        assert "in 500 µs" in at.panel("loop")
        assert "main ─ gather of 2" in at.panel("loop")
        assert "idle" in at.panel("loop")


async def test_the_moments_column_is_marked_and_what_comes_after_it_is_faint(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.travel.go_to(500 * US)
        at.timeline.show_now()
        await at.settle()
        assert "▼" in at.lines[1]
        column = at.lines[1].index("▼")
        faint = at.timeline.gantt.palette.faint.color
        colors = {color_at(at, column + offset, at.row_of("main")) for offset in (1, 5, 9)}
        assert colors == {faint}
        assert color_at(at, column - 3, at.row_of("main")) != faint


def color_at(at: Driver, column: int, line: int) -> object:
    style = at.app.screen.get_style_at(column, line)
    return style.color


async def test_space_holds_the_moment_and_lets_it_go(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("space")
        assert "❚❚" in at.lines[0]
        await at.press("space")
        assert "❚❚" not in at.lines[0]


async def test_play_moves_the_moment_until_the_end_and_its_speed_can_be_chosen(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press(*["less_than_sign"] * 7)
        assert "play at 0.0001x" in at.text
        await at.press("p")
        assert at.watch.travel.playing
        assert "▶ 0.0001x" in at.lines[0]
        at.watch.travel.go_to(0)
        at.watch.travel.advance(5)
        assert 500 * US <= (at.watch.travel.moment_ns or 0) < MS
        at.watch.travel.advance(10)
        assert at.watch.travel.moment_ns == 1_200 * US
        assert not at.watch.travel.playing


async def test_play_on_the_step_axis_goes_by_steps(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("x", "p")
        at.watch.travel.go_to(0)
        at.watch.travel.advance(1.1)
        assert 2 <= at.view.axis.position(at.watch.travel.moment_ns or 0) < 3


async def test_p_stops_what_plays(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press(*["less_than_sign"] * 7, "p", "p")
        assert not at.watch.travel.playing
        assert at.watch.travel.moment_ns is not None


async def test_follow_leaves_the_moment(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("comma", "f")
        assert at.watch.travel.moment_ns is None


async def test_after_the_last_event_there_is_no_other(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("comma", "full_stop")
        assert "that was the last event" in at.text


async def test_a_press_on_the_axis_line_travels_there(pair: Path) -> None:
    async with opened(pair) as at:
        left = at.timeline.gantt.columns.left
        await at.drag(at.timeline.gantt, (left + 10, 0), (left + 10, 0))
        assert at.watch.moment_column == 10
