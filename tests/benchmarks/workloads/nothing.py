"""A program that ends as soon as its loop runs: what is left is what it costs to begin and to end."""

import asyncio


async def main() -> None: ...


asyncio.run(main())
