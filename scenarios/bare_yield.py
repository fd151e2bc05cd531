"""A bare yield gives the turn away

At the bottom of every await stands a yield that reaches the loop. Most yield a Future:
wake me when this is done. A bare yield has nothing to wait for; it says: let the others
go first. Watch the rows: no task is ever suspended. One that has yielded is ready again
at once, at the end of the queue.

Here one task uses an awaitable written as a generator, whose yield from passes the
yield of another generator on, and one task uses asyncio.sleep(0). They take turns, and
their rows look the same, because sleep(0) is made of just such a bare yield.

Section: 1.12
"""

import asyncio
import types
from collections.abc import Generator


def bare() -> Generator[None, None, None]:
    yield


@types.coroutine
def give_way() -> Generator[None, None, None]:
    yield from bare()


async def with_yield() -> None:
    for turn in range(1, 4):
        print(f"yield: turn {turn}")
        await give_way()


async def with_sleep() -> None:
    for turn in range(1, 4):
        print(f"sleep(0): turn {turn}")
        await asyncio.sleep(0)


async def main() -> None:
    await asyncio.gather(with_yield(), with_sleep())


if __name__ == "__main__":
    asyncio.run(main())
