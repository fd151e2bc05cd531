"""Eager tasks: those that end at once, those that suspend, those that fail, and eager tasks inside eager tasks."""

import asyncio
import sys
from typing import Any


async def at_once(value: int) -> int:
    print("at once", value, asyncio.current_task() is not None)
    return value


async def later(value: int) -> int:
    print("first step", value)
    await asyncio.sleep(0)
    print("second step", value)
    return value


async def failing() -> None:
    raise ValueError("at once")


async def nested() -> int:
    inner = asyncio.create_task(later(3), name="inner")
    print("nested goes on", inner.done())
    return await inner + await asyncio.create_task(at_once(4))


async def leaving(scope: list[Any]) -> None:
    raise SystemExit(f"left by an eager task, {len(scope)}")


async def main() -> None:
    task = asyncio.create_task(at_once(1))
    print(task.done(), task.result(), task.get_name(), repr(task).partition(" coro")[0])
    waiting = asyncio.create_task(later(2))
    print(waiting.done(), waiting.get_stack()[0].f_code.co_name, waiting.get_coro() is not None)
    broken = asyncio.create_task(failing())
    print(repr(broken.exception()))
    print(await asyncio.create_task(nested()), await waiting)
    async with asyncio.TaskGroup() as group:
        members = [group.create_task(at_once(5)), group.create_task(later(6))]
    print([member.result() for member in members])
    print(await asyncio.gather(at_once(7), later(8), failing(), return_exceptions=True))


if sys.version_info >= (3, 12):
    loop = asyncio.new_event_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    loop.run_until_complete(main())

    async def by_own_constructor() -> None:
        task = asyncio.Task(at_once(9), loop=asyncio.get_running_loop(), eager_start=True)
        print(task.done(), await task)

    loop.run_until_complete(by_own_constructor())
    loop.run_until_complete(leaving([]))
