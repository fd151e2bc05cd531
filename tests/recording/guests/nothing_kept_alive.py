"""Tasks, coroutines, futures, arguments and exceptions die the moment they die without a recorder."""

import asyncio
import gc
import weakref
from typing import Any


class Thing:
    """Something that a weak reference can watch."""


class Watchable(Exception):
    """An exception that a weak reference can watch."""


def watch(thing: object, name: str) -> None:
    weakref.finalize(thing, print, name, "gone").atexit = False


async def use(thing: Thing) -> Thing:
    await asyncio.sleep(0)
    return thing


async def hold(thing: Thing) -> None:
    local = thing
    try:
        await asyncio.sleep(60)
    finally:
        del local


async def fail(thing: Thing) -> None:
    raise Watchable(thing)


async def main() -> None:
    loop = asyncio.get_running_loop()
    thing = Thing()
    watch(thing, "argument and result")
    task: Any = asyncio.create_task(use(thing))
    watch(task, "task")
    watch(task.get_coro(), "coroutine")
    del thing
    print(await task is not None)
    del task
    print("task deleted")
    thing = Thing()
    watch(thing, "callback's argument")
    loop.call_soon(lambda thing: None, thing)
    handle = loop.call_later(60, print, thing)
    watch(handle, "timer handle")
    handle.cancel()
    del thing, handle
    await asyncio.sleep(0.01)
    print("callbacks over")
    thing = Thing()
    watch(thing, "exception's argument")
    task = asyncio.create_task(fail(thing))
    del thing
    try:
        await task
    except Watchable as error:
        watch(error, "exception")
    del task
    print("exception over")
    thing = Thing()
    watch(thing, "local of a cancelled task")
    task = asyncio.create_task(hold(thing))
    watch(task, "cancelled task")
    del thing
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    del task
    print("cancellation over")
    future = loop.create_future()
    watch(future, "future")
    future.set_result(None)
    await future
    del future
    print("future over", gc.collect() >= 0)


gc.disable()
loop = asyncio.new_event_loop()
watch(loop, "loop")
loop.run_until_complete(main())
loop.close()
del loop
gc.collect()
print("the end")
