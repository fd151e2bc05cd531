"""Random programs do the same recorded and not, and the recorded steps are those that the interpreter itself saw.

``random_programs`` says what such a program may do.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from loopviz.events import StepEnd
from loopviz.recording.session import recording
from loopviz.trace.trace import Trace
from recording.inprocess import whole
from recording.random_programs import Program, perform, programs, task_main

EAGER = sys.version_info >= (3, 12)
FINAL = {StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED}
SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
ABORTED_GROUP = Program(
    [("group", [[("sleep", 1)], [("raise", "ValueError")], [("yield",), ("yield",)]])], True, False, False
)


def _recorded(program: Program, path: Path) -> tuple[list[Any], Trace]:
    with recording(path):
        effects = perform(program)
    return effects, whole(path)


@SETTINGS
@given(program=programs(EAGER))
@example(program=ABORTED_GROUP)
def test_a_recorded_program_has_the_same_effects_in_the_same_order(tmp_path: Path, program: Program) -> None:
    plain = perform(program)
    recorded, trace = _recorded(program, tmp_path / "out.loopviz")
    assert recorded == plain
    begun = [name for name, what, *_ in plain if what == "begins"]
    assert len(begun) == len(set(begun))
    assert set(begun) <= {task.name for task in trace.tasks.values()}


@contextmanager
def _seen_by_the_interpreter(seen: list[tuple[Any, str]]) -> Iterator[None]:
    """Note each stretch of a task's own coroutine: the task, and how the stretch ended."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    events, tool = monitoring.events, 4

    def began(*_: Any) -> None:
        task = asyncio.current_task()
        open_steps.append((task, len(seen)))
        seen.append((task, "open"))

    def ended(how: str) -> Any:
        def callback(*_: Any) -> None:
            task, place = open_steps.pop()
            seen[place] = (task, how)

        return callback

    open_steps: list[tuple[Any, int]] = []
    callbacks = {
        events.PY_START: began,
        events.PY_RESUME: began,
        events.PY_THROW: began,
        events.PY_YIELD: ended("suspended"),
        events.PY_RETURN: ended("finished"),
        events.PY_UNWIND: ended("finished"),
    }
    code = task_main.__code__
    watched = {event for event in callbacks if event not in (events.PY_THROW, events.PY_UNWIND)}
    monitoring.use_tool_id(tool, "the tests")
    for event, callback in callbacks.items():
        monitoring.register_callback(tool, event, _only(code, callback))
    monitoring.set_local_events(tool, code, sum(watched))
    monitoring.set_events(tool, events.PY_THROW | events.PY_UNWIND)
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.set_local_events(tool, code, 0)
        for event in callbacks:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


def _only(code: Any, callback: Any) -> Any:
    return lambda its_code, *details: callback(*details) if its_code is code else None


@pytest.mark.skipif(not EAGER, reason="sys.monitoring came with Python 3.12")
@SETTINGS
@given(program=programs(eager=True))
def test_the_recorded_steps_are_those_that_the_interpreter_saw(tmp_path: Path, program: Program) -> None:
    seen: list[tuple[Any, str]] = []
    with recording(tmp_path / "out.loopviz"), _seen_by_the_interpreter(seen):
        perform(program)
    trace = whole(tmp_path / "out.loopviz")
    names = {task.number: task.name for task in trace.tasks.values() if task.coroutine == "task_main"}
    steps = sorted(map(trace.records.step, trace.step_records), key=lambda step: step.start_ns)
    ran = {task.get_name() for task, _ in seen}
    recorded = [
        (names[step.task], "finished" if step.end in FINAL else "suspended")
        for step in steps
        # A task that was cancelled before it began has a step, in which none of its code runs.
        if step.task in names and names[step.task] in ran
    ]
    assert recorded == [(task.get_name(), how) for task, how in seen]
