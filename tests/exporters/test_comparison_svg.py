"""A drawn comparison: well-formed, self-contained, and every band on the same scale."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task
from comparing import MS, at_once, compared, entrant, in_a_row
from loopviz.events import StepEnd
from loopviz.exporters import ExportOptions
from loopviz.exporters.comparison_sheet import ComparisonSheet
from loopviz.exporters.comparison_svg import ComparisonSvg
from loopviz.timeline.comparison import Band, Comparison, Entrant
from loopviz.timeline.outcomes import Outcome, not_run
from timeline.programs import programs

NAMESPACE = "{http://www.w3.org/2000/svg}"
axes = pytest.mark.parametrize("axis", ["time", "steps"])


def drawn(comparison: Comparison, axis: str = "time", width: int | None = None) -> str:
    out = io.StringIO()
    ComparisonSvg().write(comparison, out, ExportOptions(axis=axis, width=width))  # type: ignore[arg-type]
    return out.getvalue()


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode("utf-8"))


def texts(text: str) -> list[str]:
    return [element.text or "" for element in parsed(text).iter(f"{NAMESPACE}text")]


def shapes(text: str, kind: str, letter: str) -> list[ElementTree.Element]:
    return [one for one in parsed(text).iter(f"{NAMESPACE}{kind}") if letter in (one.get("class") or "").split()]


def titles(element: ElementTree.Element) -> str:
    return "".join(title.text or "" for title in element.iter(f"{NAMESPACE}title"))


@axes
def test_it_is_one_image_with_a_name_and_a_description(axis: str) -> None:
    text = drawn(compared("--items", "3", row=in_a_row(), once=at_once()), axis)
    root = parsed(text)
    assert (root.tag, root.get("role"), root.get("aria-labelledby")) == (f"{NAMESPACE}svg", "img", "title desc")
    assert root.findtext(f"{NAMESPACE}title") == "row, once: --items 3"
    description = root.findtext(f"{NAMESPACE}desc") or ""
    assert description.startswith("A band for each of 2 programs, on one axis: row: 30 ms, once: 10 ms · 3x.")
    assert f"left to right: {axis}" in description


@axes
def test_it_needs_nothing_from_outside_and_knows_light_and_dark(axis: str) -> None:
    text = drawn(compared(row=in_a_row(), once=at_once()), axis)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "@media(prefers-color-scheme:dark)" in text
    assert not re.search(r"url\(|@import|<script|<image|href", text)


def test_the_same_length_is_as_wide_in_every_band() -> None:
    comparison = compared(row=in_a_row(3), once=at_once())
    bars = shapes(drawn(comparison), "rect", "w")
    widths = [float(bar.get("width") or 0) for bar in bars]
    assert {bar.get("x") for bar in bars} == {bars[0].get("x")}
    assert widths[0] == pytest.approx(3 * widths[1], rel=0.01)


def test_on_the_step_axis_there_is_no_bar_of_time() -> None:
    assert not shapes(drawn(compared(row=in_a_row()), "steps"), "rect", "w")


def test_each_band_has_its_name_its_length_and_its_rows() -> None:
    shown = texts(drawn(compared(row=in_a_row(2), once=at_once((10 * MS, 9 * MS)))))
    for words in ("row", "20 ms", "once", "10 ms · 2x", "main", "work(0)", "work(1)", "printed"):
        assert words in shown
    assert "main: done 0 · done 1" in shown
    assert "main: got 1 · got 0" in shown


def test_marks_tell_who_printed_what_and_when() -> None:
    text = drawn(compared(once=at_once((20 * MS, 10 * MS), in_order=True)))
    told = [titles(mark) for letter in "aw" for mark in shapes(text, "circle", letter) if titles(mark)]
    assert told == [
        "work(1) printed at 10.0005 ms: done 1",
        "work(0) printed at 20.0035 ms: done 0",
        "main printed at 20.0061 ms: got 0",
    ]


def test_titles_of_bars_count_from_the_bands_zero() -> None:
    told = [titles(bar) for bar in shapes(drawn(compared(row=in_a_row(1))), "rect", "r")]
    assert any(title.startswith("main: 1 step in 4 µs\nfrom 0 to 4 µs\n") for title in told)


def test_the_table_has_a_row_for_each_program_and_headings_that_explain_themselves() -> None:
    text = drawn(compared(row=in_a_row(), once=at_once((10 * MS, 9 * MS))))
    shown = texts(text)
    for words in ("makespan", "speed-up", "loop busy", "≠ 1 0", "returned"):
        assert words in shown
    [heading] = [one for one in parsed(text).iter(f"{NAMESPACE}text") if one.text == "switches"]
    assert titles(heading) == "steps of another task than the step before it"
    assert any(words.startswith("virtual clock") for words in shown)


def test_a_narrow_sheet_has_two_tables_and_nothing_beyond_its_edge() -> None:
    comparison = compared(row=in_a_row(), once=at_once())
    wide, narrow = (ComparisonSheet(comparison, ExportOptions(width=width)) for width in (1_200, 640))
    assert (len(wide.tables), len(narrow.tables)) == (1, 2)
    assert texts(drawn(comparison, width=640)).count("program") == 2
    for block in narrow.blocks:
        assert narrow.x(block.axis.extent) < narrow.width


def test_a_program_that_failed_or_is_missing_says_so_in_its_band() -> None:
    failed = Outcome("exit status 1", "exit status 1: ValueError: <boom>", False, 1)
    entrants = [
        entrant("once", at_once()), entrant("nosuch", None, not_run("no scenario is called so")),
        entrant("failing", at_once(), failed),
    ]  # fmt: skip
    shown = texts(drawn(Comparison(list(map(Band, entrants)))))
    assert "no scenario is called so" in shown
    assert failed.words in shown


def test_without_any_trace_it_is_still_a_drawing() -> None:
    assert {"one", "other", "not run"} <= set(texts(drawn(compared(one=None, other=None))))


def test_rows_beyond_the_most_are_counted() -> None:
    shown = texts(drawn(compared(once=at_once((MS,) * 80))))
    assert "21 more rows, not drawn" in shown


def test_a_large_comparison_stays_small() -> None:
    made = Recording().loop_defined().created(1, 0, "main").created(2, 1, "busy", by=by_task(1))
    for step in range(20_000):
        made.step(2, 1_000 * step + 10, 1_000 * step + 400, StepEnd.YIELDED)
    text = drawn(compared(busy=made.step(1, 2, 5)))
    assert len(text) < 300_000
    assert len(shapes(text, "rect", "r")) <= 2_500


@axes
def test_the_same_comparison_gives_the_same_bytes(axis: str) -> None:
    assert drawn(compared(row=in_a_row()), axis) == drawn(compared(row=in_a_row()), axis)


@settings(max_examples=30)
@given(
    st.lists(programs(), min_size=1, max_size=3), st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(["time", "steps"]),
)  # fmt: skip
def test_it_is_well_formed_whatever_programs_are_and_are_called(
    recordings: list[Recording], name: str, axis: str
) -> None:
    bands = [Band(Entrant(name, Outcome(name, name, False), recording.trace())) for recording in recordings]
    text = drawn(Comparison(bands, [name]), axis)
    width = float(parsed(text).get("width") or 0)
    for bar in shapes(text, "rect", "r"):
        assert 0 <= float(bar.get("x") or -1) <= width
