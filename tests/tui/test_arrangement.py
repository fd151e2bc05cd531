"""Which panels a terminal has room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopviz.tui.arrangement import PANELS, arrange

SIZES = {"columns": st.integers(1, 400), "rows": st.integers(1, 120), "page": st.integers(-9, 9)}


def test_a_wide_terminal_shows_every_panel_beside_the_others() -> None:
    assert arrange(240, 70, 0, hidden=False).shown == PANELS


@pytest.mark.parametrize(("columns", "places"), [(80, 1), (120, 3), (180, 4)])
def test_the_last_place_is_shared_by_what_has_no_place_of_its_own(columns: int, places: int) -> None:
    seen = {name for page in range(4) for name in arrange(columns, 36, page, hidden=False).shown}
    assert seen == set(PANELS)
    assert len(arrange(columns, 36, 0, hidden=False).shown) == places


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
