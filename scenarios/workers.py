"""A queue and three workers

main puts ten items into a queue that has room for one, and three workers take them out.
Watch the hand-over: a worker with nothing to do is suspended on Queue.get, and main's
put wakes it; when the queue is full, main is suspended on Queue.put, and a worker's get
wakes main. Nobody polls.

There are three tasks of work, not ten, however many items come, and main runs only as
far ahead as the queue allows. At the end it puts one None for each worker, which means:
no more.

Section: 2.8
"""

import argparse
import asyncio
import math

Item = tuple[int, float]


async def work(data: int, delay: float) -> None:
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")


async def worker(queue: asyncio.Queue[Item | None]) -> None:
    while (item := await queue.get()) is not None:
        await work(*item)


async def main(delays: list[float], count: int) -> None:
    queue: asyncio.Queue[Item | None] = asyncio.Queue(maxsize=1)
    workers = [asyncio.create_task(worker(queue)) for _ in range(count)]
    for item in enumerate(delays):
        await queue.put(item)
    for _ in workers:
        await queue.put(None)
    await asyncio.gather(*workers)


def arguments() -> tuple[list[float], int]:
    """Read the command line: how long each item waits, and how many workers there are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10, help="how many items (10)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds item 0 waits (1)")
    parser.add_argument("--spread", type=float, default=0.0, help="more for each next item (0)")
    parser.add_argument("--workers", type=int, default=3, help="how many workers (3)")
    args = parser.parse_args()
    if args.items < 1 or args.workers < 1:
        parser.error("--items and --workers must be 1 or more")
    waits = [round(args.delay + i * args.spread, 6) for i in range(args.items)]
    if not all(0 <= wait < math.inf for wait in waits):
        parser.error("--delay and --spread must give every item a wait of 0 or more")
    return waits, args.workers


if __name__ == "__main__":
    asyncio.run(main(*arguments()))
