"""A list of tasks, awaited one by one

All tasks are created first, so all wait at once; then main awaits them in the order of
the list. Watch main: it waits for task 0, then for task 1 and so on, and a task that is
done already is passed without any wait. The results come in the order of creation,
whatever finished first.

With --spread 0.1 main is woken for each task; with --spread -0.1 it waits long for task
0 and then takes all the others in a single step.

Section: 2.5
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float) -> int:
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")
    return data


async def main(delays: list[float]) -> None:
    tasks = [asyncio.create_task(work(i, delay)) for i, delay in enumerate(delays)]
    for task in tasks:
        print(f"got {await task}")


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
