"""A countdown: the wait comes after the yield

A generator counts down from 5, and this one yields first and waits afterwards. Watch
the beginning and the end: 5 is printed at once, without any wait, and behind the 1
there is one more second before the lift-off.

The code after a yield runs when async for asks for the next item. So the second behind
each number is spent in the generator, at its sleep, even the last one, after which
there is nothing left to yield.

Section: 3.5
"""

import asyncio
from collections.abc import AsyncIterator


async def countdown(number: int) -> AsyncIterator[int]:
    while number > 0:
        yield number
        await asyncio.sleep(1)
        number -= 1


async def main() -> None:
    async for number in countdown(5):
        print(number)
    print("lift-off")


if __name__ == "__main__":
    asyncio.run(main())
