"""200,000 items through a queue of 100 places, from one producer to four consumers."""

import asyncio

import clocked


async def work(factor: float) -> None:
    queue: asyncio.Queue[int | None] = asyncio.Queue(100)

    async def consume() -> None:
        while await queue.get() is not None:
            pass

    consumers = [asyncio.create_task(consume()) for _ in range(4)]
    for item in range(int(200_000 * factor)):
        await queue.put(item)
    for _ in consumers:
        await queue.put(None)
    await asyncio.gather(*consumers)


clocked.run(work)
