"""Each scenario's whole trace under the virtual clock is the golden one, on every Python."""

from __future__ import annotations

import sys

import pytest

from lessons import golden
from lessons.recorded import SCENARIOS, lesson
from loopviz import catalogue

NAMES = sorted(card.name for card in catalogue.scenarios(SCENARIOS) if not card.needs_time)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_has_its_golden_trace(name: str, rewrite_golden: bool) -> None:
    if name == "eager" and sys.version_info < (3, 12):
        pytest.skip("eager tasks came with Python 3.12")
    text = golden.text_of(lesson(name).trace)
    path = golden.path_of(name)
    if rewrite_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_trace_is_left_of_a_scenario_that_is_gone() -> None:
    kept = {path.name.split(".")[0] for path in golden.FOLDER.glob("*.txt")}
    assert kept == set(NAMES)
