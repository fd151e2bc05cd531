"""One GET, from connecting to the last byte

A client session, one request, and a server in the same loop that thinks before its
headers and again before its text. Watch the two async with: entering session.get() is
where main waits, first for the connection, then for the headers; response.text() is a
third wait, for the text. They all read "await" in the source, but it is the await chain
that tells a connect from a read.

What wakes main is no timer but a socket that has become readable or writable. The
timers you see belong to the server, whose task is the other long row.

Needs: loopviz[http]
Clock: real
Section: 4.1
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
    async def hello(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await asyncio.sleep(think)
        await response.prepare(request)  # sends the headers
        await asyncio.sleep(think)
        await response.write(b"hello")
        return response

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def main(think: float, port: int) -> None:
    async with server(think, port) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            print("status", response.status)
            print("text", await response.text())
        print("the response is closed")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--think", type=float, default=0.25, help="the server's think time (0.25)")
    parser.add_argument("--port", type=int, default=0, help="the server's port (any free one)")
    args = parser.parse_args()
    if not (0 <= args.think < math.inf and 0 <= args.port <= 65535):
        parser.error("--think must be 0 or more, --port from 0 to 65535")
    return args


if __name__ == "__main__":
    args = arguments()
    try:
        asyncio.run(main(args.think, args.port))
    except OSError as error:
        sys.exit(f"fetch: {error}")
