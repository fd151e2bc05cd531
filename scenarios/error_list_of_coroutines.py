"""Error: async for over a list of coroutines

A mistake to learn from: "I have a list of things to await, so I need async for." But
async for wants one object that gives its items asynchronously, and a list is not that:
TypeError, in main's first step, and the program ends with status 1.

Watch what comes with it: the ten coroutines were made but never awaited, not a line of
them has run, and Python warns about each by name while it throws the list away. The
cure is a plain for that awaits each one, as in await_each, or gather.

Section: 3.11
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def work(data: int) -> int:
    await asyncio.sleep(1)
    return data


def ten_coroutines() -> list[Coroutine[Any, Any, int]]:
    coroutines = [work(i) for i in range(10)]
    for i, coroutine in enumerate(coroutines):
        coroutine.__qualname__ = f"work({i})"  # type: ignore[attr-defined]  # for the warning
    return coroutines


async def main() -> None:
    async for result in ten_coroutines():  # type: ignore[attr-defined]  # the lesson's mistake
        print(result)


if __name__ == "__main__":
    asyncio.run(main())
