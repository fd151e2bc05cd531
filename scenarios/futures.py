"""Who wakes a task that awaits a Future

A Future is a result that is not there yet. Whoever awaits it is suspended, and whoever
sets its result wakes them. The loop does not care who that is, but you should: it is
the answer to "why does my task go on now?"

main awaits two bare Futures. The first is resolved by a timer, a plain callback in
which no task takes part; the second by another task. Watch the wake-ups of main: the
first comes from the timer, the second from the task resolve, in the middle of its step.

Section: 1.11
"""

import asyncio


async def resolve(future: asyncio.Future[str]) -> None:
    await asyncio.sleep(1)
    future.set_result("woken by a task")


async def main() -> None:
    loop = asyncio.get_running_loop()

    by_timer: asyncio.Future[str] = loop.create_future()
    loop.call_later(1, by_timer.set_result, "woken by a timer")
    print(await by_timer)

    by_task: asyncio.Future[str] = loop.create_future()
    resolver = asyncio.create_task(resolve(by_task))
    print(await by_task)
    await resolver


if __name__ == "__main__":
    asyncio.run(main())
