"""A semaphore: no more than three at a time

Ten tasks are started by gather, but each must pass a semaphore with three slots before
it works. Watch the staircase: three tasks sleep their second, seven are suspended on
the semaphore. Whoever leaves wakes the one that has waited longest, so the run goes in
four waves of 3, 3, 3 and 1 and takes 4 seconds.

This is how you spare a server or a disk. The tasks exist all at once, though; if there
are a million items, use workers instead.

Section: 2.7
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float, slots: asyncio.Semaphore) -> int:
    async with slots:
        await asyncio.sleep(delay)  # simulate some work
        print(f"task done with {data}")
        return data


async def main(delays: list[float], limit: int) -> None:
    slots = asyncio.Semaphore(limit)
    results = await asyncio.gather(*(work(i, delay, slots) for i, delay in enumerate(delays)))
    print(results)


def arguments() -> tuple[list[float], int]:
    """Read the command line: how long each item waits, and how many may at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10, help="how many items (10)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds item 0 waits (1)")
    parser.add_argument("--spread", type=float, default=0.0, help="more for each next item (0)")
    parser.add_argument("--limit", type=int, default=3, help="how many at a time (3)")
    args = parser.parse_args()
    if args.items < 1 or args.limit < 1:
        parser.error("--items and --limit must be 1 or more")
    waits = [round(args.delay + i * args.spread, 6) for i in range(args.items)]
    if not all(0 <= wait < math.inf for wait in waits):
        parser.error("--delay and --spread must give every item a wait of 0 or more")
    return waits, args.limit


if __name__ == "__main__":
    asyncio.run(main(*arguments()))
