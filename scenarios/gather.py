"""gather: start all, get all results in order

gather makes a task of each coroutine, in order, and suspends main until all are done.
Watch the start: ten tasks are created in one step of main, stand in the ready queue in
that order, and each runs to its own sleep. From there they all wait at once, so the run
takes as long as the longest wait: 1 second.

The results come as a list in the order of the call. Try --spread -0.1: the last item is
done first, and still the list is the same.

Section: 2.2
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float) -> int:
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")
    return data


async def main(delays: list[float]) -> None:
    results = await asyncio.gather(*(work(i, delay) for i, delay in enumerate(delays)))
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
