"""Themes, colours and what is repainted."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from loopviz.timeline.cells import Cell, runs
from loopviz.timeline.glyphs import GLYPHS
from loopviz.tui.app import LoopvizApp
from loopviz.tui.themes import DARK, LIGHT, Palette
from loopviz.tui.widgets.cell_painter import CellPainter, Shade
from loopviz.tui.widgets.gantt_rows import Columns, Overlay, stretches
from tui.driver import opened
from tui.runs import US


@pytest.fixture
def palette() -> Palette:
    return LoopvizApp().palette


def test_cells_are_painted_one_segment_per_run(palette: Palette) -> None:
    cells = bytes([Cell.READY] * 3 + [Cell.RUNNING] + [Cell.SUSPENDED] * 40)
    segments = CellPainter(palette).paint(cells, Shade.PLAIN)
    assert [segment.text for segment in segments] == ["▒▒▒", "█", "─" * 40]
    assert len(segments) == len(runs(cells))


def test_each_state_has_the_colour_of_the_glyph_table_on_dark_and_on_light_ground() -> None:
    for theme, is_dark in ((DARK, True), (LIGHT, False)):
        app = LoopvizApp()
        app.theme = theme.name
        painter = CellPainter(app.palette)
        for cell in Cell:
            wanted = GLYPHS[cell].on_dark if is_dark else GLYPHS[cell].on_light
            color = painter.style(cell, Shade.PLAIN).color
            assert color is not None
            assert color.get_truecolor().hex.lower() == wanted.lower()


@pytest.mark.parametrize("moment", [None, -1, 0, 7, 40])
@pytest.mark.parametrize("span", [None, (-5, 3), (3, 4), (10, 99), (50, 60)])
@pytest.mark.parametrize("selected", [True, False])
def test_shades_cover_every_column_once(moment: int | None, span: tuple[int, int] | None, selected: bool) -> None:
    found = stretches(40, Overlay(selected=selected, moment=moment, span=span))
    assert [start for start, _, _ in found] == [0, *(end for _, end, _ in found[:-1])]
    assert found[-1][1] == 40
    if moment == 7:
        assert (7, 8, Shade.MOMENT) in found


@pytest.mark.parametrize("total", range(1, 300, 7))
def test_the_name_column_never_takes_more_than_half_of_a_usable_width(total: int) -> None:
    columns = Columns.of(total, 200)
    assert columns.cells >= 1
    assert total < 40 or columns.left <= total / 2


async def test_every_theme_can_be_worn(pair: Path) -> None:
    async with opened(pair) as at:
        for name in (*BUILTIN_THEMES, LIGHT.name, DARK.name):
            at.app.theme = name
            await at.settle()
            assert "work(1)" in at.text
            assert at.timeline.gantt.palette == at.app.palette


async def test_the_theme_of_the_environment_is_worn_from_the_first_frame(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", LIGHT.name)
    async with opened(pair) as at:
        background = at.app.screen.get_style_at(100, 30).bgcolor
        assert background is not None
        assert background.get_truecolor().hex == LIGHT.background
    monkeypatch.setenv("TEXTUAL_THEME", "no such theme")
    async with opened(pair) as at:
        assert at.app.theme == DARK.name


async def test_with_no_color_nothing_is_coloured_and_states_are_told_by_their_glyphs(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(pair) as at:
        await at.press("plus", "left_square_bracket", "comma")
        for strip in at.app.screen._compositor.render_strips():
            for segment in strip:
                for color in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert color is None or len(set(color.get_truecolor())) == 1
        assert all(glyph in at.text for glyph in "▒█─✓")


async def test_a_frame_in_which_nothing_changed_repaints_nothing(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(pair) as at:
        at.timeline.tick()
        repainted: list[object] = []
        for widget in (at.timeline.gantt, at.timeline.title_line, *at.timeline.panes.values()):
            monkeypatch.setattr(widget, "refresh", lambda *regions, **_: repainted.append(regions))
        for _ in range(5):
            at.timeline.tick()
        assert repainted == []


async def test_selecting_another_row_repaints_two_lines_of_the_timeline(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(pair, size=(120, 50)) as at:
        repainted: list[object] = []
        monkeypatch.setattr(at.timeline.gantt, "refresh", lambda *regions, **_: repainted.extend(regions))
        at.watch.selection.move(1)
        at.timeline.gantt.update_lines()
        assert len(repainted) == 2


async def test_the_arrow_of_a_wake_goes_from_the_waker_to_the_woken(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("left_square_bracket")
        column = at.timeline.gantt.columns.left + at.view.column_of(1_142 * US)
        arrow = [line[column] for line in at.lines[3:6]]
        assert arrow == ["▲", "┃", "╹"]


async def test_the_arrow_of_a_timer_comes_from_the_loop(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("down")
        at.watch.selection.select_at(2, 1_083 * US)
        at.timeline.show_now()
        await at.settle()
        column = at.timeline.gantt.columns.left + at.view.column_of(1_082 * US)
        assert [line[column] for line in at.lines[2:5]] == ["╻", "┃", "▼"]
        assert "its own timer" in at.panel("span")
