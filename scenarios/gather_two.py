"""Two waits side by side

gather makes a task of each coroutine and suspends main until both are done. Watch the
two tasks start one right after the other and then wait together: the run takes as long
as the longer wait, 2 seconds, not the sum.

The short nap ends first, yet the results come in the order of the call: gather puts
each result in the place of its argument, whatever finished first. main is woken once,
by the last.

Section: 1.5
"""

import asyncio


async def nap(name: str, delay: float) -> str:
    await asyncio.sleep(delay)
    print(f"{name} nap is over")
    return name


async def main() -> None:
    results = await asyncio.gather(nap("long", 2), nap("short", 1))
    print(results)


if __name__ == "__main__":
    asyncio.run(main())
