"""Ten thousand tasks at once that give way 50 times each: a million spans."""

import asyncio

import clocked


async def work(factor: float) -> None:
    async def give_way() -> None:
        for _ in range(49):
            await asyncio.sleep(0)

    await asyncio.gather(*(give_way() for _ in range(int(10_000 * factor))))


clocked.run(work)
