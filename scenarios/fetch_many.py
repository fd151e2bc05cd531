"""Twenty GETs at once: woken by I/O

Twenty requests gathered, to a server that thinks for a quarter of a second about each.
Watch twenty tasks connect, send and wait side by side: the run takes little more than
one think time, on a single thread.

Now watch what wakes them. In the rows of get it is I/O: a socket became readable, and
the loop came out of select because of it. The server's tasks sleep, so those are woken
by timers. The pages come in the order of the call, whichever answer was first.

Needs: loopviz[http]
Clock: real
Section: 4.2
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
    async def page(request: web.Request) -> web.Response:
        await asyncio.sleep(think)
        return web.Response(text=f"page {request.match_info['number']}")

    app = web.Application()
    app.router.add_get("/{number}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def get(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as response:
        return await response.text()


async def main(requests: int, think: float, port: int) -> None:
    async with server(think, port) as url, aiohttp.ClientSession() as session:
        pages = await asyncio.gather(*(get(session, f"{url}/{i}") for i in range(requests)))
        for page in pages:
            print(page)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=20, help="how many requests (20)")
    parser.add_argument("--think", type=float, default=0.25, help="the server's think time (0.25)")
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
        sys.exit(f"fetch_many: {error}")
