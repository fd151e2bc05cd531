"""A timeout is a cancellation

main gives a job of 10 seconds only 5. Watch what happens at 5 seconds, step by step:
the timeout's timer fires and the job is cancelled. A cancellation is a request: the job
becomes ready, runs once more, and CancelledError is raised at its await, where it may
clean up. Only when the job has ended does main go on, and there wait_for turns the
cancellation into TimeoutError.

Who asks whom depends on your Python. Up to 3.11 the timer wakes main, and main cancels
the job; from 3.12 the timer cancels main, which passes the request on to the job it
waits for.

Section: 1.7
"""

import argparse
import asyncio
import math


async def job(duration: float) -> str:
    try:
        await asyncio.sleep(duration)
    except asyncio.CancelledError:
        print("job: cancelled")
        raise
    return "job: done"


async def main(duration: float, patience: float) -> None:
    task = asyncio.create_task(job(duration))
    try:
        print(await asyncio.wait_for(task, timeout=patience))
    except TimeoutError:
        print("main: TimeoutError")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=float, default=10.0, help="seconds the job takes (10)")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds it gets (5)")
    args = parser.parse_args()
    if not (0 <= args.work < math.inf and 0 <= args.timeout < math.inf):
        parser.error("--work and --timeout must be 0 or more")
    return args


if __name__ == "__main__":
    args = arguments()
    asyncio.run(main(args.work, args.timeout))
