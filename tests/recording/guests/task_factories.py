"""A program's own task factory, and a task class of its own, set before the loop runs and in the middle of a run."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

Awaitable = Coroutine[Any, Any, int] | Generator[Any, None, int]


class OwnTask(asyncio.Task[int]):
    """A task that says when it is made."""

    def __init__(self, coro: Any, **keywords: Any) -> None:
        print("made", sorted(keywords), keywords.get("name"))
        super().__init__(coro, **keywords)


def factory(loop: asyncio.AbstractEventLoop, coro: Any, **keywords: Any) -> Any:
    return OwnTask(coro, loop=loop, **keywords)


async def work(value: int) -> int:
    await asyncio.sleep(0)
    current = asyncio.current_task()
    assert current is not None
    print(type(current).__name__, current.get_name(), value)
    return value


async def in_the_middle() -> None:
    loop = asyncio.get_running_loop()
    print(await asyncio.create_task(work(1)), loop.get_task_factory())
    loop.set_task_factory(factory)
    print(await asyncio.create_task(work(2), name="named"), loop.get_task_factory() is factory)
    print(await asyncio.gather(work(3), work(4)))
    loop.set_task_factory(None)
    print(await asyncio.create_task(work(5)))


def before() -> None:
    loop = asyncio.new_event_loop()
    loop.set_task_factory(factory)
    print(loop.run_until_complete(work(6)))
    loop.close()


class OwnLoop(asyncio.SelectorEventLoop):
    """A loop whose methods are the program's, each of which calls asyncio's."""

    def create_task(self, *args: Any, **keywords: Any) -> Any:
        print("create_task", sorted(keywords))
        return super().create_task(*args, **keywords)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        print("call_at")
        return super().call_at(when, callback, *args, context=context)

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:
        calls.append(type(callback).__name__)
        return super().call_soon(callback, *args, context=context)


class LoopOfOwnTasks(asyncio.SelectorEventLoop):
    """A loop that makes its tasks without asking asyncio's method."""

    def create_task(self, coro: Any, **keywords: Any) -> Any:
        return OwnTask(coro, loop=self, **keywords)


async def sleepers() -> None:
    await asyncio.gather(asyncio.sleep(0.001), asyncio.sleep(0))


calls: list[str] = []
asyncio.run(in_the_middle())
before()
with asyncio.Runner(loop_factory=OwnLoop) as runner:
    runner.run(sleepers())
with asyncio.Runner(loop_factory=LoopOfOwnTasks) as runner:
    print(runner.run(work(7)))
print(calls)
