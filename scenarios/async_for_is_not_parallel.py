"""async for waits, and the others run

async for does not run its items in parallel, and it does not run in the background:
main takes three numbers, a second each, strictly one after the other, and goes on
behind the loop after 3 seconds.

But while main waits for the next number, the loop is free. Watch the ticker, an
unrelated task that ticks every 0.3 seconds: it runs in every gap. That is the whole of
what the "async" in async for gives you, and a plain for over a blocking reader would
not.

Section: 3.7
"""

import asyncio
from collections.abc import AsyncIterator


async def numbers() -> AsyncIterator[int]:
    for number in range(3):
        await asyncio.sleep(1)
        yield number


async def ticker() -> None:
    for tick in range(1, 10):
        await asyncio.sleep(0.3)
        print(f"tick {tick}")


async def main() -> None:
    ticking = asyncio.create_task(ticker())
    async for number in numbers():
        print(f"number {number}")
    print("behind the loop")
    await ticking


if __name__ == "__main__":
    asyncio.run(main())
