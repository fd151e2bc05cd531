"""A comparison as JSON: every field documented, every time from the band's own zero."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task
from comparing import MS, at_once, compared, entrant, in_a_row
from loopviz.events import StepEnd
from loopviz.exporters import ExportOptions, comparison_json
from loopviz.exporters.comparison_json import ComparisonJson
from loopviz.timeline.comparison import Band, Comparison
from loopviz.timeline.outcomes import Outcome


def written(comparison: Comparison) -> str:
    out = io.StringIO()
    ComparisonJson().write(comparison, out, ExportOptions())
    return out.getvalue()


def programs_of(comparison: Comparison) -> list[dict[str, Any]]:
    programs: list[dict[str, Any]] = json.loads(written(comparison))["programs"]
    return programs


def test_the_documented_fields_are_those_that_are_written_in_their_order() -> None:
    documented = re.findall(r"^    (\w+) {2,}(?:text|boolean|integer|number|list)", comparison_json.__doc__ or "", re.M)
    whole = json.loads(written(compared(row=in_a_row())))
    assert documented == [*whole, *whole["programs"][0]]


def test_every_program_has_every_field() -> None:
    row, missing = programs_of(compared(row=in_a_row(), missing=None))
    assert list(row) == list(missing)
    assert row["makespan_ns"] == 30 * MS + 4_000
    assert (missing["makespan_ns"], missing["speed_up"], missing["clock"]) == (None, None, None)
    assert (missing["items"], missing["completion_order"], missing["printed"]) == ([], [], [])
    assert (missing["outcome"], missing["ok"], missing["exit_status"]) == ("not run", False, None)


def test_times_are_since_the_first_tasks_creation() -> None:
    [once] = programs_of(compared(once=at_once((2 * MS, MS))))
    assert once["items_are"] == "tasks"
    assert once["items"] == [
        {"label": "work(0)", "begin_ns": 1_000, "end_ns": 2 * MS + 4_000},
        {"label": "work(1)", "begin_ns": 1_001, "end_ns": MS + 1_000},
    ]
    assert (once["completion_order"], once["completes_in_order"]) == ([1, 0], False)
    assert once["printed"][0] == {
        "t_ns": MS + 500, "task": 3, "by_main": False, "stream": "stdout", "text": "done 1",
    }  # fmt: skip


def test_the_arguments_and_outcomes_are_told() -> None:
    failed = Outcome("exit status 3", "exit status 3: ValueError", False, 3)
    comparison = Comparison([Band(entrant("a", in_a_row())), Band(entrant("b", at_once(), failed))], ["--items", "3"])
    assert json.loads(written(comparison))["arguments"] == ["--items", "3"]
    good, bad = programs_of(comparison)
    assert (good["outcome"], good["reason"], good["ok"], good["exit_status"]) == ("returned", "main returned", True, 0)
    assert (bad["outcome"], bad["reason"], bad["ok"], bad["exit_status"]) == (failed.word, failed.words, False, 3)
    assert bad["speed_up"] is None


def test_what_has_not_ended_has_no_end() -> None:
    made = Recording().created(1, 0).created(2, 5, by=by_task(1)).step(1, 6, 9, StepEnd.RETURNED)
    [program] = programs_of(Comparison([Band(entrant("open", made))]))
    assert [item["end_ns"] for item in program["items"]] == [None]


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_any_name_and_output_is_plain_ascii_that_every_parser_reads(text: str) -> None:
    made = Recording().created(1, 0, text).output(text, 5, stream=2, by=by_task(1)).step(1, 1, 9, StepEnd.RETURNED)
    shown = written(Comparison([Band(entrant(text, made))], [text]))
    assert shown.isascii()
    assert json.loads(shown)["programs"][0]["label"].encode("utf-8")
