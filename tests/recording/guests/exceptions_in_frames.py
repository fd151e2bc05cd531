"""An exception that a done task keeps refers to the frames it passed; they must not refer to the task."""

import asyncio
import gc
import sys
import weakref
from typing import Any


class Fail(Exception):
    """What the tasks raise."""


async def fail() -> None:
    raise Fail


async def fail_later() -> None:
    await asyncio.sleep(0)
    raise Fail


def report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    print(context["message"], type(context["exception"]).__name__, context["future"].get_name())


def main() -> None:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(report)
    for coroutine in (fail, fail_later):
        task = loop.create_task(coroutine(), name=coroutine.__name__)
        seen = weakref.ref(task)
        loop.run_until_complete(asyncio.sleep(0.001))
        del task
        print(coroutine.__name__, seen() is None)
    if sys.version_info >= (3, 12):
        loop.set_task_factory(asyncio.eager_task_factory)
        loop.run_until_complete(make_eager())
    loop.close()


async def make_eager() -> None:
    task = asyncio.create_task(fail(), name="eager")
    seen = weakref.ref(task)
    del task
    print("eager", seen() is None)


gc.disable()
main()
