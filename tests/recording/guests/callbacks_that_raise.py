"""Exceptions in callbacks: the handler gets the same context, and the default one logs the same."""

import asyncio
import logging
from typing import Any


def broken(value: int) -> None:
    raise ValueError(value)


class Broken:
    def __call__(self) -> None:
        raise KeyError("callable object")


def tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    print(sorted(context), context["message"], repr(context.get("exception")))
    print({name: type(value).__name__ for name, value in context.items()})
    print(repr(context.get("handle")).partition(" when=")[0])


async def never_retrieved() -> None:
    raise LookupError("never retrieved")


async def main() -> None:
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 60
    for handler in (tell, None):
        loop.set_exception_handler(handler)
        loop.call_soon(broken, 1)
        loop.call_later(0, broken, 2)
        loop.call_soon_threadsafe(Broken())
        future = loop.create_future()
        future.add_done_callback(broken)  # type: ignore[arg-type]
        future.set_result(None)
        asyncio.create_task(never_retrieved(), name="unheeded")  # noqa: RUF006
        await asyncio.sleep(0.01)
    loop.set_exception_handler(lambda _loop, _context: broken(3))
    loop.call_soon(broken, 4)
    await asyncio.sleep(0)


async def already_over() -> None:
    """A task that is given a result from outside: its next step raises InvalidStateError into the loop."""
    task = asyncio.create_task(asyncio.sleep(0))
    asyncio.Future.set_result(asyncio.Future(), None)
    super(asyncio.Task, task).set_result(None)
    await asyncio.sleep(0)


logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
asyncio.run(main())
asyncio.run(already_over())
