"""Which panels a terminal has room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopviz.tui.arrangement import PANELS, arrange, page_with

SIZES = {"columns": st.integers(1, 400), "rows": st.integers(1, 120), "page": st.integers(-9, 9)}


def test_a_wide_terminal_shows_every_panel_beside_the_others() -> None:
    assert arrange(240, 70, 0, hidden=False).shown == PANELS


@pytest.mark.parametrize(("columns", "places"), [(80, 1), (120, 3), (180, 4)])
def test_what_has_no_place_of_its_own_shares_one(columns: int, places: int) -> None:
    seen = {name for page in range(len(PANELS)) for name in arrange(columns, 36, page, hidden=False).shown}
    assert seen == set(PANELS)
    assert len(arrange(columns, 36, 0, hidden=False).shown) == places


@pytest.mark.parametrize("columns", [80, 120, 180])
@pytest.mark.parametrize("page", range(-3, 6))
def test_each_turn_changes_the_panel_of_one_place(columns: int, page: int) -> None:
    before, after = (arrange(columns, 36, turned, hidden=False).shown for turned in (page, page + 1))
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


@given(SIZES["columns"], SIZES["page"], st.sampled_from(PANELS))
def test_there_is_a_page_with_each_panel_and_one_that_shows_it_is_not_turned(
    columns: int, page: int, panel: str
) -> None:
    found = page_with(columns, page, panel)
    assert panel in arrange(columns, 36, found, hidden=False).shown
    assert found == page or panel not in arrange(columns, 36, page, hidden=False).shown


def test_a_low_terminal_leaves_everything_to_the_timeline() -> None:
    assert arrange(120, 19, 0, hidden=False).shown == ()
    assert arrange(120, 24, 0, hidden=False).shown != ()


def test_panels_grow_into_rows_that_the_timeline_does_not_need_and_shrink_back_to_their_share() -> None:
    usual = arrange(120, 36, 0, hidden=False).rows
    assert arrange(120, 36, 0, hidden=False, listed=5).rows == 18
    assert arrange(120, 36, 0, hidden=False, listed=17).rows == 15
    assert arrange(120, 36, 0, hidden=False, listed=500).rows == usual


@given(**SIZES, listed=st.none() | st.integers(0, 50))
def test_the_timeline_always_keeps_at_least_half_of_the_screen(
    columns: int, rows: int, page: int, listed: int | None
) -> None:
    assert arrange(columns, rows, page, hidden=False, listed=listed).rows <= max(8, rows // 2)
    assert arrange(columns, rows, page, hidden=True, listed=listed).rows == 0
