"""Bare yields: ``sleep(0)``, a generator-based awaitable, the order of everything, and an illegal yield."""

import asyncio
import types
from collections.abc import Generator
from typing import Any


class Bare:
    def __await__(self) -> Generator[Any, None, str]:
        yield
        yield from self.inner()
        return "bare"

    def inner(self) -> Generator[Any, None, None]:
        yield


@types.coroutine
def decorated() -> Generator[Any, None, str]:
    yield
    return "decorated"


class Illegal:
    def __await__(self) -> Generator[Any, None, None]:
        yield 42


async def say(name: str, times: int) -> None:
    for turn in range(times):
        print(name, turn)
        await asyncio.sleep(0)


async def illegal() -> None:
    await Illegal()


async def waits_for_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    await task


async def main() -> None:
    await asyncio.gather(*(say(name, times) for name, times in (("a", 3), ("b", 2), ("c", 4))))
    print(await asyncio.gather(Bare().__await__.__self__, decorated()))
    for wrong in (illegal(), waits_for_itself()):
        try:
            await asyncio.create_task(wrong)
        except RuntimeError as error:
            print(str(error).partition(" <")[0].partition(": ")[0])


async def bare() -> str:
    return await Bare()


asyncio.run(say("alone", 2))
asyncio.run(main())
print(asyncio.run(bare()))
