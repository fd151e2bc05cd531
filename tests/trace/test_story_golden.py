"""The stories of the small scenarios, to be read as a learner would, the same on every Python.

What Python itself prints to standard error at the end is left out: its words are another's with every version. Where
asyncio does something else from a version on, ``NAME.3.12.txt`` tells it. ``--rewrite-golden`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lessons.golden import path_of
from lessons.recorded import lesson
from loopviz.trace.levels import Level
from loopviz.tui.units import moment
from telling import story_of

STORIES = Path(__file__).parent / "stories"
BRIEF = (
    "hello",
    "say_after",
    "create_task",
    "gather_two",
    "delay",
    "timeout",
    "futures",
    "bare_yield",
    "interleave",
    "async_generator_short",
    "error_list_of_coroutines",
    "error_sync_anext",
    "error_sync_generator",
)
FULL = ("gather_two", "timeout")


def told(name: str, level: Level) -> str:
    story = story_of(lesson(name).trace)
    sentences = story.told(0, len(story.chronicle), level)
    return "".join(f"{moment(t_ns)}  {text}\n" for t_ns, text in sentences if "prints to stderr" not in text)


@pytest.mark.parametrize(
    ("name", "level"), [*((name, Level.BRIEF) for name in BRIEF), *((name, Level.FULL) for name in FULL)]
)
def test_a_small_scenario_has_its_story(name: str, level: Level, rewrite_golden: bool) -> None:
    text = told(name, level)
    path = path_of(name if level is Level.BRIEF else f"{name}.full", STORIES)
    if rewrite_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_story_is_left_of_a_scenario_that_has_none() -> None:
    kept = {path.name.split(".3.")[0].removesuffix(".txt") for path in STORIES.glob("*.txt")}
    assert kept == {*BRIEF, *(f"{name}.full" for name in FULL)}
