"""Await each in a for loop: one after the other

Ten calls of work, each awaited before the next begins. Watch for the tasks: there is
only main. The ten calls run inside it, one after the other, and the run takes the sum
of the waits, 10 seconds. Between two steps the loop is idle: there was time for
everything else, but nobody asked for it.

This is right when each call needs what the one before it returned, and a waste when
not. It is what the other methods in this section are measured against.

Section: 2.1
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float) -> int:
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")
    return data


async def main(delays: list[float]) -> None:
    results = []
    for i, delay in enumerate(delays):
        results.append(await work(i, delay))
    print(results)


def delays() -> list[float]:
    """Read the command line: how long each item waits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10, help="how many items (10)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds item 0 waits (1)")
    parser.add_argument("--spread", type=float, default=0.0, help="more for each next item (0)")
    args = parser.parse_args()
    if args.items < 1:
        parser.error("--items must be 1 or more")
    waits = [round(args.delay + i * args.spread, 6) for i in range(args.items)]
    if not all(0 <= wait < math.inf for wait in waits):
        parser.error("--delay and --spread must give every item a wait of 0 or more")
    return waits


if __name__ == "__main__":
    asyncio.run(main(delays()))
