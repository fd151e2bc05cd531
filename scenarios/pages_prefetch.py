"""Pages as a class with a buffer: one wait per page

The same API once more, read by an object with __anext__. It keeps the documents of a
page in a deque: __anext__ takes one from the left, and only if the buffer is empty does
it fetch the next page and fill it up. Watch the waits of read: one for each page, not
one for each document. A call of __anext__ that finds the buffer filled does not suspend
at all, although it is awaited.

That is worth remembering: await is a place where a task may give the loop back, not one
where it always does.

Needs: loopviz[http]
Clock: real
Section: 4.5
"""

import argparse
import asyncio
import math
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

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


class Documents:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.number: int | None = 1
        self.buffer: deque[str] = deque()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if not self.buffer:
            await self.refill()
        return self.buffer.popleft()

    async def refill(self) -> None:
        if self.number is None:
            raise StopAsyncIteration
        async with self.session.get(f"{self.url}/{self.number}") as response:
            page = await response.json()
        self.buffer.extend(page["documents"])
        self.number = page["next"]


async def read(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async for document in Documents(session, url):
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
        sys.exit(f"pages_prefetch: {error}")
