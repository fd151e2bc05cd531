"""Pages as an async generator: the ticker runs

The same API as in pages_sync, now read with aiohttp by an async generator, and the
server lives in the same loop. Watch the rows: while read waits for a page it is
suspended, the loop is free, and the ticker ticks in between, on time. The documents
come in the same order as before, because the pages are still read one after the other.

The three documents of a page come without any wait among them: a yield in an async
generator suspends the generator, but not the task.

Needs: loopviz[http]
Clock: real
Section: 4.4
"""

import argparse
import asyncio
import math
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web


@asynccontextmanager
async def server(pages: int, think: float, port: int) -> AsyncIterator[str]:
    async def page(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        await asyncio.sleep(think)
        documents = [f"document {number}.{i}" for i in range(1, 4)]
        following = number + 1 if number < pages else None
        return web.json_response({"documents": documents, "next": following})

    app = web.Application()
    app.router.add_get("/{number}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def documents(session: aiohttp.ClientSession, url: str) -> AsyncIterator[str]:
    number: int | None = 1
    while number is not None:
        async with session.get(f"{url}/{number}") as response:
            page = await response.json()
        for document in page["documents"]:
            yield document
        number = page["next"]


async def read(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async for document in documents(session, url):
            print(document)


async def ticker() -> None:
    for tick in range(1, 11):
        await asyncio.sleep(0.1)
        print(f"tick {tick}")


async def main(pages: int, think: float, port: int) -> None:
    async with server(pages, think, port) as url:
        await asyncio.gather(ticker(), read(url))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=4, help="how many pages (4)")
    parser.add_argument("--think", type=float, default=0.25, help="the server's think time (0.25)")
    parser.add_argument("--port", type=int, default=0, help="the server's port (any free one)")
    args = parser.parse_args()
    if args.pages < 1:
        parser.error("--pages must be 1 or more")
    if not (0 <= args.think < math.inf and 0 <= args.port <= 65535):
        parser.error("--think must be 0 or more, --port from 0 to 65535")
    return args


if __name__ == "__main__":
    args = arguments()
    try:
        asyncio.run(main(args.pages, args.think, args.port))
    except OSError as error:
        sys.exit(f"pages_async: {error}")
