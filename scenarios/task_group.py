"""TaskGroup: nobody leaves before all are done

Tasks made in a TaskGroup belong to a block of code. Watch where the parent waits: not
at create_task, and not at any await in the body, but at the end of the async with. The
block cannot be left while one of its tasks still lives, so behind it every result is
there.

If a task fails, the group cancels its siblings before it lets the error out: see
failing.

Section: 2.6
"""

import argparse
import asyncio
import math


async def work(data: int, delay: float) -> int:
    await asyncio.sleep(delay)  # simulate some work
    print(f"task done with {data}")
    return data


async def main(delays: list[float]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(i, delay)) for i, delay in enumerate(delays)]
    print([task.result() for task in tasks])


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
