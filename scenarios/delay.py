"""A suspension is not a block

One task sleeps for two seconds. Watch the two rows together: while the task is
suspended on its sleep, the loop is idle. The loop is not stuck; it sits in select,
waits for the timer, and would run anything else that became ready. There is just
nothing else here.

A block looks different: the task would be running all the while, and the loop busy with
it. See blocking_sleep for that picture.

Section: 1.6
"""

import argparse
import asyncio
import math


async def main(delay: float) -> None:
    print("before")
    await asyncio.sleep(delay)
    print("after")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=2.0, help="seconds to sleep (2)")
    args = parser.parse_args()
    if not 0 <= args.delay < math.inf:
        parser.error("--delay must be 0 or more")
    return args


if __name__ == "__main__":
    asyncio.run(main(arguments().delay))
