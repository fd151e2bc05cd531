"""No name, output or source text of the program can break the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from loopviz.tui.painting import Line
from loopviz.tui.text import ending, fit, fit_label, fold, safe, wrap
from tui.driver import MEDIUM, opened
from tui.runs import nasty

TEXTS = st.text(st.characters(), max_size=60)


@pytest.fixture
def nasty_run(tmp_path: Path) -> Path:
    path = tmp_path / "nasty.loopviz"
    path.write_bytes(nasty().file())
    return path


async def test_nasty_names_are_shown_as_text_in_rows_and_panels(nasty_run: Path) -> None:
    async with opened(nasty_run, size=(240, 70)) as at:
        assert "[bold red]markup[/]" in at.text
        assert "␛[2J␛[31mescape␇" in at.text
        assert "line␊break␉tab␍" in at.text
        assert "\x1b" not in at.text
        assert all(cell_len(line) == 240 for line in at.lines)


async def test_every_line_keeps_its_width_whatever_is_selected_or_hovered(nasty_run: Path) -> None:
    async with opened(nasty_run) as at:
        for row in range(11):
            await at.press("down", "tab")
            await at.hover(at.timeline.gantt, (5, row + 2))
            assert {cell_len(line) for line in at.lines} == {MEDIUM[0]}


async def test_filtering_by_markup_is_filtering_by_text(nasty_run: Path) -> None:
    async with opened(nasty_run) as at:
        await at.press("slash", *"[bold red]")
        assert [row.label for row in at.view.rows if row.depth == 0 and "markup" in row.label]


@given(TEXTS)
def test_safe_text_has_no_character_that_moves_reorders_or_hides(text: str) -> None:
    for character in safe(text):
        assert character.isprintable()
        assert character not in "\u202e\u200d\ufe0f\n\r\x1b"


@given(TEXTS, st.integers(1, 999), st.integers(0, 40))
def test_a_fitted_label_has_exactly_the_cells_asked_for(text: str, number: int, cells: int) -> None:
    assert cell_len(fit_label(f"{text} #{number}", cells)) == cells


def test_a_label_that_is_cut_keeps_the_number_that_tells_it_from_others() -> None:
    assert fit_label("RequestHandler._handle_request #63", 20) == "RequestHandler.… #63"
    assert fit_label("handle #63", 20) == "handle #63".ljust(20)
    assert fit_label("handle #63", 4) == "han…"


@given(TEXTS, st.integers(0, 40))
def test_fitted_text_has_exactly_the_cells_asked_for(text: str, cells: int) -> None:
    assert cell_len(fit(text, cells)) == cells


@given(TEXTS, st.integers(2, 40))
def test_folded_text_is_whole_and_fits(text: str, cells: int) -> None:
    lines = fold(text, cells)
    assert "".join(lines) == safe(text)
    assert max(map(cell_len, lines)) <= cells


@given(TEXTS, st.integers(2, 40))
def test_wrapped_text_loses_nothing_but_spaces_at_its_breaks_and_fits(text: str, cells: int) -> None:
    text = safe(text)
    lines = [text[start:end] for start, end in wrap(text, cells)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(cell_len, lines)) <= cells


def test_wrapped_text_is_broken_at_spaces_and_within_words_that_are_too_long() -> None:
    text = "one two  three abcdefghijklm"
    assert [text[start:end] for start, end in wrap(text, 8)] == ["one two", "three", "abcdefgh", "ijklm"]
    assert wrap("", 8) == [(0, 0)]


def test_a_number_is_not_parted_from_its_unit() -> None:
    text = "held for 1.6 s, at 3 sites"
    assert [text[start:end] for start, end in wrap(text, 14)] == ["held for", "1.6 s, at 3", "sites"]


@given(TEXTS, st.integers(1, 40))
def test_the_end_of_a_text_fits_and_ends_as_the_text_does(text: str, cells: int) -> None:
    shown = ending(text, cells)
    assert cell_len(shown) <= cells
    assert safe(text).endswith(shown.removeprefix("…"))


@given(st.lists(TEXTS, max_size=5), st.integers(1, 50))
def test_a_line_of_any_texts_has_exactly_the_width_asked_for(texts: list[str], width: int) -> None:
    line = Line()
    for text in texts:
        line.add(text, Style(bold=True))
    strip = line.strip(width, Style())
    assert cell_len(strip.text) == strip.cell_length == width
