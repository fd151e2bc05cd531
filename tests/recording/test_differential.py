"""Random programs do the same recorded and not, and the recorded steps are those that the interpreter itself saw.

``random_programs`` says what such a program may do.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE
from pathlib import Path
from types import CodeType
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
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
ABORTED_GROUP = Program(
    [("group", [[("sleep", 1)], [("raise", "ValueError")], [("yield",), ("yield",)]])], True, False, False
)
#: The horizon's cancellation is caught by an inner coroutine, and the task waits again.
CAUGHT_INSIDE = Program([("catch", [("get", 0)]), ("yield",)], False, False, False)
_AWAITS = CO_COROUTINE | CO_ASYNC_GENERATOR | CO_ITERABLE_COROUTINE


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


@dataclass
class _Step:
    """A stretch of a task under way. ``place`` is where it was begun among all that are seen, ``depth`` how many frames
    are in it.
    """

    task: Any
    place: int
    depth: int = 0


@contextmanager
def _seen_by_the_interpreter(seen: list[tuple[Any, str]]) -> Iterator[None]:
    """Note each stretch of a task that runs ``task_main``: the task, and how the stretch ended.

    All coroutines are watched, not only the task's own: an exception is thrown into the innermost, and if that one
    catches it and waits again, no other frame of the task runs. One that it leaves goes on in the next one outward,
    within the same stretch.
    """
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    events, tool = monitoring.events, 4
    steps: list[_Step] = []

    def began(code: CodeType, *_: Any) -> None:
        task = asyncio.current_task() if code.co_flags & _AWAITS else None
        if task is None or task.get_coro().cr_code is not task_main.__code__:  # type: ignore[union-attr]
            return
        if not steps or steps[-1].task is not task:
            steps.append(_Step(task, len(seen)))
            seen.append((task, "under way"))
        steps[-1].depth += 1

    def ended(code: CodeType, suspended: bool) -> None:
        if not steps or not code.co_flags & _AWAITS or steps[-1].task is not asyncio.current_task():
            return
        step = steps[-1]
        step.depth -= 1
        if step.depth <= 0 and (suspended or code is task_main.__code__):
            seen[step.place] = (step.task, "suspended" if suspended else "finished")
            steps.pop()

    def yielded(code: CodeType, _offset: int, value: Any) -> None:
        # What an async generator yields goes to whoever iterates over it, and not to the loop.
        ended(code, type(value).__name__ != "async_generator_wrapped_value")

    def left(code: CodeType, *_: Any) -> None:
        ended(code, False)

    callbacks = {
        events.PY_START: began,
        events.PY_RESUME: began,
        events.PY_THROW: began,
        events.PY_YIELD: yielded,
        events.PY_RETURN: left,
        events.PY_UNWIND: left,
    }
    monitoring.use_tool_id(tool, "the tests")
    for event, callback in callbacks.items():
        monitoring.register_callback(tool, event, callback)
    monitoring.set_events(tool, sum(callbacks))
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        for event in callbacks:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


@pytest.mark.skipif(not EAGER, reason="sys.monitoring came with Python 3.12")
@SETTINGS
@given(program=programs(eager=True))
@example(program=CAUGHT_INSIDE)
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
