"""Entering and leaving may wait, too

Three async context managers, one inside the other: a little server, a connection to it,
and a transaction on that connection. Entering the connection says HELLO and entering
the transaction BEGIN; leaving them says COMMIT and QUIT. Each is a message to the
server that main must wait for.

Watch where main is suspended: of its five waits for an answer only one is for a line in
the body, INSERT. The others are in __aenter__ and __aexit__, at the async with that you
see in the await chain. A plain with could not do this, for its __exit__ has no way to
wait.

Clock: real
Section: 4.8
"""

import argparse
import asyncio
import math
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


@asynccontextmanager
async def server(think: float, port: int) -> AsyncIterator[int]:
    served = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            await asyncio.sleep(think)
            writer.write(b"ok " + line)
        writer.close()
        await writer.wait_closed()
        served.set()

    async with await asyncio.start_server(serve, "127.0.0.1", port) as listener:
        yield listener.sockets[0].getsockname()[1]
        await served.wait()


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        await self.ask("HELLO")
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.ask("QUIT")
        self.writer.close()
        await self.writer.wait_closed()

    async def ask(self, line: str) -> None:
        self.writer.write(f"{line}\n".encode())
        answer = await self.reader.readline()
        print(answer.decode().strip())


class Transaction:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def __aenter__(self) -> Self:
        await self.connection.ask("BEGIN")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *error: object) -> None:
        await self.connection.ask("COMMIT" if kind is None else "ROLLBACK")


async def main(think: float, port: int) -> None:
    async with server(think, port) as port_in_use:  # noqa: SIM117 (each has a line of its own)
        async with Connection(port_in_use) as connection:
            async with Transaction(connection):
                await connection.ask("INSERT")


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
        sys.exit(f"async_with: {error}")
