"""An async iterator written as a class

What async for really asks for: an object with __aiter__, a plain method that returns
the iterator, and __anext__, an async method that returns the next item or raises
StopAsyncIteration. This one counts from 1 to 10 and waits a second for each.

Watch the same shape as with a generator: one task, one wait for each item. Only the
await chain tells the two apart: here the innermost frame of yours is __anext__, and
every item is a new call of it.

Section: 3.3
"""

import asyncio
from typing import Self


class Counter:
    def __init__(self, last: int) -> None:
        self.number = 0
        self.last = last

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        if self.number == self.last:
            raise StopAsyncIteration
        await asyncio.sleep(1)
        self.number += 1
        return self.number


async def main() -> None:
    async for number in Counter(10):
        print(number)


if __name__ == "__main__":
    asyncio.run(main())
