"""What each loop method of section 2 makes visible, read off its trace under the virtual clock."""

from __future__ import annotations

import sys

import pytest

from lessons.recorded import lesson
from loopviz.events import Flag, RecordKind, WakeKind
from loopviz.trace.lifecycle import State

TEN = [str(number) for number in range(10)]
CONCURRENT = ("gather", "wait", "as_completed", "task_list", "task_group")


def test_sequential_is_one_task_with_ten_calls_one_after_the_other() -> None:
    seen = lesson("sequential")
    assert [task.coroutine for task in seen.tasks] == ["main"]
    assert [arguments.split(", ")[0] for arguments in seen.calls("work")] == TEN
    assert seen.waits(seen.task("main")) == ["sleep(1)"] * 10
    assert seen.makespan_s == 10


@pytest.mark.parametrize("method", CONCURRENT)
def test_a_concurrent_method_makes_ten_tasks_and_takes_one_second(method: str) -> None:
    seen = lesson(method)
    workers = [task for task in seen.tasks if task.coroutine == "work"]
    assert [task.arguments.split(", ")[0] for task in workers] == TEN
    assert seen.makespan_s == 1
    assert seen.status == 0


@pytest.mark.parametrize("method", ("sequential", *CONCURRENT))
def test_each_method_takes_items_delay_and_spread(method: str) -> None:
    seen = lesson(method, "--items", "3", "--delay", "0.5", "--spread", "0.25")
    assert seen.makespan_s == (0.5 + 0.75 + 1.0 if method == "sequential" else 1.0)


def test_wait_wakes_its_waiter_once_when_the_last_is_done() -> None:
    seen = lesson("wait", "--spread", "0.1")
    assert seen.waits(seen.task("main")) == ["wait of 10"]


def test_gather_suspends_main_on_ten_children_once() -> None:
    seen = lesson("gather")
    assert seen.waits(seen.task("main")) == ["gather of 10"]


def test_as_completed_wakes_its_consumer_once_for_each_task() -> None:
    seen = lesson("as_completed", "--spread", "0.1")
    wakers = [task for kind, task in seen.wakes(seen.task("main")) if kind == WakeKind.TASK]
    assert wakers == [task.number for task in seen.tasks if task.coroutine == "work"]


@pytest.mark.parametrize("method", CONCURRENT)
def test_the_tasks_of_a_concurrent_method_start_in_the_order_of_their_creation(method: str) -> None:
    seen = lesson(method)
    work = [task for task in seen.tasks if task.coroutine == "work"]
    starts = [next(span.start_ns for span in task.spans() if span.state == State.RUNNING) for task in work]
    assert starts == sorted(starts)


def test_as_completed_takes_results_in_the_order_of_completion() -> None:
    seen = lesson("as_completed", "--items", "4", "--delay", "1", "--spread", "-0.2")
    assert seen.finishing_order("work") == ["3", "2", "1", "0"]
    assert [line for line in seen.lines if line.startswith("got")] == [f"got {number}" for number in (3, 2, 1, 0)]


def test_task_list_takes_results_in_the_order_of_creation() -> None:
    seen = lesson("task_list", "--items", "4", "--delay", "1", "--spread", "-0.2")
    assert seen.finishing_order("work") == ["3", "2", "1", "0"]
    assert [line for line in seen.lines if line.startswith("got")] == [f"got {number}" for number in range(4)]


def test_task_group_waits_at_its_exit() -> None:
    seen = lesson("task_group")
    assert all(words.startswith("TaskGroup exit") for words in seen.waits(seen.task("main")))


def test_bounded_lets_three_in_at_a_time_and_shows_who_waits_for_the_semaphore() -> None:
    seen = lesson("bounded")
    waiting = [task for task in seen.tasks if "Semaphore.acquire" in seen.waits(task)]
    assert len(waiting) == 7
    assert seen.makespan_s == 4
    ends = [seen.lasted_s(task) for task in seen.tasks if task.coroutine == "work"]
    assert sorted(ends) == [1] * 3 + [2] * 3 + [3] * 3 + [4]


def test_workers_hand_items_over_by_the_queue() -> None:
    seen = lesson("workers")
    workers = [task for task in seen.tasks if task.coroutine == "worker"]
    assert len(workers) == 3
    assert [arguments.split(", ")[0] for arguments in seen.calls("work")] == TEN
    assert seen.makespan_s == 4


def test_workers_and_main_wake_each_other() -> None:
    seen = lesson("workers")
    main = seen.task("main")
    workers = {task.number for task in seen.tasks if task.coroutine == "worker"}
    assert {"Queue.put", "gather of 3"} == set(seen.waits(main))
    assert {task for kind, task in seen.wakes(main) if kind == WakeKind.TASK} == workers
    fed = [seen.trace.tasks[number] for number in workers if "Queue.get" in seen.waits(seen.trace.tasks[number])]
    assert fed
    assert all((WakeKind.TASK, main.number) in seen.wakes(worker) for worker in fed)


def test_failing_shows_what_is_cancelled_and_what_runs_on() -> None:
    seen = lesson("failing")
    work = [task for task in seen.tasks if task.coroutine == "work"]
    outcomes = [[task.state for task in work if task.arguments.startswith("4,")], [task.state for task in work][13:]]
    assert outcomes[0] == [State.RETURNED, State.RETURNED, State.CANCELLED]
    assert [task.state for task in work if task.arguments.startswith("3,")] == [State.RAISED] * 3
    assert seen.status == 0
    assert "gather raised ValueError('item 3 is bad'), still running: 1" in seen.lines
    assert "task 4 is cancelled" in seen.lines
    assert seen.lines[-1].startswith("TaskGroup raised (ValueError(")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
def test_eager_runs_first_steps_inside_the_creators_step() -> None:
    seen = lesson("eager")
    main = seen.task("main")
    first = next(span for span in main.spans() if span.state == State.RUNNING)
    eager = [task for task in seen.tasks if task.coroutine == "work"]
    assert all(task.eager for task in eager)
    for task in eager:
        step = next(span for span in task.spans() if span.state == State.RUNNING)
        assert first.start_ns < step.start_ns
        assert (step.end_ns or 0) < (first.end_ns or 0)
    flags = [seen.trace.records.raw(index).flags for index in seen.trace.of_kind(RecordKind.TASK_CREATED)]
    assert sum(bool(flag & Flag.EAGER) for flag in flags) == 10


def test_wrong_parameters_end_with_the_scenarios_own_usage() -> None:
    seen = lesson("gather", "--items", "many")
    assert seen.status == 2
    assert "usage:" in seen.stderr
    assert "--items" in seen.stderr
