"""What each scenario of section 1 makes visible, read off its trace under the virtual clock."""

from __future__ import annotations

import sys

import pytest

from lessons.recorded import lesson
from loopviz.events import RecordKind, WakeKind
from loopviz.trace.lifecycle import State


def test_interleave_alternates_strictly_and_takes_five_seconds() -> None:
    seen = lesson("interleave")
    assert seen.lines == ["fun_a", "fun_b"] * 5 + ["[1, 2]"]
    assert seen.running_order("fun_a", "fun_b") == ["fun_a", "fun_b"] * 6
    assert seen.makespan_s == 5


def test_interleave_waits_five_times_in_each_of_two_tasks() -> None:
    seen = lesson("interleave")
    assert seen.waits(seen.task("fun_a")) == seen.waits(seen.task("fun_b")) == ["sleep(1)"] * 5


def test_interleave_with_other_rounds_and_delay_follows_them() -> None:
    seen = lesson("interleave", "--rounds", "2", "--delay", "0.5")
    assert seen.lines == ["fun_a", "fun_b"] * 2 + ["[1, 2]"]
    assert seen.makespan_s == 1


def test_hello_is_one_task_of_one_step() -> None:
    seen = lesson("hello")
    assert [task.step_count for task in seen.tasks] == [1]
    assert len(seen.lines) == 1


def test_say_after_waits_one_after_the_other() -> None:
    seen = lesson("say_after")
    assert seen.makespan_s == 3
    assert seen.waits(seen.task("main")) == ["sleep(1)", "sleep(2)"]


def test_create_task_makes_a_task_that_runs_only_when_main_waits() -> None:
    seen = lesson("create_task")
    main, greet = seen.task("main"), seen.task("greet")
    first_step_ns = next(span.start_ns for span in greet.spans() if span.state == State.RUNNING)
    main_waits_ns = next(span.start_ns for span in main.spans() if span.state == State.SUSPENDED)
    assert greet.created_ns is not None
    assert greet.created_ns < main_waits_ns < first_step_ns
    assert greet.state_at(main_waits_ns) == State.READY


def test_gather_two_gives_results_in_call_order_after_the_longer_wait() -> None:
    seen = lesson("gather_two")
    assert seen.makespan_s == 2
    assert seen.finishing_order("nap") == ["'short'", "'long'"]
    assert seen.lines[-1].index("long") < seen.lines[-1].index("short")


def test_delay_leaves_the_loop_idle_while_its_task_is_suspended() -> None:
    seen = lesson("delay")
    assert seen.makespan_s == 2
    waits = [(task.number, seen.waits(task)) for task in seen.tasks if seen.waits(task)]
    assert [words for _task, words in waits].count(["sleep(2)"]) == 1
    idle = [seen.trace.records.raw(index) for index in seen.trace.of_kind(RecordKind.IDLE)]
    assert sum(raw.end_ns - raw.start_ns for raw in idle) > 1.99e9


def test_timeout_cancels_the_job_after_five_seconds() -> None:
    seen = lesson("timeout")
    job, main = seen.task("job"), seen.task("main")
    assert (job.state, main.state) == (State.CANCELLED, State.RETURNED)
    assert (seen.lasted_s(job), seen.lasted_s(main)) == (5, 5)
    assert seen.lines == ["job: cancelled", "main: TimeoutError"]


def test_timeout_says_who_cancelled_the_job() -> None:
    seen = lesson("timeout")
    asked = [seen.trace.records.raw(index) for index in seen.trace.of_kind(RecordKind.CANCEL_REQUESTED)]
    of_job = [raw for raw in asked if raw.who == seen.task("job").number]
    assert len(of_job) == 1
    # Up to 3.11 main cancels the job; since then the timer cancels main, which hands the request on.
    by_main = sys.version_info < (3, 12)
    assert (of_job[0].waker_kind == WakeKind.TASK) == by_main


def test_blocking_sleep_starves_the_others_for_two_seconds() -> None:
    seen = lesson("blocking_sleep")
    greedy = seen.task("greedy")
    lengths = [(span.end_ns or 0) - span.start_ns for span in greedy.spans() if span.state == State.RUNNING]
    assert round(max(lengths) / 1e9, 2) == 2
    first, second, third, fourth = (task for task in seen.tasks if task.coroutine == "honest")
    assert min(seen.longest_ready_s(first), seen.longest_ready_s(second)) == 2
    assert max(seen.longest_ready_s(third), seen.longest_ready_s(fourth)) == 0


def test_blocking_sleep_in_a_thread_lets_the_others_tick_meanwhile() -> None:
    seen = lesson("blocking_sleep")
    assert seen.waits(seen.task("polite")) == ["to_thread"]
    at = seen.lines.index
    assert at("greedy: done") < at("a: tick 1")
    assert seen.lines[at("polite: sleeping in a thread") + 1] == "a: tick 1"


def test_cpu_bound_stops_the_ticks_until_it_moves_to_another_process() -> None:
    # So many that they take a while: from Python 3.15 on, nobody waits for what is done already.
    seen = lesson("cpu_bound", "--count", "300000", clock="real")
    here, elsewhere = seen.lines.index("computing in the coroutine"), seen.lines.index("computing in another process")
    assert seen.status == 0
    assert seen.lines.count("tick 8") == 2
    assert here < elsewhere
    assert "executor" in seen.waits(seen.task("compute_elsewhere"))[-1]


def test_async_while_counts_down_a_second_at_a_time() -> None:
    seen = lesson("async_while")
    assert seen.makespan_s == 5
    assert [words for task in seen.tasks for words in seen.waits(task)].count("sleep(1)") == 5


def test_futures_are_woken_by_a_timer_and_by_a_task() -> None:
    seen = lesson("futures")
    main, resolve = seen.task("main"), seen.task("resolve")
    assert seen.lines == ["woken by a timer", "woken by a task"]
    assert seen.waits(main)[:2] == ["Future", "Future"]
    assert [kind for kind, _task in seen.wakes(main)][:2] == [WakeKind.TIMER, WakeKind.TASK]
    assert seen.wakes(main)[1][1] == resolve.number


def test_bare_yield_is_ready_again_at_once() -> None:
    seen = lesson("bare_yield")
    for name in ("with_yield", "with_sleep"):
        states = [span.state for span in seen.task(name).spans()]
        assert State.SUSPENDED not in states
        assert states == [State.READY, State.RUNNING] * 4
    assert seen.running_order("with_yield", "with_sleep") == ["with_yield", "with_sleep"] * 4


@pytest.mark.parametrize("name", ["interleave", "hello", "say_after", "timeout", "futures", "bare_yield", "delay"])
def test_a_first_step_ends_well_and_says_nothing_on_stderr(name: str) -> None:
    seen = lesson(name)
    assert (seen.status, seen.stderr) == (0, "")
