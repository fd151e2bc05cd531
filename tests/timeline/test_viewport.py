"""Viewports: panning, zooming, fitting, following."""

from __future__ import annotations

from math import ceil, log10

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loopviz.timeline.ladder import nearest_rung, rung_at_least, rung_value, snug_at_least
from loopviz.timeline.viewport import Viewport

rungs = st.integers(-3, 30)
viewports = st.builds(
    lambda cell, rung, columns: Viewport(cell * rung_value(rung), rung_value(rung), columns),
    st.integers(0, 100_000),
    rungs,
    st.integers(1, 400),
)
extents = st.floats(0.5, 1e12)


@given(rungs)
def test_the_ladder_has_three_round_numbers_in_each_decade(rung: int) -> None:
    value = rung_value(rung)
    assert round(value / 10 ** (rung // 3), 9) in (1, 2, 5)
    assert rung_value(rung + 3) == pytest.approx(10 * value)


@given(st.floats(1e-3, 1e15))
def test_the_rung_above_a_number_is_the_lowest_that_reaches_it(value: float) -> None:
    rung = rung_at_least(value)
    assert rung_value(rung) >= value * (1 - 1e-9)
    assert rung_value(rung - 1) < value


@given(st.floats(1e-3, 1e15))
def test_the_nearest_rung_is_the_one_that_a_number_is_the_fewest_times_away_from(value: float) -> None:
    rung = nearest_rung(value)
    assert all(
        abs(log10(rung_value(other) / value)) >= abs(log10(rung_value(rung) / value)) - 1e-9
        for other in (rung - 1, rung + 1)
    )


@given(st.floats(1e-3, 1e15))
def test_a_snug_width_is_round_and_reaches_the_number(value: float) -> None:
    width = snug_at_least(value)
    assert width >= value * (1 - 1e-8)
    assert round(width if width > 1 else 1 / width, 6).is_integer()


@given(st.floats(0, 1e9), rungs, st.integers(1, 300))
def test_the_left_edge_is_a_whole_number_of_cells(left: float, rung: int, columns: int) -> None:
    viewport = Viewport(left, rung_value(rung), columns)
    assert viewport.left == viewport.first_cell * viewport.per_column
    assert abs(viewport.left - left) <= viewport.per_column * 0.51


@given(viewports, st.integers(0, 399))
def test_a_column_begins_at_a_position_in_that_column(viewport: Viewport, column: int) -> None:
    assert viewport.column_of(viewport.position_of(column)) == column
    assert viewport.column_of(viewport.position_of(column + 0.5)) == column


@given(viewports, st.integers(-1000, 1000))
def test_panning_shifts_columns_and_leaves_cells_as_they_are(viewport: Viewport, columns: int) -> None:
    panned = viewport.pan(columns)
    assert panned.per_column == viewport.per_column
    assert panned.first_cell == viewport.first_cell + columns
    assert panned.pan(-columns) == viewport


@given(viewports, st.integers(-5, 5), st.data())
def test_zooming_keeps_what_is_under_the_column(viewport: Viewport, steps: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, viewport.columns - 1))
    zoomed = viewport.zoom(steps, column)
    assert zoomed.column_of(viewport.position_of(column + 0.5)) == column


@given(viewports, st.integers(1, 6), st.data())
def test_zooming_in_and_out_again_comes_back(viewport: Viewport, steps: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, viewport.columns - 1))
    inside = viewport.zoom(steps, column)
    assume(rung_at_least(inside.per_column) == rung_at_least(viewport.per_column) - steps)
    assert inside.zoom(-steps, column) == viewport


@given(viewports)
def test_zooming_in_ends_at_the_finest_cells(viewport: Viewport) -> None:
    assert viewport.zoom(100, 0).per_column == viewport.finest


@given(viewports, extents)
def test_fitting_shows_everything(viewport: Viewport, extent: float) -> None:
    fitted = viewport.fit(extent)
    assert fitted.left == 0
    assert fitted.right >= extent * (1 - 1e-9)


@given(viewports, st.floats(1e4, 1e12))
def test_fitting_leaves_no_more_of_the_columns_empty_than_the_least_step_between_round_cells(
    viewport: Viewport, extent: float
) -> None:
    # Narrower cells are whole units, of which some are no part of the ladder: 3, 4.
    assume(extent / viewport.columns > 10)
    assert viewport.fit(extent).cells_to(extent) >= viewport.columns * 3 / 4


@given(viewports, st.integers(1, 400))
def test_fitting_gives_each_of_a_few_steps_as_many_whole_cells_as_there_are(viewport: Viewport, steps: int) -> None:
    assume(steps * 10 >= viewport.columns >= steps)
    assert 1 / viewport.fit(steps).per_column == pytest.approx(viewport.columns // steps)


@given(viewports, extents)
def test_zooming_in_from_what_is_fitted_and_out_again_fits_once_more(viewport: Viewport, extent: float) -> None:
    fitted = viewport.fit(extent)
    assert fitted.zoom(1, 0).zoom(-1, 0).zoom(-1, 0).clamp(extent) == fitted


@given(viewports, extents)
def test_zooming_in_from_what_is_fitted_makes_cells_a_good_deal_narrower(
    viewport: Viewport, extent: float
) -> None:
    fitted = viewport.fit(extent)
    finer = fitted.zoom(1, 0)
    assert finer.per_column == finer.finest or finer.per_column <= fitted.per_column * 2 / 3


@given(viewports, extents)
def test_following_shows_the_newest_end(viewport: Viewport, extent: float) -> None:
    assume(extent / viewport.per_column < 1e12)
    followed = viewport.follow(extent)
    last = max(1, ceil(extent / followed.per_column - 1e-9)) - 1
    assert 0 <= last - followed.first_cell < followed.columns
    assert followed.first_cell == 0 or last - followed.first_cell == followed.columns - 1


@given(viewports, extents)
def test_clamping_leaves_the_trace_in_sight(viewport: Viewport, extent: float) -> None:
    clamped = viewport.clamp(extent)
    assert clamped.first_cell >= 0
    assert clamped.left < extent
    assert clamped.per_column <= clamped.fit(extent).per_column
    assert clamped.clamp(extent) == clamped


def test_a_viewport_of_no_columns_keeps_one() -> None:
    assert Viewport(0, 1, 10).resized(0).columns == 1


def test_a_cell_of_no_width_is_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        Viewport(0, 0, 10)


@given(viewports, st.integers(1, 300))
def test_resizing_keeps_the_left_edge(viewport: Viewport, columns: int) -> None:
    resized = viewport.resized(columns)
    assert (resized.left, resized.per_column, resized.columns) == (viewport.left, viewport.per_column, columns)


def test_ladder_numbers_stay_exact_far_up() -> None:
    assert all(rung_value(rung) == round(rung_value(rung)) for rung in range(40))
    assert log10(rung_value(36)) == 12
