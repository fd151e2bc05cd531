"""Async generators: finished, closed, thrown into, left unfinished for the garbage collector or for the loop's end."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from typing import Any


async def numbers(name: str, last: int) -> Any:
    try:
        for number in range(last):
            await asyncio.sleep(0)
            got = yield number
            if got:
                print(name, "got", got)
    except GeneratorExit:
        print(name, "closing")
        raise
    finally:
        await asyncio.sleep(0)
        print(name, "finalized")
        finalized.set()


class Countdown:
    def __init__(self, start: int) -> None:
        self.left = start

    def __aiter__(self) -> AsyncIterator[int]:
        return self

    async def __anext__(self) -> int:
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        await asyncio.sleep(0)
        return self.left


async def main() -> None:
    print([number async for number in numbers("whole", 3)])
    print([number async for number in Countdown(3)], await anext(Countdown(1)), await anext(Countdown(0), "none left"))
    sent = numbers("sent", 3)
    print(await anext(sent), await sent.asend("hello"))
    await sent.aclose()
    thrown = numbers("thrown", 3)
    await anext(thrown)
    try:
        await thrown.athrow(ValueError("thrown"))
    except ValueError as error:
        print(repr(error))
    finalized.clear()
    async for _ in numbers("collected", 3):
        break
    gc.collect()
    await finalized.wait()
    print("after the collection")
    globals()["unfinished"] = numbers("unfinished", 3)
    print(await anext(globals()["unfinished"]), sys.get_asyncgen_hooks().firstiter is not None)


finalized = asyncio.Event()
asyncio.run(main())
print(sys.get_asyncgen_hooks())
