"""Each key of the timeline does what the help says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from building import Recording
from loopviz.timeline.rows import RowKind
from loopviz.tui.watch import Watch
from tui.driver import opened
from tui.runs import crowd


async def test_x_turns_to_the_step_axis_and_back(pair: Path) -> None:
    async with opened(pair) as at:
        assert "time axis, 15 µs/cell" in at.text
        await at.press("x")
        assert "step axis, 8 cells/step" in at.text
        await at.press("x")
        assert "time axis" in at.text


async def test_plus_zooms_in_and_minus_out_again(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus")
        assert "10 µs/cell" in at.text
        await at.press("plus")
        assert "5 µs/cell" in at.text
        await at.press("minus")
        assert "10 µs/cell" in at.text


async def test_zooming_out_stops_where_all_is_seen(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("minus", "minus", "minus")
        assert "15 µs/cell" in at.text


async def test_0_fits_the_whole_run_again(pair: Path) -> None:
    async with opened(pair) as at:
        before = at.view.viewport
        await at.press("plus", "plus", "right", "0")
        assert at.view.viewport == before


async def test_arrows_and_hl_pan_and_shift_pans_further(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus", "plus", "plus", "home")
        assert at.view.viewport.first_cell == 0
        await at.press("right")
        step = at.view.viewport.first_cell
        assert step > 0
        await at.press("l")
        assert at.view.viewport.first_cell == 2 * step
        await at.press("shift+right")
        assert at.view.viewport.first_cell == 10 * step
        await at.press("H", "left", "h")
        assert at.view.viewport.first_cell == 0


async def test_panning_leaves_follow_mode_and_f_returns_to_the_newest_end(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("plus", "plus", "home")
        assert not at.view.following
        await at.press("f")
        assert at.view.following
        assert at.view.viewport.right >= at.view.axis.extent


async def test_down_j_up_and_k_select_rows(pair: Path) -> None:
    async with opened(pair) as at:
        assert at.watch.selection.place.row == (RowKind.TASK, 1)
        await at.press("down", "j")
        assert at.watch.selection.place.row == (RowKind.TASK, 3)
        await at.press("up", "k", "k", "k")
        assert at.watch.selection.place.row == (RowKind.LOOP, 1)


async def test_where_another_order_took_the_selected_row_out_of_view_arrows_begin_at_those_in_view(
    keep: Callable[[Recording], Path],
) -> None:
    async with opened(keep(crowd(200))) as at:
        assert at.watch.selection.place.row == (RowKind.TASK, 1)
        await at.press("o", "down")
        assert (at.watch.selection.index, at.view.top) == (0, 0)
        await at.press("down")
        assert at.watch.selection.place.row == (RowKind.TASK, 2)


async def test_enter_opens_and_closes_the_lanes_of_a_task(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("down", "enter")
        assert "▾" in at.line_of("work(1)")
        assert "nap(0.001)" in at.text
        await at.press("down", "enter")
        assert "nap" not in at.text
        assert at.watch.selection.place.row == (RowKind.TASK, 2)


async def test_enter_on_a_task_without_calls_says_that_there_is_nothing_to_open(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("enter")
        assert "nothing to open" in at.text


async def test_brackets_walk_through_the_spans_of_a_task(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("down", "left_square_bracket")
        assert "running" in at.panel("span")
        await at.press("left_square_bracket", "left_square_bracket")
        assert "suspended on sleep(0.001)" in at.panel("span")
        await at.press("right_square_bracket")
        assert "ready" in at.panel("span")
        for _ in range(9):
            await at.press("left_square_bracket")
        assert "that was its first span" in at.text


async def test_w_jumps_to_the_waker_and_shift_w_back(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("w")
        assert at.watch.selection.place.row == (RowKind.TASK, 1)
        assert "it has ended: [ selects the span before" in at.text
        await at.press("left_square_bracket", "w")
        assert at.watch.selection.place.row == (RowKind.TASK, 3)
        await at.press("W")
        assert at.watch.selection.place.row == (RowKind.TASK, 1)
        await at.press("W")
        assert "no jump to go back from" in at.text


async def test_who_asks_about_a_span_is_shown_the_span_in_place_of_the_story_and_of_nothing_else(pair: Path) -> None:
    for keys in ("left_square_bracket", "w"):
        async with opened(pair) as at:
            await at.press("down", keys)
            assert at.shown_panels == ["span", "loop", "source"]
            await at.press("t")
            assert at.shown_panels == ["story", "loop", "source"]
        async with opened(pair, size=(80, 24)) as at:
            at.timeline.bring("source")
            await at.press("down", keys)
            assert at.shown_panels == ["source"]


async def test_slash_filters_rows_as_one_types_and_escape_shows_all(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("slash", *"work(2")
        assert "work(2)" in at.text
        assert "├ work(1)" not in at.text
        await at.press("enter", "x")
        assert "step axis" in at.text
        await at.press("slash", "escape")
        assert "work(1)" in at.text


async def test_a_filter_that_nothing_matches_says_so(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("slash", *"zzz")
        assert "No name holds “zzz”" in at.text
        await at.press("enter", "escape")
        assert "work(1)" in at.text


async def test_a_shows_only_what_has_not_finished(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("a")
        assert "├ work(1)" not in at.text
        await at.press("a")
        assert "work(1)" in at.text


async def test_o_lists_all_tasks_in_another_order_and_at_last_the_tree_again(pair: Path) -> None:
    async with opened(pair) as at:
        for order in ("by name", "by state", "by time on the loop"):
            await at.press("o")
            assert at.lines[-1].strip() == f"all tasks {order}"
            assert order in at.lines[0]
            assert "├" not in at.line_of("work(1)")
        await at.press("o")
        assert at.lines[-1].strip() == "each task below the one that created it"
        assert "by " not in at.lines[0]
        assert "├" in at.line_of("work(1)")


async def test_only_those_alive_are_those_of_the_moment_travelled_to(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("a")
        assert "only alive" in at.lines[0]
        assert [row.label for row in at.view.rows] == ["loop MainThread"]
        assert "No task is alive by now: a lists all" in at.lines[3]
        at.watch.travel.go_to(85_000)
        assert [row.label for row in at.view.rows] == ["loop MainThread", "main", "work(1)", "work(2)"]
        await at.press("escape")
        assert [row.label for row in at.view.rows] == ["loop MainThread"]
        await at.press("a")
        assert "only alive" not in at.lines[0]
        assert "alive" not in at.lines[3]
        assert len(at.view.rows) == 4


async def test_rows_by_time_on_the_loop_tell_that_time(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("o", "o", "o")
        assert "60 µs returned" in at.line_of("main")
        await at.press("o")
        assert "µs" not in at.line_of("main")[:40]


async def test_what_was_said_of_a_program_is_not_said_of_the_next(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("o")
        at.timeline.set_watch(Watch(at.watch.session))
        assert at.timeline.key_bar.message == ""


async def test_tab_turns_the_shared_places_of_the_panels(pair: Path) -> None:
    async with opened(pair) as at:
        assert at.shown_panels == ["story", "loop", "source"]
        await at.press("tab")
        assert at.shown_panels == ["story", "loop", "output"]
        await at.press("tab")
        assert at.shown_panels == ["span", "loop", "output"]
        await at.press("shift+tab", "shift+tab")
        assert at.shown_panels == ["story", "loop", "source"]


async def test_b_hides_the_panels_and_shows_them_again(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("b")
        assert at.shown_panels == []
        assert at.view.height == 33
        await at.press("tab")
        assert "b shows the panels" in at.text
        await at.press("b")
        await at.wait_for("─ Story · Span")


async def test_page_keys_move_by_a_screen_of_rows(keep: object, tmp_path: Path) -> None:
    from tui.runs import crowd

    path = tmp_path / "crowd.loopviz"
    path.write_bytes(crowd(100).file())
    async with opened(path) as at:
        height = at.view.height
        await at.press("pagedown")
        assert at.watch.selection.index == 1 + height - 1
        await at.press("pageup")
        assert at.watch.selection.index == 1
        assert "┃" in at.text


async def test_question_mark_shows_every_key_and_escape_closes_it(pair: Path) -> None:
    async with opened(pair, size=(120, 110)) as at:
        await at.press("question_mark")
        for words in ("zoom in at the cursor", "one event back", "suspend loopviz", "loop runs callbacks"):
            assert words in at.text
        await at.press("escape")
        assert "zoom in at the cursor" not in at.text


async def test_a_long_explanation_stands_below_its_beginning(pair: Path) -> None:
    async with opened(pair, size=(80, 120)) as at:
        await at.press("question_mark")
        row = at.row_of("select the row and the span under the pointer")
        assert at.lines[row + 1].index("selected row's name") == at.lines[row].index("select the row")


async def test_q_quits(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("q")
        assert at.app._exit
