"""Dots: each item has a row of its own, as long as there are enough, at twice the resolution of the cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loopviz.timeline.comparison_dots import Stretch, dotted
from loopviz.timeline.viewport import Viewport

#: Ten positions wide, a unit a dot.
FIVE_CELLS = Viewport(0.0, 2.0, 5)


def dots(lines: list[str]) -> list[str]:
    """The rows of dots that lines of braille show."""
    rows = []
    for line in lines:
        masks = [0 if character == " " else ord(character) - 0x2800 for character in line]
        for bits in ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)):
            rows.append("".join("o" if mask & bit else "." for mask in masks for bit in bits))
    return rows


def test_a_stack_is_a_block_and_stairs_are_stairs() -> None:
    stack: list[list[Stretch]] = [[(0.0, 6.0)]] * 4
    stairs: list[list[Stretch]] = [[(2.0 * place, 2.0 * place + 2)] for place in range(4)]
    assert dotted(stack, FIVE_CELLS, 1) == ["⣿⣿⣿  "]
    assert dots(dotted(stairs, FIVE_CELLS, 1)) == ["oo........", "..oo......", "....oo....", "......oo.."]


def test_with_room_to_spare_rows_are_thicker_and_keep_a_gap() -> None:
    rows = dots(dotted([[(0.0, 2.0)], [(2.0, 4.0)]], FIVE_CELLS, 2))
    assert rows == ["oo........"] * 3 + [".........."] + ["..oo......"] * 3 + [".........."]


def test_with_more_items_than_rows_neighbours_share_one() -> None:
    items: list[list[Stretch]] = [[(float(place), place + 1.0)] for place in range(8)]
    assert dots(dotted(items, FIVE_CELLS, 1)) == ["oo........", "..oo......", "....oo....", "......oo.."]


def test_what_lasts_no_time_has_a_dot_and_what_lies_outside_has_none() -> None:
    assert dots(dotted([[(3.0, 3.0)]], FIVE_CELLS, 1))[0] == "...o......"
    assert dotted([[(10.0, 12.0)], [(-4.0, -1.0)]], FIVE_CELLS, 1) == ["     "]


def test_no_items_are_blank_lines() -> None:
    assert dotted([], FIVE_CELLS, 2) == ["     ", "     "]


stretches = st.tuples(st.integers(-4, 14), st.integers(0, 8)).map(lambda pair: (float(pair[0]), float(sum(pair))))


@given(st.lists(st.lists(stretches, max_size=3), min_size=1, max_size=9), st.integers(1, 4))
def test_a_dot_is_there_where_an_item_of_its_row_is(items: list[list[Stretch]], lines: int) -> None:
    shown = dotted(items, FIVE_CELLS, lines)
    rows = dots(shown)
    count = 4 * lines
    assert len(shown) == lines
    assert {len(line) for line in shown} == {5}
    for place, of_item in enumerate(items):
        first = place * (count // len(items)) if len(items) <= count else place * count // len(items)
        for column in range(10):
            is_there = any(start <= column < end or start == end == column for start, end in of_item)
            assert not is_there or rows[first][column] == "o"
    drawn = sum(row.count("o") for row in rows)
    assert drawn == 0 or any(-1 < start < 10 or start < 0 < end for of_item in items for start, end in of_item)
