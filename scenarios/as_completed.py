"""as_completed: take each result as it comes

The tasks all wait at once, and main walks through them in the order in which they
finish. Run it with --spread -0.1, where the last item is done first. Watch main: it
wakes once for each finished task, handles that result, and is suspended again, and the
results come in backwards. Whose result it is the result itself has to say.

This is the method for results that are useful before the rest is there. Without a
spread all are done at the same moment: main wakes for the first, and finds that the
others are done already.

Section: 2.4
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
    for earliest in asyncio.as_completed(tasks):
        print(f"got {await earliest}")


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
