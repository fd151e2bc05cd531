"""10,000 tasks, each waiting for a future that the one before resolves."""

import asyncio

import clocked


async def work(factor: float) -> None:
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(int(10_000 * factor) + 1)]

    async def hand_on(index: int) -> None:
        await futures[index]
        futures[index + 1].set_result(None)

    tasks = [asyncio.create_task(hand_on(index)) for index in range(len(futures) - 1)]
    await asyncio.sleep(0)  # so that all of them wait
    futures[0].set_result(None)
    await asyncio.gather(*tasks)


clocked.run(work)
