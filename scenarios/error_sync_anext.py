"""Error: __anext__ without async

A mistake to learn from: this counter has __aiter__ and __anext__, but __anext__ is a
plain def and returns an int. async for does not take what __anext__ returns as the
item; it awaits it, and an int cannot be awaited.

Watch main end in its first step with TypeError. The counter has counted to 1, the body
never ran, and the program ends with status 1. The cure is a single word: async def
__anext__.

Section: 3.10
"""

import asyncio
from typing import Self


class Counter:
    def __init__(self) -> None:
        self.number = 0

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> int:
        self.number += 1
        return self.number


async def main() -> None:
    async for number in Counter():  # type: ignore[misc]  # the lesson's mistake
        print(number)


if __name__ == "__main__":
    asyncio.run(main())
