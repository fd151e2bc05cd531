"""SystemExit and other exceptions that pass through the loop, from a plain callback and from a task."""

import asyncio
import sys


class Own(BaseException):
    """Passes through nothing."""


async def leave(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


def raise_it(error: BaseException) -> None:
    raise error


def attempt(error: BaseException) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(leave(error))
    except BaseException as caught:
        print("task", repr(caught), loop.is_running())
    loop.call_soon(raise_it, error)
    loop.call_soon(print, "next in line")
    try:
        loop.call_soon(loop.stop)
        loop.run_forever()
    except BaseException as caught:
        print("callback", repr(caught), loop.is_running())
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


for each in (SystemExit(3), KeyboardInterrupt("mine"), Own("own"), GeneratorExit("generator")):
    attempt(each)
asyncio.run(leave(SystemExit(sys.argv[0][:0] + "left by a task")))
