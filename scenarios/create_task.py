"""A created task is ready, not running

create_task returns at once. Watch the new task: it is created and stands in the loop's
ready queue, but not a line of it has run, because main still has the loop. Only when
main awaits its own sleep does the loop take the next in line, and greet begins.

From then on both wait at the same time. When main at last awaits the task, half of
greet's second has already passed, so the run takes 1 second, not 1.5.

Section: 1.4
"""

import asyncio


async def greet() -> str:
    print("greet: my first step")
    await asyncio.sleep(1)
    return "hello"


async def main() -> None:
    task = asyncio.create_task(greet())
    print("main: the task is created, but has not run")
    await asyncio.sleep(0.5)
    print("main: half a second later, now I wait for it")
    print(await task)


if __name__ == "__main__":
    asyncio.run(main())
