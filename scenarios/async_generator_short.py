"""An async generator of three, step by step

The same as async_generator, with three items: small enough to go through event by
event. Step along and watch the source line: async for asks the generator, the generator
reaches its sleep, and the task is suspended there. A second later it is resumed at that
very line, the generator yields, the body prints, and async for asks again.

The fourth time the generator has no more to yield. It returns, and async for ends
without another wait.

Section: 3.2
"""

import asyncio
from collections.abc import AsyncIterator


async def numbers() -> AsyncIterator[int]:
    for number in range(3):
        await asyncio.sleep(1)
        yield number


async def main() -> None:
    async for number in numbers():
        print(number)


if __name__ == "__main__":
    asyncio.run(main())
