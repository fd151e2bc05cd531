"""A hundred thousand tasks, a hundred at a time, of three steps each."""

import asyncio

import clocked


async def work(factor: float) -> None:
    async def live(number: int) -> int:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return number

    for first in range(0, int(100_000 * factor), 100):
        await asyncio.gather(*(live(number) for number in range(first, first + 100)))


clocked.run(work)
