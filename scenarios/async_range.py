"""Where the wait sits: in the body or in __anext__

An async range, walked twice. The first time its items are there at once and the body of
the loop waits a second for each; the second time __anext__ waits and the body does
nothing but print.

Watch the timeline: both halves look the same, a wait for each number. Now watch the
source line and the await chain: the first three waits are at the sleep in main, the
last three in __anext__. To the event loop it is all one task that sleeps; where you put
the wait is a question of who should know about it.

Section: 3.4
"""

import asyncio
from typing import Self


class AsyncRange:
    def __init__(self, stop: int) -> None:
        self.numbers = iter(range(stop))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        for number in self.numbers:
            return number
        raise StopAsyncIteration


class SlowAsyncRange(AsyncRange):
    async def __anext__(self) -> int:
        number = await super().__anext__()
        await asyncio.sleep(1)
        return number


async def main() -> None:
    print("waiting in the body")
    async for number in AsyncRange(3):
        await asyncio.sleep(1)
        print(number)

    print("waiting in __anext__")
    async for number in SlowAsyncRange(3):
        print(number)


if __name__ == "__main__":
    asyncio.run(main())
