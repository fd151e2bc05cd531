"""Eager tasks: the first step comes at once

With the eager task factory, create_task runs the new task's first step there and then,
in the middle of main's own step. Watch the start of each task: it has run before main
goes on to the next line, and the loop's ready queue was not needed for it. "started" is
printed ten times before main says that all are created.

Only at its first real wait does a task go to the loop, and from there on all is as in
gather. A task that need not wait at all, because its answer is in a cache for example,
is finished without the loop ever being asked.

Needs: Python 3.12
Section: 2.10
"""

import argparse
import asyncio
import math
import sys

if sys.version_info < (3, 12):
    sys.exit("eager tasks came with Python 3.12")


async def work(data: int, delay: float) -> int:
    print(f"task started with {data}")
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")
    return data


async def main(delays: list[float]) -> None:
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    tasks = [asyncio.create_task(work(i, delay)) for i, delay in enumerate(delays)]
    print("all are created")
    print(await asyncio.gather(*tasks))


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
