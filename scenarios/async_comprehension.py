"""An async comprehension is sequential

The squares of 0 to 4, each of which takes a second, twice. First with an async
comprehension: it looks like one expression, but it is an async for in short. Watch main
alone, suspended five times in a row: 5 seconds.

Then a list comprehension that only makes the coroutines, and gather, which runs them as
tasks. Watch five tasks wait side by side: 1 second, and the same list.

Section: 3.6
"""

import asyncio
from collections.abc import AsyncIterator


async def square(number: int) -> int:
    await asyncio.sleep(1)
    return number * number


async def squares(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield await square(number)


async def main() -> None:
    print([x async for x in squares(5)])
    print(await asyncio.gather(*[square(number) for number in range(5)]))


if __name__ == "__main__":
    asyncio.run(main())
