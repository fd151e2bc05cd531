"""The worst case: 100 tasks that do nothing but give way, 5,000 times each."""

import asyncio

import clocked


async def work(factor: float) -> None:
    async def give_way() -> None:
        for _ in range(int(5_000 * factor)):
            await asyncio.sleep(0)

    await asyncio.gather(*(give_way() for _ in range(100)))


clocked.run(work)
