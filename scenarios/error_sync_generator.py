"""Error: async for over a plain generator

A mistake to learn from: numbers is a plain generator, for it was written with def and
not with async def. It has __iter__ but no __aiter__, and async for does not make do
with that.

Watch main end in its first step with TypeError, before anything has waited. The program
ends with status 1. The cure is a plain for if nothing needs to wait, or async def
numbers if something does.

Section: 3.9
"""

import asyncio
from collections.abc import Iterator


def numbers() -> Iterator[int]:
    yield from range(3)


async def main() -> None:
    async for number in numbers():  # type: ignore[attr-defined]  # the lesson's mistake
        print(number)


if __name__ == "__main__":
    asyncio.run(main())
