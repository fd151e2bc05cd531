"""A list of awaitables: a plain for, and await each

A list of coroutines is an ordinary list. Walking it needs no async for, which would
fail, as error_list_of_coroutines shows: a plain for takes out each coroutine, and await
gets its result.

It is right, and it is still sequential. Watch main, the only task: a coroutine in a
list has not started, it does so when it is awaited. Five of them take 5 seconds. To let
them wait side by side, make tasks of them first: see task_list.

Section: 3.8
"""

import asyncio


async def square(number: int) -> int:
    await asyncio.sleep(1)
    return number * number


async def main() -> None:
    coroutines = [square(number) for number in range(5)]
    for coroutine in coroutines:
        print(await coroutine)


if __name__ == "__main__":
    asyncio.run(main())
