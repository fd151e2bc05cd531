"""A while loop with a wait inside

A countdown from 5, one second each, as an ordinary while loop with an await in its
body. Watch one task that runs a short step, is suspended on its sleep for a second, and
runs the next step, five times.

The loop does not know that it is in a while: what it sees is a task that suspends and
wakes. A for loop with the same await in it draws exactly the same picture.

Section: 1.10
"""

import asyncio


async def countdown(number: int) -> None:
    while number > 0:
        print(number)
        await asyncio.sleep(1)
        number -= 1


async def main() -> None:
    await countdown(5)
    print("done")


if __name__ == "__main__":
    asyncio.run(main())
