"""Items: what the main task set going, and the order in which it got done."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import Recording, by_callback, by_task
from comparing import MS, at_once, in_a_row
from loopviz.events import RecordKind, StepEnd
from loopviz.timeline.comparison_items import Item, Items, items_of, shortened
from loopviz.timeline.outcomes import main_task


def of(recording: Recording) -> Items:
    trace = recording.trace()
    return items_of(trace, main_task(trace))


def ending(*ends: int | None) -> Items:
    return Items("tasks", tuple(Item(number, f"item {number}", 0, end) for number, end in enumerate(ends)))


def test_the_tasks_of_the_main_task_are_items_as_they_were_created() -> None:
    items = of(at_once((3 * MS, MS, 2 * MS)))
    assert items.kind == "tasks"
    assert [item.label for item in items.all] == ["work(0)", "work(1)", "work(2)"]
    assert items.completion == (1, 2, 0)


def test_a_main_task_without_tasks_has_its_calls() -> None:
    items = of(in_a_row(3))
    assert items.kind == "calls"
    assert [item.label for item in items.all] == ["work(0)", "work(1)", "work(2)"]
    assert items.completion == (0, 1, 2)
    assert [item.begin_ns for item in items.all] == sorted({item.begin_ns for item in items.all})


def test_a_task_that_a_callback_of_the_main_task_created_is_its_item() -> None:
    made = Recording().created(1, 0).callback(7, 5, 9, by=by_task(1)).created(2, 6, "late", by=by_callback(7))
    assert [item.label for item in of(made).all] == ["late"]


def test_tasks_of_tasks_are_no_items() -> None:
    made = Recording().created(1, 0).created(2, 1, "child", by=by_task(1)).created(3, 2, "grandchild", by=by_task(2))
    assert [item.label for item in of(made).all] == ["child"]


def test_a_single_call_only_passes_the_work_on_to_those_inside_it() -> None:
    made = Recording().created(1, 0).call(1, 1, 5, "run").call(2, 1, 6, "work", "0", parent=1)
    made.record(RecordKind.STEP, 1, end=StepEnd.ON_FUTURE, call=2, ready=4, start=4, ended=8)
    made.call(3, 1, 11, "work", "1", parent=1)
    made.record(RecordKind.STEP, 1, end=StepEnd.ON_FUTURE, call=3, ready=10, start=10, ended=12)
    items = of(made)
    assert [item.label for item in items.all] == ["work(0)", "work(1)"]
    assert items.completion == (0,), "the second has not ended"


def test_a_call_that_no_step_ended_in_has_no_end() -> None:
    assert of(Recording().created(1, 0).call(1, 1, 5, "run")).all == (Item(1, "run()", 5, None),)


def test_a_program_without_tasks_has_no_items() -> None:
    assert of(Recording()) == Items("tasks", ())
    assert of(Recording()).completion_words == ""


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (ending(1), "0"),
        (ending(1, 2, 3, 4, 5), "0 1 2 3 4"),
        (ending(*range(6)), "0 1 2 … 5"),
        (ending(*range(10, 0, -1)), "≠ 9 8 7 … 0"),
        (ending(1, 2, 9, 3), "≠ 0 1 3 2"),
        (ending(1, None, 2), "0 2 (1 unfinished)"),
        (ending(None, None), "(2 unfinished)"),
    ],
)
def test_an_order_is_told_in_few_words_and_marked_where_it_is_another_than_that_of_creation(
    items: Items, words: str
) -> None:
    assert items.completion_words == words


@given(st.lists(st.none() | st.integers(0, 30), max_size=12))
def test_the_order_is_that_of_the_ends_and_the_mark_tells_whether_it_is_sorted(ends: list[int | None]) -> None:
    items = ending(*ends)
    order = items.completion
    assert sorted(order) == [place for place, end in enumerate(ends) if end is not None]
    assert all((ends[here], here) < (ends[after], after) for here, after in pairwise(order))
    assert items.completes_in_order == (list(order) == sorted(order))
    assert items.completion_words.startswith("≠") != items.completes_in_order


@given(st.lists(st.text(max_size=3), max_size=12))
def test_a_shortened_list_keeps_its_beginning_and_its_end(words: list[str]) -> None:
    short = shortened(words)
    assert len(short) <= 5
    assert short == words if len(words) <= 5 else (short[:3] == words[:3] and short[-1] == words[-1])
