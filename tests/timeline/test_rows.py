"""Rows: the tree, filters, orders, and what happens when a trace is strange."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import Recording, by_callback, by_task
from loopviz.events import StepEnd
from loopviz.timeline.row_order import Sort
from loopviz.timeline.rows import DEEPEST_DRAWN, Row, RowKind, RowOptions, Rows, rows_of
from loopviz.trace.lifecycle import FINISHED
from loopviz.trace.trace import Trace
from timeline.programs import growing, programs

options = st.builds(
    RowOptions,
    sort=st.sampled_from(Sort),
    filter=st.sampled_from(["", "1", "work", "nothing is called so"]),
    only_live=st.booleans(),
    expanded=st.frozensets(st.integers(1, 20), max_size=5),
)


def drawn(rows: Iterable[Row]) -> list[str]:
    return [row.guide + row.label for row in rows]


def family() -> Recording:
    """A parent of two, the first of which is a parent of one."""
    made = Recording().loop_defined().loop_started(0)
    made.created(1, 10, "main").created(2, 20, "left", by=by_task(1)).created(3, 30, "right", by=by_task(1))
    return made.created(4, 40, "below", by=by_task(2)).created(5, 50, "alone")


def test_tasks_stand_below_their_creators() -> None:
    assert drawn(rows_of(family().trace())) == [
        "loop MainThread", "main", "├ left", "│ └ below", "└ right", "alone",
    ]  # fmt: skip


def test_a_filter_keeps_what_it_matches_and_all_that_lead_there() -> None:
    rows = rows_of(family().trace(), RowOptions(filter="BELOW"))
    assert drawn(rows) == ["loop MainThread", "main", "└ left", "  └ below"]


def test_a_filter_that_matches_nothing_leaves_no_rows() -> None:
    assert rows_of(family().trace(), RowOptions(filter="nobody")) == []


def test_a_filter_finds_a_task_by_the_name_that_asyncio_gave_it() -> None:
    trace = Recording().created(1, 0, coroutine="work").created(2, 0, coroutine="other").trace()
    assert [row.number for row in rows_of(trace, RowOptions(filter="task-2")) if row.kind == RowKind.TASK] == [2]


def test_a_filter_finds_a_task_by_the_coroutines_that_it_awaited() -> None:
    made = family().call(1, 5, 60, "reserve", "<Request>")
    assert drawn(rows_of(made.trace(), RowOptions(filter="reserve"))) == ["loop MainThread", "alone"]


def test_a_filter_finds_a_task_by_the_programs_own_functions_that_held_the_loop_in_it() -> None:
    made = family().running(3, 60).cut()
    trace, known = made.trace(), len(made.chunks)
    rows, report, library = Rows(trace), *(RowOptions(filter=text, sort=Sort.NAME) for text in ("report", "handle"))
    assert drawn(rows.of(report)) == []
    made.blocked(3, 60, 900, made.chain(("handle", "asyncio/web.py", 7), ("report", "app.py", 13)))
    made.blocked(2, 60, 900, made.chain(("report", "app.py", 13)), callback=True).cut()
    for chunk in made.chunks[known:]:
        trace.feed(*chunk)
    assert drawn(rows.of(report)) == ["loop MainThread", "right"]
    assert drawn(rows.of(library)) == []


def test_only_live_ones_are_those_that_have_not_ended() -> None:
    made = family()
    for task in (1, 2, 3):
        made.step(task, 100 * task, 100 * task + 10, StepEnd.RETURNED)
    rows = rows_of(made.trace(), RowOptions(only_live=True))
    assert drawn(rows) == ["loop MainThread", "main", "└ left", "  └ below", "alone"]


def test_calls_are_lanes_before_the_children_of_an_opened_task() -> None:
    made = family().call(1, 1, 60, "fetch", "'a'").call(2, 1, 60, "read", parent=1).call(3, 1, 70, "fetch", "'b'")
    closed, opened = (rows_of(made.trace(), RowOptions(expanded=frozenset(numbers))) for numbers in ((), (1, 4)))
    assert drawn(closed)[1:3] == ["main", "├ left"]
    assert drawn(opened)[1:6] == ["main", "├ fetch('a')", "│ └ read()", "├ fetch('b')", "├ left"]
    assert (closed[1].expandable, closed[1].expanded) == (True, False)
    assert (opened[1].expandable, opened[1].expanded) == (True, True)
    assert (opened[7].number, opened[7].expandable, opened[7].expanded) == (3, False, False)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (Sort.CREATION, ["Task-10", "Task-9", "b", "A"]),
        (Sort.NAME, ["A", "b", "Task-9", "Task-10"]),
        (Sort.STATE, ["Task-10", "b", "Task-9", "A"]),
        (Sort.BUSY, ["b", "A", "Task-9", "Task-10"]),
    ],
)
def test_tasks_are_ordered_as_asked_for(sort: Sort, names: list[str]) -> None:
    made = Recording()
    for task, name in enumerate(("Task-10", "Task-9", "b", "A"), 1):
        made.created(task, task, name, coroutine="")
    made.step(2, 10, 12, StepEnd.RAISED).step(3, 20, 60).step(4, 70, 80, StepEnd.RETURNED)
    assert [row.label for row in rows_of(made.trace(), RowOptions(sort=sort)) if row.kind == RowKind.TASK] == names


@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.CREATION])
def test_another_order_than_that_of_creation_is_one_of_all_tasks_of_a_loop(sort: Sort) -> None:
    rows = rows_of(family().trace(), RowOptions(sort=sort))
    assert {(row.guide, row.depth) for row in rows} == {("", 0)}
    assert sorted(row.number for row in rows if row.kind == RowKind.TASK) == [1, 2, 3, 4, 5]


def test_the_busiest_task_comes_first_whoever_created_it() -> None:
    made = family().step(1, 100, 120).step(3, 130, 140).step(4, 150, 950)
    assert drawn(rows_of(made.trace(), RowOptions(sort=Sort.BUSY)))[1:4] == ["below", "main", "right"]


def test_a_task_that_holds_the_loop_is_the_busiest() -> None:
    made = family().step(1, 100, 120).running(4, 150).mark("seen", 900)
    assert drawn(rows_of(made.trace(), RowOptions(sort=Sort.BUSY)))[1:3] == ["below", "main"]


def test_a_filter_keeps_no_parents_where_there_is_no_tree() -> None:
    assert drawn(rows_of(family().trace(), RowOptions(sort=Sort.NAME, filter="below"))) == ["loop MainThread", "below"]


def test_lanes_stand_below_their_task_in_every_order() -> None:
    made = family().call(1, 2, 60, "fetch", "'a'")
    rows = rows_of(made.trace(), RowOptions(sort=Sort.NAME, expanded=frozenset({2})))
    assert drawn(rows)[3:6] == ["left", "└ fetch('a')", "main"]


def test_those_alive_at_a_moment_had_been_created_and_had_not_ended() -> None:
    made = family().step(1, 100, 110).step(3, 120, 130, StepEnd.RETURNED).step(1, 140, 150, StepEnd.RETURNED)
    rows = Rows(made.created(6, 160, "late").trace())
    alive = RowOptions(only_live=True, sort=Sort.NAME)
    assert drawn(rows.of(alive, 125))[1:] == ["alone", "below", "left", "main", "right"]
    assert drawn(rows.of(alive, 135))[1:] == ["alone", "below", "left", "main"]
    assert drawn(rows.of(alive))[1:] == ["alone", "below", "late", "left"]


def test_states_order_tasks_as_they_were_at_a_moment() -> None:
    made = family().step(1, 100, 110).step(3, 120, 130, StepEnd.RETURNED).step(2, 140, 150)
    rows = Rows(made.trace())
    assert drawn(rows.of(RowOptions(sort=Sort.STATE), 125))[1:] == ["right", "left", "below", "alone", "main"]
    assert drawn(rows.of(RowOptions(sort=Sort.STATE), 145))[1:] == ["left", "below", "alone", "main", "right"]


def test_a_moment_is_no_matter_to_rows_that_do_not_depend_on_it() -> None:
    rows = Rows(family().trace())
    assert rows.of(RowOptions(), 15) is rows.of(RowOptions(), 45)


def test_a_task_made_by_a_callback_finds_its_parent_when_the_callback_is_known() -> None:
    made = Recording().created(1, 10, "main").created(2, 30, "child", by=by_callback(7)).cut()
    made.callback(7, 25, 40, by=by_task(1))
    trees = []
    rows: Rows | None = None
    for trace in growing(made):
        rows = rows or Rows(trace)
        trees.append(drawn(rows.of(RowOptions())))
    assert trees[-2:] == [["loop 1", "main", "child"], ["loop 1", "main", "└ child"]] or trees[-1] == [
        "loop 1", "main", "└ child",
    ]  # fmt: skip
    assert ["loop 1", "main", "child"] in trees


def test_each_loop_lists_its_own_tasks() -> None:
    made = Recording().loop_defined(1).loop_defined(2, thread="worker").created(1, 0, "here")
    made.on(2).created(2, 5, "there", by=by_task(1))
    assert drawn(rows_of(made.trace())) == ["loop MainThread", "here", "loop worker", "there"]


def test_loops_of_one_thread_are_numbered() -> None:
    made = Recording().loop_defined(1).loop_defined(2).created(1, 0, "first").on(2).created(2, 5, "second")
    assert drawn(rows_of(made.trace())) == ["loop MainThread #1", "first", "loop MainThread #2", "second"]


def test_a_circle_of_creators_is_cut_and_nobody_is_lost() -> None:
    made = Recording().created(1, 0, "a", by=by_task(2)).created(2, 0, "b", by=by_task(3)).created(3, 0, by=by_task(1))
    rows = rows_of(made.trace())
    assert sorted(row.number for row in rows if row.kind == RowKind.TASK) == [1, 2, 3]


def test_a_circle_of_calls_ends() -> None:
    made = Recording().created(1, 0).call(1, 1, 5, "f", parent=2).call(2, 1, 5, "g", parent=1).call(3, 1, 5, "h")
    rows = rows_of(made.trace(), RowOptions(expanded=frozenset({1})))
    assert [row.label for row in rows if row.kind == RowKind.CALL] == ["h()"]


def test_a_chain_of_ten_thousand_creators_is_no_trouble() -> None:
    made = Recording()
    for task in range(1, 10_001):
        made.created(task, task, by=by_task(task - 1))
    rows = rows_of(made.trace())
    assert [row.depth for row in rows[1:]] == list(range(10_000))
    assert max(len(row.guide) for row in rows) <= 2 * (DEEPEST_DRAWN + 1)
    assert rows[-1].guide.startswith("⋯")


@given(programs(), options)
def test_rows_that_grow_are_those_of_the_whole_trace(made: Recording, options: RowOptions) -> None:
    snapshots = growing(made)
    trace = next(snapshots)
    rows = Rows(trace)
    for _ in snapshots:
        assert list(rows.of(options)) == rows_of(trace, options)
        assert rows.of(options) is rows.of(options)


@given(programs(), options)
def test_every_task_that_passes_is_listed_once_below_its_parent(made: Recording, options: RowOptions) -> None:
    trace: Trace = made.trace()
    rows = rows_of(trace, options)
    listed = [row.number for row in rows if row.kind == RowKind.TASK]
    assert len(listed) == len(set(listed))
    if not options.filter:
        live = {task.number for task in trace.tasks.values() if task.state not in FINISHED}
        assert (live if options.only_live else set(trace.tasks)) <= set(listed)
    path: list[int] = []
    for row in rows:
        if row.kind == RowKind.TASK:
            del path[row.depth :]
            parent = trace.parent(trace.tasks[row.number])
            if path:
                assert parent == path[-1]
            path.append(row.number)


def ended_by_asyncio_run(end: StepEnd) -> Trace:
    """A program's one task, and the one by which ``asyncio.run`` ends, which may have to wait for a thread."""
    made = Recording().loop_defined().loop_started(0)
    made.created(1, 10, "main").step(1, 20, 30, StepEnd.RETURNED)
    made.created(2, 40, "ending", coroutine="BaseEventLoop.shutdown_default_executor", library=True)
    return made.step(2, 50, 60, end).trace()


def test_a_task_by_which_asyncio_run_ends_is_not_listed() -> None:
    assert drawn(rows_of(ended_by_asyncio_run(StepEnd.RETURNED))) == ["loop MainThread", "main"]


def test_a_task_by_which_asyncio_run_ends_is_listed_where_it_waits() -> None:
    assert drawn(rows_of(ended_by_asyncio_run(StepEnd.ON_FUTURE))) == ["loop MainThread", "main", "ending"]
