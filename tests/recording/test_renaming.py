"""A task's name is the one it has, also when that is given to it after its creation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loopviz.recording import active
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.files import load_file
from recording.inprocess import Main, on_every_loop, record, task_named


async def sleeper() -> None:
    await asyncio.sleep(9)


async def at_once() -> None: ...


@on_every_loop
def test_a_name_that_is_set_after_the_creation_is_known_while_the_task_lives(
    tmp_path: Path, run: Callable[[Main], Any]
) -> None:

    def names() -> set[str]:
        assert active.recorder is not None
        active.recorder.flush()
        return {task.name for task in load_file(tmp_path / "out.loopviz").trace.tasks.values()}

    async def main() -> None:
        given = asyncio.create_task(sleeper(), name="given")
        set_later = asyncio.create_task(sleeper())
        set_later.set_name("set later")
        async with asyncio.timeout(60):
            while not {"given", "set later"} <= names():
                await asyncio.sleep(0.01)  # it is noticed when the loop has nothing to do
        given.cancel()
        set_later.cancel()

    record(tmp_path, main, run)


@on_every_loop
def test_only_a_name_that_is_set_after_the_creation_is_a_rename(tmp_path: Path, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        given = asyncio.create_task(sleeper(), name="given")
        set_later = asyncio.create_task(sleeper(), name="first")
        set_later.set_name("set later")
        await asyncio.sleep(0)
        given.cancel()
        set_later.cancel()

    trace = record(tmp_path, main, run)
    told = [event for event in Chronicle(trace) if event.name == "task_renamed"]
    assert [(event.task, event.facts) for event in told] == [
        (task_named(trace, "set later").number, {"name": "set later", "previous_name": "first"})
    ]


@on_every_loop
def test_a_name_that_is_asked_for_is_known_of_a_task_that_is_over_and_dropped_at_once(
    tmp_path: Path, run: Callable[[Main], Any]
) -> None:
    """Before Python 3.13, ``create_task`` sets it when an eager task is over."""

    async def main() -> None:
        asyncio.create_task(at_once(), name="dropped")  # noqa: RUF006
        await asyncio.sleep(0)
        async with asyncio.TaskGroup() as group:
            group.create_task(at_once(), name="of a group")

    trace = record(tmp_path, main, run)
    assert task_named(trace, "dropped").coroutine == task_named(trace, "of a group").coroutine == "at_once"


def test_a_name_that_is_changed_long_after_is_known_at_the_tasks_end_and_at_the_recordings(tmp_path: Path) -> None:
    async def changes_its_name() -> None:
        await asyncio.sleep(0.001)
        asyncio.current_task().set_name("changed at last")  # type: ignore[union-attr]

    async def main() -> None:
        first = asyncio.create_task(changes_its_name(), name="first")
        left = asyncio.create_task(sleeper(), name="left")
        await asyncio.sleep(0.005)
        await first
        left.set_name("left, and renamed")
        assert active.recorder is not None
        active.recorder.end()
        left.cancel()

    trace = record(tmp_path, main)
    assert task_named(trace, "changed at last").step_count == 2
    assert task_named(trace, "left, and renamed").step_count == 1


def test_a_name_is_not_compared_by_a_programs_own_code(tmp_path: Path) -> None:
    class Name(str):
        def __eq__(self, other: object) -> bool:
            raise AssertionError("the program's own code was run")

        __hash__ = str.__hash__

    async def main() -> None:
        await asyncio.create_task(at_once(), name=Name("own"))

    assert "at_once" in {task.coroutine for task in record(tmp_path, main).tasks.values()}
