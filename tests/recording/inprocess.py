"""Recording a coroutine inside the test's own process, on every kind of loop."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loopviz.events import Flag, RecordKind, WakeKind
from loopviz.recording.session import recording
from loopviz.trace.files import load_file
from loopviz.trace.records import Raw, Step
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace

Main = Callable[[], Coroutine[Any, Any, Any]]


def _run_plain(main: Main) -> Any:
    return asyncio.run(main())


def _run_eager(main: Main) -> Any:
    if sys.version_info < (3, 12):
        pytest.skip("eager tasks came with Python 3.12")

    async def with_eager_tasks() -> Any:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        return await main()

    return asyncio.run(with_eager_tasks())


def _run_uvloop(main: Main) -> Any:
    pytest.importorskip("uvloop")
    return importlib.import_module("uvloop").run(main())


RUNNERS = {"plain": _run_plain, "eager": _run_eager, "uvloop": _run_uvloop}
on_every_loop = pytest.mark.parametrize("run", RUNNERS.values(), ids=RUNNERS.keys())


def record(folder: Path, main: Main, run: Callable[[Main], Any] = _run_plain, clock: str = "real") -> Trace:
    """Run ``main`` and record it; whatever it raises passes through."""
    path = folder / "out.loopviz"
    with recording(path, clock=clock):
        run(main)
    return whole(path)


def whole(path: Path) -> Trace:
    """The trace of a file, which has to be whole: nothing cut off, refused or lost."""
    file = load_file(path)
    assert file.note is None
    assert file.trace.refused == 0
    assert file.trace.lost_records == 0
    return file.trace


def task_named(trace: Trace, name: str) -> Task:
    """The task of that name; there has to be one."""
    (task,) = (task for task in trace.tasks.values() if task.name == name)
    return task


def records_of(trace: Trace, kind: RecordKind) -> Iterator[Raw]:
    return map(trace.records.raw, trace.of_kind(kind))


def steps_of(trace: Trace, name: str) -> list[Step]:
    """The steps of the task of that name, in order."""
    number = task_named(trace, name).number
    return [step for step in map(trace.records.step, trace.step_records) if step.task == number]


class Request(NamedTuple):
    """A CANCEL_REQUESTED in names: of whom, by what (a task's name, a callback's name, or the WakeKind's)."""

    task: str
    by: str
    inferred: bool = False
    count: int = 1  # type: ignore[assignment]  # no use of it is a tuple's


def requests(trace: Trace) -> list[Request]:
    """All requests to cancel, in order of the file."""
    found = []
    for raw in records_of(trace, RecordKind.CANCEL_REQUESTED):
        by = WakeKind(raw.waker_kind).name
        if raw.waker_kind == WakeKind.TASK:
            by = trace.tasks[raw.waker].name
        elif raw.waker_kind == WakeKind.CALLBACK:
            by = trace.definitions.texts[trace.records.raw(trace.callback_records[raw.waker]).target]
        found.append(Request(trace.tasks[raw.who].name, by, bool(raw.flags & Flag.INFERRED), raw.target))
    return found


__all__ = ["RUNNERS", "Main", "Request", "on_every_loop", "record", "records_of", "requests", "steps_of"]
