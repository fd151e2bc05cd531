"""What each scenario of section 3 makes visible, read off its trace under the virtual clock."""

from __future__ import annotations

import pytest

from lessons.recorded import lesson
from loopviz.events import RecordKind, WarningKind
from loopviz.trace.lifecycle import State


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("async_generator", 10),
        ("async_generator_short", 3),
        ("async_iterator", 10),
        ("async_countdown", 5),
        ("await_each", 5),
    ],
)
def test_an_async_for_is_one_task_that_waits_once_for_each_item(name: str, waits: int) -> None:
    seen = lesson(name)
    assert [task.coroutine for task in seen.tasks] == ["main"]
    assert seen.waits(seen.task("main")) == ["sleep(1)"] * waits
    assert seen.makespan_s == waits


def test_async_generator_waits_inside_the_generator() -> None:
    seen = lesson("async_generator")
    frames = seen.trace.definitions.chain(seen.trace.records.step(next(iter(seen.trace.step_records))).site)
    assert [frame.name for frame in frames[:1]] == ["main"]
    assert len({place for _words, place in seen.waits_and_places(seen.task("main"))}) == 1
    assert len(frames) == 3  # main, the generator, sleep


def test_async_range_waits_first_in_the_body_and_then_inside_anext() -> None:
    seen = lesson("async_range")
    places = [place for _words, place in seen.waits_and_places(seen.task("main"))]
    assert len(places) == 6
    assert len(set(places[:3])) == len(set(places[3:])) == 1
    assert places[0] != places[3]


def test_async_comprehension_is_sequential_beside_a_gather() -> None:
    seen = lesson("async_comprehension")
    assert seen.lines == ["[0, 1, 4, 9, 16]"] * 2
    assert seen.makespan_s == 6
    assert seen.waits(seen.task("main")) == ["sleep(1)"] * 5 + ["gather of 5"]


def test_async_for_is_not_parallel_but_lets_another_task_run() -> None:
    seen = lesson("async_for_is_not_parallel")
    numbers = [index for index, line in enumerate(seen.lines) if line.startswith("number")]
    between = [line for line in seen.lines[: numbers[0]] if line.startswith("tick")]
    assert len(numbers) == 3
    assert between == ["tick 1", "tick 2", "tick 3"]
    assert seen.lines.index("behind the loop") > numbers[-1]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("error_sync_generator", "__aiter__"),
        ("error_sync_anext", "__anext__"),
        ("error_list_of_coroutines", "__aiter__"),
    ],
)
def test_an_error_scenario_ends_with_its_type_error_and_a_whole_trace(name: str, message: str) -> None:
    seen = lesson(name)
    main = seen.task("main")
    assert seen.status == 1
    assert "TypeError: " in seen.stderr.splitlines()[-1]
    assert message in seen.stderr.splitlines()[-1]
    assert main.state == State.RAISED
    assert (main.result or "").startswith("TypeError: ")


def test_error_list_of_coroutines_names_the_ten_that_were_never_awaited() -> None:
    seen = lesson("error_list_of_coroutines")
    warnings = [seen.trace.records.raw(index) for index in seen.trace.of_kind(RecordKind.WARNING)]
    texts = [seen.trace.definitions.texts[raw.target] for raw in warnings if raw.end == WarningKind.NEVER_AWAITED]
    assert len(texts) == 10
    assert all(f"({number})" in text for number, text in enumerate(sorted(texts)))
