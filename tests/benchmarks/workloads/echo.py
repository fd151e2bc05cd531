"""An echo server and ten clients on the loopback, 1,000 messages each, by streams."""

import asyncio

import clocked


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def talk(port: int, messages: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(messages):
        writer.write(b"x" * 100 + b"\n")
        await reader.readline()
    writer.close()
    await writer.wait_closed()


async def work(factor: float) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*(talk(port, int(1_000 * factor)) for _ in range(10)))


clocked.run(work)
