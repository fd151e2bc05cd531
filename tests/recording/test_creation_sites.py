"""Which line a task is said to be created at: the user's own, else a library's, and nobody's who was not asked."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loopviz.trace.trace import Trace
from recording.inprocess import on_every_loop, record, task_named

#: A library's functions: one creates a task when asked to, one by itself, in a callback.
_LIBRARY = """
import asyncio

async def nothing():
    pass

def spawn(name):
    return asyncio.create_task(nothing(), name=name)

async def serve(name):
    await spawn(name)

def serve_later(name):
    asyncio.get_running_loop().call_soon(spawn, name)
"""


@pytest.fixture(scope="module")
def library() -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(_LIBRARY, "/somewhere/site-packages/library.py", "exec"), namespace)
    return namespace


def _created_at(trace: Trace, name: str) -> tuple[str, int] | None:
    chain = trace.definitions.chain(task_named(trace, name).created_site)
    return (chain[-1].file, chain[-1].line) if chain else None


def _line_in(function: Callable[..., Any], text: str) -> int:
    lines, first = inspect.getsourcelines(function)
    return next(first + index for index, line in enumerate(lines) if text in line)


def _line_of_library(text: str) -> int:
    return next(number for number, line in enumerate(_LIBRARY.splitlines(), 1) if text in line)


@on_every_loop
def test_a_task_is_created_at_the_users_line_also_where_a_library_makes_it_for_him(
    tmp_path: Path, run: Callable[..., Any], library: dict[str, Any]
) -> None:
    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(0), name="by the user")
        await library["serve"]("by a library that the user called")

    trace = record(tmp_path, main, run)
    here = Path(__file__).name
    for name, call in (("by the user", "create_task("), ("by a library that the user called", '"serve"')):
        place = _created_at(trace, name)
        assert place is not None
        assert (Path(place[0]).name, place[1]) == (here, _line_in(main, call))


@on_every_loop
def test_a_task_that_a_library_makes_in_a_step_of_its_own_is_created_there(
    tmp_path: Path, run: Callable[..., Any], library: dict[str, Any]
) -> None:
    async def main() -> None:
        await asyncio.create_task(library["serve"]("in a step"))
        library["serve_later"]("in a callback")
        await asyncio.sleep(0.001)

    trace = record(tmp_path, main, run)
    line = _line_of_library("asyncio.create_task")
    assert _created_at(trace, "in a step") == _created_at(trace, "in a callback") == ("library.py", line)


def test_a_task_that_only_asyncio_makes_is_created_at_no_line(tmp_path: Path) -> None:
    async def main() -> None:
        asyncio.current_task().set_name("main")  # type: ignore[union-attr]
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.close()

    trace = record(tmp_path, main)
    accepting = [task for task in trace.tasks.values() if task.coroutine.endswith("_accept_connection2")]
    assert [trace.definitions.chain(task.created_site) for task in accepting] == [()]


def test_where_a_task_was_made_without_the_loop_is_not_known(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.Task(asyncio.sleep(0), loop=asyncio.get_running_loop(), name="constructed")

    assert _created_at(record(tmp_path, main), "constructed") is None
