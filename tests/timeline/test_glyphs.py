"""What cells look like: told apart by shape, by colour, and in any terminal."""

from __future__ import annotations

import unicodedata
from itertools import combinations

import pytest
from rich.cells import cell_len

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPH_OF, GLYPHS

TASK_STATES = (Cell.SUSPENDED, Cell.READY, Cell.RUNNING, Cell.RAISED, Cell.CANCELLED)
LOOP_STATES = (Cell.IDLE, Cell.CALLBACK, Cell.BUSY)


def contrast(colour: str, ground: str) -> float:
    """The ratio of WCAG 2: 1 is none, 21 is black on white."""
    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_code_has_a_look() -> None:
    assert set(GLYPHS) == set(Cell)
    assert [GLYPHS[Cell(code)].glyph for code in range(len(Cell))] == list(GLYPH_OF)


def test_no_two_codes_share_a_glyph_or_a_name() -> None:
    assert len({glyph.glyph for glyph in GLYPHS.values()}) == len(Cell)
    assert len({glyph.name for glyph in GLYPHS.values()}) == len(Cell)


@pytest.mark.parametrize("cell", list(Cell))
def test_a_glyph_is_one_column_wide_and_a_plain_symbol(cell: Cell) -> None:
    glyph = GLYPHS[cell].glyph
    assert len(glyph) == 1
    assert cell_len(glyph) == 1
    assert unicodedata.category(glyph) in ("So", "Sm", "Po", "Zs")


@pytest.mark.parametrize("cell", [cell for cell in Cell if cell is not Cell.EMPTY])
def test_colours_stand_out_from_their_ground(cell: Cell) -> None:
    assert contrast(GLYPHS[cell].on_dark, "#0d1117") >= 3
    assert contrast(GLYPHS[cell].on_light, "#ffffff") >= 3


@pytest.mark.parametrize("states", [TASK_STATES, LOOP_STATES])
def test_the_states_of_a_row_have_a_colour_each(states: tuple[Cell, ...]) -> None:
    for left, right in combinations(states, 2):
        assert GLYPHS[left].on_dark != GLYPHS[right].on_dark
        assert GLYPHS[left].on_light != GLYPHS[right].on_light
