"""The table and the words of a comparison, which all its pictures share."""

from __future__ import annotations

import pytest

from building import Recording, by_task
from comparing import MS, at_once, compared, entrant, in_a_row
from loopviz.events import StepEnd
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.comparison_prints import main_words, print_marks
from loopviz.timeline.comparison_table import (
    COLUMNS,
    LOOP_WORK,
    RESULTS,
    clocks_of,
    in_short,
    mean,
    multiple,
    notes,
    share,
    summary,
)
from loopviz.timeline.outcomes import pending


def cells(comparison: Comparison, place: int) -> dict[str, str]:
    return {column.heading: column.cell(comparison, comparison.bands[place]) for column in COLUMNS}


def test_every_figure_has_its_column() -> None:
    comparison = compared(row=in_a_row(), once=at_once((10 * MS, 9 * MS, 8 * MS)))
    assert cells(comparison, 0) == {
        "program": "row", "makespan": "30 ms", "speed-up": "1x", "alive": "1", "peak": "1", "tasks": "1",
        "steps": "4", "switches": "0", "loop busy": "4.0 %", "latency": "0", "worst": "0",
        "completed": "0 1 2", "outcome": "returned",
    }  # fmt: skip
    assert cells(comparison, 1)["completed"] == "≠ 2 1 0"
    assert cells(comparison, 1)["speed-up"] == "3x"


def test_what_is_not_known_is_a_dash_and_the_outcome_tells_why() -> None:
    found = cells(compared(once=at_once(), missing=None), 1)
    assert {value for heading, value in found.items() if heading not in ("program", "outcome")} == {"-"}
    assert found["outcome"] == "not run"


def test_a_band_under_way_says_so() -> None:
    comparison = Comparison([Band(entrant("later", None, pending("recording")))])
    assert cells(comparison, 0)["outcome"] == "recording"


def test_two_narrow_tables_have_all_columns_of_the_wide_one() -> None:
    assert set(RESULTS) | set(LOOP_WORK) == set(COLUMNS)
    assert set(RESULTS) & set(LOOP_WORK) == {COLUMNS[0]}
    assert all(column.meaning for column in COLUMNS[1:])


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (multiple(10.0), "10x"),
        (multiple(9.0909), "9.09x"),
        (multiple(0.5), "0.5x"),
        (multiple(123.4), "123x"),
        (multiple(12_345.6), "12,346x"),
        (multiple(0.01), "0.01x"),
        (multiple(0.000003), "<0.01x"),
        (mean(11.0), "11"),
        (mean(9.256), "9.26"),
        (mean(10.0), "10"),
        (share(0.0), "0 %"),
        (share(0.0001), "<0.1 %"),
        (share(0.0234), "2.3 %"),
        (share(0.0996), "10 %"),
        (share(1.0), "100 %"),
    ],
)
def test_figures_are_written_with_no_more_digits_than_are_read(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_title_tells_length_and_speed_up_but_of_the_first() -> None:
    comparison = compared(row=in_a_row(), once=at_once(), missing=None)
    assert [in_short(comparison, band) for band in comparison.bands] == ["30 ms", "10 ms · 3x", ""]


def test_the_summary_has_the_programs_and_what_all_were_given() -> None:
    assert summary(compared("--items", "5", "a b", row=in_a_row(), once=at_once())) == "row, once: --items 5 'a b'"
    assert summary(compared(row=in_a_row())) == "row"


def test_notes_say_what_the_numbers_hide() -> None:
    assert notes(compared(row=in_a_row(clock="real"))) == []
    [virtual] = notes(compared(row=in_a_row()))
    assert virtual.startswith("virtual clock")
    lossy = in_a_row(clock="real").lost(3, "the size was bounded")
    mixed = compared(row=lossy, once=at_once((2 * MS, MS)), missing=None)
    assert notes(mixed)[0].startswith("≠: ")
    assert "the clocks differ: row real, once virtual" in notes(mixed)
    assert "part of the recording is lost: row" in notes(mixed)
    assert clocks_of(mixed) == ["real", "virtual"]


@pytest.mark.parametrize(("in_order", "words"), [(False, "got 2 · got 1 · got 0"), (True, "got 0 · got 1 · got 2")])
def test_what_main_printed_tells_in_which_order_results_were_used(in_order: bool, words: str) -> None:
    band = compared(once=at_once((3 * MS, 2 * MS, MS), in_order=in_order)).bands[0]
    assert band.items.completion_words == "≠ 2 1 0"
    assert main_words(band) == words


def test_marks_stand_where_lines_were_printed_and_mains_go_before_others() -> None:
    comparison = compared(once=at_once((30 * MS, 20 * MS, 10 * MS), in_order=True), taken=at_once((30 * MS, 20 * MS)))
    viewport = comparison.viewport("time", 40)
    listed, taken = (print_marks(band, viewport, band.axis("time")) for band in comparison.bands)
    assert (viewport.per_column, listed) == (800_000, " " * 12 + "○" + " " * 12 + "○" + " " * 11 + "●")
    assert taken.split() == ["●", "●"]


def test_a_line_printed_in_the_last_instant_still_has_its_mark() -> None:
    made = Recording().created(1, 0).output("end\n", 100, by=by_task(1)).step(1, 0, 100, StepEnd.RETURNED)
    band = Band(entrant("edge", made))
    for axis in ("time", "steps"):
        viewport = band.axis(axis).viewport(20)
        assert print_marks(band, viewport, band.axis(axis)).strip() == "●"
