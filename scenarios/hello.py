"""The smallest program: one task, one step

asyncio.run makes a loop, wraps main() in a task and runs the loop until that task is
done. main() never awaits anything, so it never gives the loop back: it is created,
queues as ready, runs one single step from its first line to its last, and has returned.

Everything else in this list is made of the same pieces, only more of them.

Section: 1.2
"""

import asyncio


async def main() -> None:
    print("hello")


if __name__ == "__main__":
    asyncio.run(main())
