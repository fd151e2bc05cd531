"""The compare screen: what each key does, and what it looks like at three sizes.

Snapshots as in ``test_sizes``: ``LOOPVIZ_REWRITE_SNAPSHOTS=1 pytest tests/tui/test_compare.py`` writes them anew.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.events import MouseScrollDown

from building import Recording
from comparing import MS, at_once, in_a_row
from loopviz.timeline.rows import RowKind
from loopviz.tui.compare_keys import COMPARE_BAR, COMPARE_KEYS
from loopviz.tui.keys import bindings
from loopviz.tui.screens.compare import CompareScreen
from loopviz.tui.session import ExportFormat, Launch, Offer
from tui.contests import MadeUp, comparing, until_shown
from tui.driver import opened
from tui.test_sizes import SIZES, assert_looks_as_before

ENDS = (10 * MS, 8 * MS, 6 * MS, 4 * MS)


@pytest.fixture
def contest(tmp_path: Path) -> MadeUp:
    """Four programs: a row, two stacks whose results are used in different orders, one that is missing."""
    recordings: dict[str, Recording | None] = {
        "sequential": in_a_row(4, 7 * MS),
        "as_completed": at_once(ENDS),
        "task_list": at_once(ENDS, in_order=True),
        "nosuch": None,
    }
    return MadeUp(tmp_path, recordings, ["--items", "4"]).end()


@pytest.mark.parametrize("size", SIZES)
async def test_a_comparison_looks_as_before(contest: MadeUp, size: str) -> None:
    async with comparing(contest, SIZES[size]) as at:
        assert_looks_as_before(at, f"compare_{size}")


@pytest.mark.parametrize("size", SIZES)
async def test_an_open_band_on_the_step_axis_looks_as_before(contest: MadeUp, size: str) -> None:
    async with comparing(contest, SIZES[size]) as at:
        await at.press("o", "x", "j")
        if size == "large":
            await at.press("o", "space")
        assert_looks_as_before(at, f"compare_open_{size}")


@pytest.mark.parametrize(("width", "height"), [(40, 10), (20, 6), (81, 3), (200, 12)])
async def test_the_screen_survives_any_size(contest: MadeUp, width: int, height: int) -> None:
    async with comparing(contest, (width, height)) as at:
        await at.press("o", "x", "t", "j", "pagedown", "pageup")
        assert len(at.lines) == height
        assert "loopviz" in at.lines[0]


async def test_bands_come_as_their_programs_end(tmp_path: Path) -> None:
    contest = MadeUp(tmp_path, {"row": in_a_row(), "once": at_once()})
    async with comparing(contest) as at:
        assert "recording, 0 of 2 done" in at.lines[0]
        assert "⠿" not in at.text
        # There is no scale where nothing is known yet.
        assert at.lines[1].strip(" │") == "time"
        contest.end(1)
        await until_shown(at)
        assert "recording, 1 of 2 done" in at.lines[0]
        assert "/cell" in at.lines[1]
        assert "30 ms" in at.line_of("▸ row") + at.lines[at.row_of("▸ row") + 1]
        contest.end(1)
        await until_shown(at)
        assert "10 ms · 3x" in at.text
        assert "done" not in at.lines[0]


async def test_x_turns_all_bands_to_the_step_axis_and_back(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        before = at.text
        assert "time, " in at.lines[1]
        await at.press("x")
        assert "steps, " in at.lines[1]
        await at.press("x")
        assert at.text == before


async def test_space_opens_the_selected_band_and_folds_it_again(contest: MadeUp) -> None:
    async with comparing(contest, SIZES["small"]) as at:
        before = at.text
        await at.press("j", "space")
        assert "▾ as_completed" in at.text
        assert "main: got 3 · got 2 · got 1 · got 0" in at.text
        assert "├ work(0)" in at.text
        await at.press("space", "k")
        assert at.text == before


async def test_o_opens_all_bands_or_folds_them(contest: MadeUp) -> None:
    async with comparing(contest, SIZES["large"]) as at:
        assert at.text.count("▾ ") == 4, "there is room for all"
        await at.press("o")
        assert at.text.count("▾ ") == 0
        assert "⠿" in at.text
        await at.press("o")
        assert at.text.count("▾ ") == 4


async def test_down_and_up_select_a_program_and_bring_it_into_view(contest: MadeUp) -> None:
    async with comparing(contest, SIZES["small"]) as at:
        view = at.app.comparing
        assert view is not None
        await at.press("o", "j", "down", "j", "j")
        assert view.selected == 3
        assert "▾ nosuch" in at.text
        assert "no scenario or file is called 'nosuch'" in at.text
        await at.press("k", "up", "k", "k", "k")
        assert (view.selected, view.top) == (0, 0)


async def test_page_keys_and_the_wheel_scroll_and_stop_at_the_ends(contest: MadeUp) -> None:
    async with comparing(contest, SIZES["small"]) as at:
        await at.press("o", "pagedown", "pagedown", "pagedown")
        assert "▾ nosuch" in at.text
        await at.press("pageup", "pageup", "pageup")
        assert "▾ sequential" in at.text
        screen = at.app.screen
        assert isinstance(screen, CompareScreen)
        screen.bands.post_message(wheel_down(screen))
        await at.settle()
        assert "▾ sequential" not in at.text


async def test_t_turns_through_the_tables(contest: MadeUp) -> None:
    async with comparing(contest, (100, 36)) as at:
        assert "speed-up" in at.text
        await at.press("t")
        assert "switches" in at.text
        assert "speed-up" not in at.text
        await at.press("t")
        assert "switches" not in at.text
        await at.press("t")
        assert "speed-up" in at.text


async def test_the_table_gives_way_where_the_bands_need_the_room(contest: MadeUp) -> None:
    async with comparing(contest, (80, 17)) as at:
        assert "speed-up" not in at.text
        await at.press("t")
        assert "speed-up" in at.text


async def test_enter_opens_the_trace_in_the_timeline_and_c_comes_back(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        await at.press("j", "enter")
        await at.wait_for("recorded")
        assert "as_completed.loopviz" in at.lines[0]
        assert at.watch.selection.place.row == (RowKind.TASK, 1)
        await at.press("c")
        assert "compare" in at.lines[0]
        view = at.app.comparing
        assert view is not None
        assert view.selected == 1
        await at.press("j", "enter")
        await at.wait_for("task_list.loopviz")


async def test_enter_on_a_program_that_was_not_run_says_why(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        await at.press("j", "j", "j", "enter")
        assert "nosuch: no scenario or file is called 'nosuch'" in at.lines[-1]


async def test_r_records_all_programs_again(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        await at.press("x", "r")
        view = at.app.comparing
        assert view is not None
        again = view.contest
        assert isinstance(again, MadeUp)
        assert again is not contest
        assert "recording, 0 of 4 done" in at.lines[0]
        again.end()
        await until_shown(at)
        assert "28 ms" in at.text
        assert "steps, " in at.lines[1]


@pytest.mark.parametrize("key", ["q", "escape", "c"])
async def test_leaving_ends_loopviz_where_there_is_no_timeline(contest: MadeUp, key: str) -> None:
    async with comparing(contest) as at:
        await at.press(key)
        assert at.app._exit
    assert contest.closed


async def test_e_exports_what_is_compared(contest: MadeUp, tmp_path: Path) -> None:
    from loopviz.commands import screen

    async with comparing(contest, offer=screen.offer(tmp_path)) as at:
        await at.press("x", "e")
        assert "Export the comparison" in at.text
        assert "[steps]" in at.text
        for _ in "comparison.svg":
            await at.press("backspace")
        for character in str(tmp_path / "out.svg"):
            await at.press(character)
        await at.press("enter")
        await at.wait_for("wrote ")
        root = ElementTree.parse(tmp_path / "out.svg").getroot()
        assert "nosuch" in (root.findtext("{http://www.w3.org/2000/svg}title") or "")


async def test_e_waits_for_the_programs(tmp_path: Path) -> None:
    formats = [ExportFormat("svg", "a drawing", ".svg", True, lambda content, path, axis: None)]
    contest = MadeUp(tmp_path, {"row": in_a_row()})
    async with comparing(contest, offer=Offer(comparison_formats=lambda: formats)) as at:
        await at.press("e")
        assert "wait until all programs are recorded" in at.lines[-1]


async def test_question_mark_explains_keys_columns_and_marks(contest: MadeUp) -> None:
    async with comparing(contest, (120, 100)) as at:
        await at.press("question_mark")
        for words in ("open the band", "makespan", "the most tasks that were alive at once", "● ", "≠ "):
            assert words in at.text
        await at.press("escape")
        assert "open the band" not in at.text


async def test_a_click_selects_and_on_a_name_opens_the_band(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        view = at.app.comparing
        assert view is not None
        await at.press("o")
        await at.click((60, at.row_of("▸ task_list") + 1))
        assert (view.selected, "▸ task_list" in at.text) == (2, True)
        await at.click((4, at.row_of("▸ task_list")))
        assert "▾ task_list" in at.text
        await at.click((4, at.row_of("▾ task_list")))
        assert "▸ task_list" in at.text


def wheel_down(screen: CompareScreen) -> MouseScrollDown:
    return MouseScrollDown(screen.bands, 5, 5, 0, 1, 0, False, False, False, 5, 6)


async def test_c_compares_what_the_offer_has_beside_the_program_on_show(pair: Path, contest: MadeUp) -> None:
    asked: list[Launch | None] = []

    def compare(launch: Launch | None) -> MadeUp:
        asked.append(launch)
        return contest

    async with opened(pair, offer=Offer(compare=compare)) as at:
        await at.press("c")
        await until_shown(at)
        assert "--items 4" in at.lines[0]
        assert asked == [None]
        await at.press("q")
        assert "run.loopviz" in at.lines[0]
        assert not at.app._exit


async def test_c_says_so_where_nothing_can_be_compared(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("c")
        assert "there is nothing here to compare" in at.text


async def test_names_of_any_kind_do_not_break_the_screen(tmp_path: Path) -> None:
    made = at_once()
    made.created(50, 9 * MS, "\x1b[2J[bold]日本語\u202e" * 9)
    async with comparing(MadeUp(tmp_path, {"[red]x[/]\x1b[31m漢字": made, "b": None}).end()) as at:
        await at.press("o")
        assert all(len(line) <= 120 for line in at.lines)
        assert "\x1b" not in at.text
        assert "[red]x[/]" in at.text


def test_the_keys_hold_together() -> None:
    made = bindings(COMPARE_KEYS)
    assert [key for key, times in Counter(binding.key for binding in made).items() if times > 1] == []
    for binding in made:
        assert hasattr(CompareScreen, f"action_{binding.action.partition('(')[0]}"), binding.action
    labels = [key.bar for keys in COMPARE_KEYS.values() for key in keys if key.bar]
    assert sorted(labels) == sorted(COMPARE_BAR)


async def test_a_folded_band_says_below_its_dots_why_its_program_failed(tmp_path: Path) -> None:
    contest = MadeUp(tmp_path, {"good": in_a_row(), "bad": in_a_row()}, failed="bad").end()
    async with comparing(contest, (80, 24)) as at:
        await at.press("o")
        assert "│exit status 1: ValueError: boom" in at.text


async def test_a_trace_that_is_not_whole_is_told_in_the_title_and_why_in_the_help(tmp_path: Path) -> None:
    contest = MadeUp(tmp_path, {"row": in_a_row()}).end()
    contest.note("cut off: its last 20 bytes are missing")
    async with comparing(contest, SIZES["large"]) as at:
        assert "! a trace is not whole: ? tells" in at.lines[0]
        await at.press("?")
        assert "row: cut off: its last 20 bytes are missing" in at.text


async def test_ctrl_c_leaves_loopviz(contest: MadeUp) -> None:
    async with comparing(contest) as at:
        await at.press("ctrl+c")
        assert at.app._exit
