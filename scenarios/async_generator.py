"""An async generator: wait, yield, wait, yield

An async generator may await between its yields. numbers waits a second before each of
its ten numbers, and async for takes them one by one. Watch for the tasks: there is only
main. Its await chain leads through the async for into the generator, and the sleep in
there suspends the whole task.

Each item costs one wait, so ten take 10 seconds. The loop is idle in between: async for
makes room for other tasks, but it does not fetch the items side by side.

Section: 3.1
"""

import argparse
import asyncio
import math
from collections.abc import AsyncIterator


async def numbers(count: int, delay: float) -> AsyncIterator[int]:
    for number in range(count):
        await asyncio.sleep(delay)
        yield number


async def main(count: int, delay: float) -> None:
    async for number in numbers(count, delay):
        print(number)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10, help="how many numbers (10)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds before each (1)")
    args = parser.parse_args()
    if args.items < 0 or not 0 <= args.delay < math.inf:
        parser.error("--items and --delay must be 0 or more")
    return args


if __name__ == "__main__":
    args = arguments()
    asyncio.run(main(args.items, args.delay))
