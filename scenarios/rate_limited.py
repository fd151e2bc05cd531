"""First a token, then the request

Eight requests that are held to five a second. get first takes a token from a queue and
then sends its request; a task called refill puts a new token in every 0.2
seconds. Two tokens are there at the start. Watch the eight tasks: two go on at once,
six are suspended on Queue.get, and each token wakes exactly one of them, the one that
has waited longest.

So there are two kinds of wait in one row, and two kinds of waker: for the token it is
the task refill, for the answer it is I/O.

Needs: loopviz[http]
Clock: real
Section: 4.6
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
async def server(think: float, port: int) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(think)
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def refill(tokens: asyncio.Queue[None]) -> None:
    while True:
        await asyncio.sleep(0.2)
        await tokens.put(None)


async def get(
    number: int, session: aiohttp.ClientSession, url: str, tokens: asyncio.Queue[None]
) -> str:
    await tokens.get()
    print(f"request {number} has a token")
    async with session.get(url) as response:
        return await response.text()


async def main(requests: int, think: float, port: int) -> None:
    tokens: asyncio.Queue[None] = asyncio.Queue(maxsize=2)
    tokens.put_nowait(None)
    tokens.put_nowait(None)
    async with server(think, port) as url, aiohttp.ClientSession() as session:
        refilling = asyncio.create_task(refill(tokens))
        await asyncio.gather(*(get(i, session, url, tokens) for i in range(requests)))
        refilling.cancel()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=8, help="how many requests (8)")
    parser.add_argument("--think", type=float, default=0.1, help="the server's think time (0.1)")
    parser.add_argument("--port", type=int, default=0, help="the server's port (any free one)")
    args = parser.parse_args()
    if args.requests < 1:
        parser.error("--requests must be 1 or more")
    if not (0 <= args.think < math.inf and 0 <= args.port <= 65535):
        parser.error("--think must be 0 or more, --port from 0 to 65535")
    return args


if __name__ == "__main__":
    args = arguments()
    try:
        asyncio.run(main(args.requests, args.think, args.port))
    except OSError as error:
        sys.exit(f"rate_limited: {error}")
