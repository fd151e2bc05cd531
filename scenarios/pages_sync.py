"""Pages with a blocking client: the ticker starves

An API hands out its documents in pages, and a plain generator reads page after page
with http.client. It is good code, for a program without an event loop. In a coroutine,
each request blocks the thread until the answer is there. Watch main's loop: one single
step of a second, the ticker's timer long overdue, and all ten ticks only after the last
document.

There is a second loop in the picture. The server runs in a thread of its own, for in
this loop it could not answer: the client would wait for a server that waits for its
turn.

Needs: loopviz[http]
Clock: real
Section: 4.3
"""

import argparse
import asyncio
import json
import math
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from aiohttp import web


@contextmanager
def server_in_a_thread(pages: int, think: float, port: int) -> Iterator[int]:
    async def page(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        await asyncio.sleep(think)
        documents = [f"document {number}.{i}" for i in range(1, 4)]
        following = number + 1 if number < pages else None
        return web.json_response({"documents": documents, "next": following})

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/{number}", page)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await runner.cleanup()
            raise
        return runner

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server")
    thread.start()
    try:
        runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
        try:
            yield runner.addresses[0][1]
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def documents(connection: HTTPConnection) -> Iterator[str]:
    number: int | None = 1
    while number is not None:
        connection.request("GET", f"/{number}")
        page = json.load(connection.getresponse())
        yield from page["documents"]
        number = page["next"]


async def read(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    try:
        for document in documents(connection):
            print(document)
    finally:
        connection.close()


async def ticker() -> None:
    for tick in range(1, 11):
        await asyncio.sleep(0.1)
        print(f"tick {tick}")


async def main(port: int) -> None:
    await asyncio.gather(ticker(), read(port))


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
        with server_in_a_thread(args.pages, args.think, args.port) as port:
            asyncio.run(main(port))
    except OSError as error:
        sys.exit(f"pages_sync: {error}")
