"""A long computation belongs in another process

A ticker ticks every 0.1 seconds while another task adds up squares. At first the sum is
computed in the coroutine itself: watch the ticks stop after the second one and go on,
late, when the sum is there. async makes nothing run beside anything; a step lasts as
long as its code takes.

Then the same sum in a process pool. The task is suspended on the executor, another
process does the work, and the ticks keep their time. A thread would help less here:
pure Python code in a thread still takes its share of the interpreter away from the
loop.

Clock: real
Section: 1.9
"""

import argparse
import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def sum_of_squares(count: int) -> int:
    total = 0
    for number in range(count):
        total += number * number
    return total


async def ticker() -> None:
    for tick in range(1, 9):
        await asyncio.sleep(0.1)
        print(f"tick {tick}")


async def compute_here(count: int) -> int:
    await asyncio.sleep(0.25)
    print("computing in the coroutine")
    return sum_of_squares(count)


async def compute_elsewhere(count: int, pool: ProcessPoolExecutor) -> int:
    await asyncio.sleep(0.25)
    print("computing in another process")
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, sum_of_squares, count)


async def main(count: int, pool: ProcessPoolExecutor) -> None:
    _, total = await asyncio.gather(ticker(), compute_here(count))
    print(total)
    _, total = await asyncio.gather(ticker(), compute_elsewhere(count, pool))
    print(total)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=6_000_000, help="squares to add (6000000)")
    args = parser.parse_args()
    if args.count < 0:
        parser.error("--count must be 0 or more")
    return args


if __name__ == "__main__":
    args = arguments()
    # "spawn" starts a fresh interpreter: safe beside threads, and the same on every system.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(sum_of_squares, 0).result()  # the process is up before the loop starts
        asyncio.run(main(args.count, pool))
