"""Figures are what their definitions say."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, by_task, by_timer, state_of
from loopviz.events import Flag, StepEnd
from loopviz.trace.distributions import Distribution, distribution
from loopviz.trace.lifecycle import State
from loopviz.trace.statistics import Statistics, task_statistics
from loopviz.trace.trace import Trace
from simulating import simulate

seeds = st.integers(0, 10**9).map(Random)


def two_tasks() -> Recording:
    """Two tasks on one loop, which runs from 0 to 1,000."""
    made = Recording().loop_started(0).created(1, 10, "main").created(2, 20, "worker", by=by_task(1))
    made.step(1, 15, 100, ready=10).step(2, 110, 130, ready=20).idle(200, 600)
    made.callback(1, 610, 640, "wake", ready=605, by=by_timer(1))
    made.step(2, 650, 700, StepEnd.YIELDED, ready=620).step(2, 710, 720, StepEnd.RETURNED, ready=699)
    return made.step(1, 800, 900, StepEnd.RETURNED, ready=720).loop_stopped(1_000)


def test_a_loops_time_is_divided_into_busy_idle_and_its_own() -> None:
    loop = Statistics(two_tasks().trace()).loops[1]
    assert loop.running_ns == 1_000
    assert loop.busy_ns == 85 + 20 + 50 + 10 + 100 + 30
    assert loop.idle_ns == 400
    assert (loop.busy_share, loop.idle_share) == (0.295, 0.4)


def test_a_loop_is_busy_with_a_step_that_has_not_ended() -> None:
    made = Recording().loop_started(0).created(1, 10, "main").step(1, 15, 100, ready=10).idle(110, 200).running(1, 250)
    made.mark("seen", 1_050)
    statistics = Statistics(made.trace())
    assert statistics.loops[1].busy_ns == 85 + 800
    assert statistics.busy_share == pytest.approx(885 / 1_050)


def test_time_that_passes_without_a_record_counts_for_the_loops_that_run() -> None:
    sleeps = Statistics(Recording().loop_started(0).created(1, 10, "main").step(1, 15, 100, ready=10).trace())
    held = Statistics(Recording().loop_started(0).created(1, 10, "main").running(1, 20).trace())
    stopped = Statistics(two_tasks().trace())
    for now_ns in (2_000, 2_100):
        sleeps.reach(now_ns)
        held.reach(now_ns)
        stopped.reach(now_ns)
    assert sleeps.busy_share == pytest.approx(85 / 2_100)
    assert held.loops[1].busy_ns == 2_080
    assert stopped.loops[1].running_ns == 1_000


def test_once_it_has_ended_it_counts_once() -> None:
    trace = Recording().loop_started(0).created(1, 10, "main").running(1, 20).mark("seen", 500).trace()
    statistics = Statistics(trace)
    assert statistics.loops[1].busy_ns == 480
    more = Recording().step(1, 20, 600).callback(1, 610, 640).mark("later", 700)
    more.cut()
    for chunk in more.chunks:
        trace.feed(*chunk)
    statistics.update()
    assert statistics.loops[1].busy_ns == 580 + 30


def test_of_a_step_within_a_step_the_outer_one_counts() -> None:
    made = Recording().loop_started(0).created(1, 10, "main").running(1, 20).created(2, 30, "eager", flags=Flag.EAGER)
    made.running(2, 30).mark("seen", 500)
    assert Statistics(made.trace()).loops[1].busy_ns == 480


def test_steps_callbacks_and_switches_are_counted() -> None:
    loop = Statistics(two_tasks().trace()).loops[1]
    assert (loop.step_count, loop.callback_count) == (5, 1)
    assert loop.switch_count == 2, "main to worker, and back; worker's three steps in a row are no switch"


def test_latency_is_the_length_of_ready_spans() -> None:
    statistics = Statistics(two_tasks().trace())
    assert statistics.latency == Distribution(5, 30, 90, 90, 4)
    assert statistics.worst_latency_ns == 90


def test_step_length_is_the_length_of_running_spans() -> None:
    assert Statistics(two_tasks().trace()).step_length == Distribution(5, 50, 100, 100, 9)


def test_concurrency_is_how_many_tasks_are_alive() -> None:
    statistics = Statistics(two_tasks().trace())
    assert (statistics.task_count, statistics.makespan_ns, statistics.peak_concurrency) == (2, 890, 2)
    assert statistics.mean_concurrency == pytest.approx((890 + 700) / 890)


def test_a_task_that_ends_as_another_begins_is_not_alive_beside_it() -> None:
    made = Recording().created(1, 0).step(1, 5, 10, StepEnd.RETURNED).created(2, 10).step(2, 15, 20, StepEnd.RETURNED)
    assert Statistics(made.trace()).peak_concurrency == 1


def test_an_unfinished_task_counts_up_to_the_end_of_the_trace() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).mark("end", 100)
    statistics = Statistics(made.trace())
    assert (statistics.wall_ns, statistics.makespan_ns, statistics.mean_concurrency) == (100, 100, 1.0)


def test_an_eager_step_counts_once_in_the_loops_busy_time_and_has_no_latency() -> None:
    made = Recording().loop_started(0).created(1, 0).created(2, 20, by=by_task(1), flags=Flag.EAGER)
    made.step(2, 20, 30, eager=True, by=by_task(1)).step(1, 10, 40, ready=0).loop_stopped(100)
    statistics = Statistics(made.trace())
    assert statistics.loops[1].busy_ns == 30
    assert (statistics.step_count, statistics.switch_count, statistics.latency.count) == (2, 0, 1)


def test_a_loop_that_ran_twice_did_not_run_between() -> None:
    made = Recording().loop_started(10).loop_stopped(30).mark("between", 40).loop_started(100).loop_stopped(150)
    assert Statistics(made.trace()).loops[1].running_ns == 70


def test_a_loop_whose_start_was_not_recorded_runs_since_its_first_record() -> None:
    assert Statistics(Recording().timer(1, 40, 5).mark("end", 100).trace()).loops[1].running_ns == 60


def test_shares_are_over_all_loops() -> None:
    made = Recording().loop_started(0).step(1, 0, 50).loop_stopped(100)
    made.on(2).loop_started(0).idle(0, 60).loop_stopped(100)
    statistics = Statistics(made.trace())
    assert (statistics.busy_share, statistics.idle_share) == (0.25, 0.3)


def test_facts_of_no_loop_are_no_loop() -> None:
    made = Recording().on(0).output("before", 0).on(1).loop_started(50).step(1, 50, 100).loop_stopped(100)
    statistics = Statistics(made.trace())
    assert list(statistics.loops) == [1]
    assert statistics.busy_share == 1.0


def test_a_trace_of_nothing_has_figures_of_nothing() -> None:
    statistics = Statistics(Trace())
    assert (statistics.task_count, statistics.step_count, statistics.switch_count, statistics.wall_ns) == (0, 0, 0, 0)
    assert (statistics.makespan_ns, statistics.mean_concurrency, statistics.peak_concurrency) == (0, 0.0, 0)
    assert (statistics.busy_share, statistics.idle_share) == (0.0, 0.0)
    assert statistics.latency == statistics.step_length == Distribution(0, 0, 0, 0, None)


def test_one_tasks_figures_come_from_its_spans() -> None:
    trace = two_tasks().trace()
    worker = task_statistics(trace, trace.tasks[2])
    assert (worker.wall_ns, worker.running_ns, worker.ready_ns, worker.suspended_ns) == (700, 80, 130, 490)
    assert worker.step_count == 3
    assert worker.latency == Distribution(3, 30, 90, 90, 4)
    assert worker.step_length == Distribution(3, 20, 50, 50, 7)


@settings(max_examples=40)
@given(seeds, st.integers(1, 2), st.integers(0, 1))
def test_figures_agree_with_the_spans(random: Random, loops: int, shortest_tick: int) -> None:
    trace = simulate(random, loops=loops, shortest_tick=shortest_tick).recording.trace()
    statistics = Statistics(trace)
    spans = [span for task in trace.tasks.values() for span in task.spans() if span.end_ns is not None]
    lengths = [span.end_ns - span.start_ns for span in spans if span.state == State.RUNNING and span.end_ns is not None]
    latencies = [span.end_ns - span.start_ns for span in spans if span.state == State.READY and span.end_ns is not None]
    assert statistics.step_length.count == len(lengths)
    assert statistics.step_length.worst_ns == max(lengths, default=0)
    assert statistics.latency.count == len(latencies)
    assert statistics.latency.worst_ns == statistics.worst_latency_ns == max(latencies, default=0)
    for loop in statistics.loops.values():
        assert loop.busy_ns + loop.idle_ns <= loop.running_ns
    for task in trace.tasks.values():
        figures = task_statistics(trace, task)
        assert figures.wall_ns == figures.running_ns + figures.ready_ns + figures.suspended_ns
        assert figures.step_count == figures.step_length.count


@settings(max_examples=40)
@given(seeds)
def test_concurrency_agrees_with_looking_at_every_moment(random: Random) -> None:
    trace = simulate(random, turns=15).recording.trace()
    statistics = Statistics(trace)
    lives = [(task.first_ns or 0, task.finished_ns or trace.end_ns) for task in trace.tasks.values()]
    at_each_ns = [sum(born <= now < ended for born, ended in lives) for now in range(trace.end_ns)]
    assert statistics.peak_concurrency == max(at_each_ns, default=0)
    makespan_ns = max(ended for _, ended in lives) - min(born for born, _ in lives)
    assert statistics.makespan_ns == makespan_ns
    assert statistics.mean_concurrency == pytest.approx(sum(at_each_ns) / makespan_ns)


@settings(max_examples=30)
@given(seeds)
def test_figures_of_a_growing_trace_are_those_of_the_whole(random: Random) -> None:
    recording = simulate(random, loops=2).recording
    whole, growing = recording.trace(), Trace(dict(recording.header))
    statistics = Statistics(growing)
    for chunk in recording.chunks:
        growing.feed(*chunk)
        statistics.update()
    assert state_of(statistics.loops) == state_of(Statistics(whole).loops)
    assert statistics.latency == Statistics(whole).latency
    assert statistics.step_length == Statistics(whole).step_length


def test_medians_follow_a_trace_that_grows() -> None:
    made = Recording().step(1, 0, 10)
    trace = made.trace()
    statistics = Statistics(trace)
    assert statistics.step_length.worst_ns == 10
    more = Recording().step(1, 20, 90)
    trace.feed(*more.cut().chunks[0])
    statistics.update()
    assert statistics.step_length.worst_ns == 70


@given(st.lists(st.integers(0, 1_000), min_size=1))
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(values: list[int]) -> None:
    figures = distribution(values, range(len(values)))
    for percent, value in ((50, figures.median_ns), (95, figures.p95_ns), (100, figures.worst_ns)):
        enough = [one for one in values if sum(other <= one for other in values) * 100 >= percent * len(values)]
        assert value == min(enough)
    assert figures.worst_record == values.index(max(values))


def test_durations_below_zero_stand_for_none() -> None:
    assert distribution([-1, 7, -1], [4, 5, 6]) == Distribution(1, 7, 7, 7, 5)
