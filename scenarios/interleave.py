"""Two coroutines take turns

fun_a and fun_b each print their own name and then wait one second, five times. Watch
the names alternate strictly: at its await, a coroutine hands the loop back, and the
loop gives the turn to whoever is next in line. The two waits lie side by side, so the
whole run takes 5 seconds, not 10, although there is only one thread and never more than
one coroutine runs.

gather makes a task of each coroutine and gives the results in the order of the call:
[1, 2]. The loop is made and driven by hand at the bottom of the file, the classic way;
asyncio.run does the same and a little more.

Section: 1.1
"""

import argparse
import asyncio
import math


async def fun_a(rounds: int, delay: float) -> int:
    for _ in range(rounds):
        print("fun_a")
        await asyncio.sleep(delay)
    return 1


async def fun_b(rounds: int, delay: float) -> int:
    for _ in range(rounds):
        print("fun_b")
        await asyncio.sleep(delay)
    return 2


async def main(rounds: int, delay: float) -> None:
    results = await asyncio.gather(fun_a(rounds, delay), fun_b(rounds, delay))
    print(results)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5, help="how often each prints (5)")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between (1)")
    args = parser.parse_args()
    if args.rounds < 0 or not 0 <= args.delay < math.inf:
        parser.error("--rounds and --delay must be 0 or more")
    return args


if __name__ == "__main__":
    args = arguments()
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main(args.rounds, args.delay))
    finally:
        loop.close()
