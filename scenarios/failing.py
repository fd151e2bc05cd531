"""When item 3 raises: who is cancelled, what runs on

The same work three times; each time item 3 raises, at 1.6 seconds, while item 4 still
waits.

gather lets the first exception out at once, and the results of the others are lost.
Watch item 4: nobody cancels it, it runs on with no one waiting. gather with
return_exceptions waits for all and puts the exception in its place among the results.
TaskGroup cancels item 4, waits until that is done, and raises an ExceptionGroup with
all that went wrong.

Section: 2.9
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float) -> int:
    try:
        await asyncio.sleep(delay)  # simulate some work
    except asyncio.CancelledError:
        print(f"task {data} is cancelled")
        raise
    if data == 3:
        raise ValueError("item 3 is bad")
    print(f"task done with {data}")
    return data


async def with_gather(delays: list[float]) -> None:
    tasks = [asyncio.create_task(work(i, delay)) for i, delay in enumerate(delays)]
    try:
        await asyncio.gather(*tasks)
    except ValueError as error:
        print(f"gather raised {error!r}, still running: {sum(not t.done() for t in tasks)}")
    await asyncio.wait(tasks)  # without this, the next part would start beside the leftovers


async def with_return_exceptions(delays: list[float]) -> None:
    coros = [work(i, delay) for i, delay in enumerate(delays)]
    print(f"gather returned {await asyncio.gather(*coros, return_exceptions=True)}")


async def with_task_group(delays: list[float]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for i, delay in enumerate(delays):
                group.create_task(work(i, delay))
    except* ValueError as errors:
        print(f"TaskGroup raised {errors.exceptions}")


async def main(delays: list[float]) -> None:
    await with_gather(delays)
    await with_return_exceptions(delays)
    await with_task_group(delays)


def delays() -> list[float]:
    """Read the command line: how long each item waits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=5, help="how many items (5)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds item 0 waits (1)")
    parser.add_argument("--spread", type=float, default=0.2, help="more for each next item (0.2)")
    args = parser.parse_args()
    if args.items < 4:
        parser.error("--items must be 4 or more: item 3 is the one that fails")
    waits = [round(args.delay + i * args.spread, 6) for i in range(args.items)]
    if not all(0 <= wait < math.inf for wait in waits):
        parser.error("--delay and --spread must give every item a wait of 0 or more")
    return waits


if __name__ == "__main__":
    asyncio.run(main(delays()))
