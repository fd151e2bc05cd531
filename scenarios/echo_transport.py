"""A Protocol and a Transport: callbacks without tasks

The layer below streams. An echo server and its client, both written as protocols: the
loop calls connection_made, data_received and connection_lost, plain methods that never
await. Watch the loop's own row: all the talk happens there, as callbacks on a socket,
and no task is created for either end. The client speaks, the server thinks for a moment
with call_later, echoes, and the client speaks again.

The only task of this program is main; the two short ones are asyncio's own, which look
up an address and set up a connection. main is suspended on two bare Futures, which the
two connection_lost resolve, so even its wake-ups come from callbacks.

Clock: real
Section: 4.7
"""

import argparse
import asyncio
import math
import sys
from typing import cast

WORDS = ["one", "two", "three"]


class EchoServer(asyncio.Protocol):
    def __init__(self, think: float, lost: asyncio.Future[None]) -> None:
        self.think = think
        self.lost = lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self.think, self.transport.write, data)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set_result(None)


class EchoClient(asyncio.Protocol):
    def __init__(self, lost: asyncio.Future[None]) -> None:
        self.words = iter(WORDS)
        self.lost = lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.say_next()

    def data_received(self, data: bytes) -> None:
        print("echo", data.decode())
        self.say_next()

    def say_next(self) -> None:
        word = next(self.words, None)
        if word is None:
            self.transport.close()
        else:
            print("say", word)
            self.transport.write(word.encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set_result(None)


async def main(think: float, port: int) -> None:
    loop = asyncio.get_running_loop()
    client_lost: asyncio.Future[None] = loop.create_future()
    server_lost: asyncio.Future[None] = loop.create_future()
    server = await loop.create_server(lambda: EchoServer(think, server_lost), "127.0.0.1", port)
    async with server:
        address = server.sockets[0].getsockname()
        await loop.create_connection(lambda: EchoClient(client_lost), *address)
        await client_lost
        await server_lost
    print("both ends are closed")


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
        sys.exit(f"echo_transport: {error}")
