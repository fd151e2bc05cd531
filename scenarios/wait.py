"""wait: sleep until the last one is done

wait takes tasks, not coroutines, and returns two sets: who is done and who is pending.
Watch main: it is woken only once, when the last task is done, however far apart they
finish; try --spread 0.1 to see it sleep through the first nine.

wait gives no results and raises no exceptions: you ask each task yourself. A set has no
order, so the results are read from the list of tasks. With return_when=FIRST_COMPLETED
or a timeout it returns sooner.

Section: 2.3
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
    await asyncio.wait(tasks)
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
