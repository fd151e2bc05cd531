"""Awaiting in a row is sequential

Two calls of say_after, one of 1 second and one of 2, each awaited where it is called.
Watch how many tasks there are: only main. Awaiting a coroutine does not start anything
beside you; it runs that coroutine inside your own task, and you go on when it has
returned. So the waits follow one another, and the run takes 3 seconds.

Compare with create_task and gather_two, where the waits overlap.

Section: 1.3
"""

import asyncio


async def say_after(delay: float, what: str) -> None:
    await asyncio.sleep(delay)
    print(what)


async def main() -> None:
    await say_after(1, "hello")
    await say_after(2, "world")


if __name__ == "__main__":
    asyncio.run(main())
