"""time.sleep freezes the loop, to_thread does not

Three tasks: a greedy one that calls time.sleep(2), and two honest ones that tick every
0.4 seconds. time.sleep gives nothing back to the loop. Watch the greedy task run for
two whole seconds, and the honest two stand in the ready queue all that time: they
starve.

Then the same again, with the sleep handed to a thread. The polite task is suspended on
the executor, the loop is free, and the honest tasks tick while the thread sleeps.

Section: 1.8
"""

import asyncio
import time


async def honest(name: str) -> None:
    for tick in range(1, 5):
        await asyncio.sleep(0.4)
        print(f"{name}: tick {tick}")


async def greedy() -> None:
    print("greedy: sleeping on the loop")
    time.sleep(2)  # noqa: ASYNC251 (the lesson: it blocks everyone)
    print("greedy: done")


async def polite() -> None:
    print("polite: sleeping in a thread")
    await asyncio.to_thread(time.sleep, 2)
    print("polite: done")


async def main() -> None:
    await asyncio.gather(greedy(), honest("a"), honest("b"))
    await asyncio.gather(polite(), honest("a"), honest("b"))


if __name__ == "__main__":
    asyncio.run(main())
