"""The tasks by which ``asyncio.run`` ends a loop are known, and no part of what the program did."""

from __future__ import annotations

import pytest

from building import Recording
from loopviz.events import StepEnd
from loopviz.trace.statistics import Statistics


def ended_by(coroutine: str, library: bool = True) -> Recording:
    """``main`` from 10 to 100, and a task of asyncio's own from 150 to 400."""
    made = Recording().loop_defined().loop_started(0).created(1, 10, "main")
    made.step(1, 20, 100, StepEnd.RETURNED, ready=10)
    made.created(2, 150, coroutine=coroutine, library=library)
    return made.step(2, 300, 400, StepEnd.RETURNED, ready=150).loop_stopped(500)


@pytest.mark.parametrize(
    "coroutine",
    ["BaseEventLoop.shutdown_asyncgens", "BaseEventLoop.shutdown_default_executor", "Loop.shutdown_asyncgens"],
)
def test_asyncios_own_tasks_are_told_from_the_programs(coroutine: str) -> None:
    trace = ended_by(coroutine).trace()
    assert trace.housekeeping == {2}
    assert [task.number for task in trace.own_tasks] == [1]
    assert list(trace.tasks) == [1, 2]


@pytest.mark.parametrize(("coroutine", "library"), [("shutdown_asyncgens", False), ("BaseEventLoop.sleep", True)])
def test_a_program_may_call_its_coroutines_so_and_await_others_of_the_library(coroutine: str, library: bool) -> None:
    assert not ended_by(coroutine, library).trace().housekeeping


def test_they_keep_the_loop_busy_and_count_in_no_other_figure() -> None:
    statistics = Statistics(ended_by("BaseEventLoop.shutdown_asyncgens").trace())
    assert (statistics.begin_ns, statistics.end_ns, statistics.makespan_ns) == (10, 100, 90)
    assert (statistics.task_count, statistics.step_count, statistics.switch_count) == (1, 1, 0)
    assert (statistics.mean_concurrency, statistics.peak_concurrency) == (1.0, 1)
    assert (statistics.latency.count, statistics.worst_latency_ns) == (1, 10)
    assert statistics.loops[1].busy_ns == 80 + 100
