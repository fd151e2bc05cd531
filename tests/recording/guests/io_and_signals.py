"""Real I/O: streams, a datagram endpoint, a pipe, a subprocess, a signal handler of the loop's, raw sockets."""

import asyncio
import os
import signal
import socket
import sys


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def streams() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for word in (b"one\n", b"two\n"):
            writer.write(word)
            print(await reader.readline())
        writer.close()
        await writer.wait_closed()


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _address: object) -> None:
        self.got.set_result(data)


async def sockets() -> None:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
    transport.sendto(b"datagram", transport.get_extra_info("sockname"))
    print(await protocol.got)
    transport.close()
    left, right = socket.socketpair()
    with left, right:
        left.setblocking(False)
        right.setblocking(False)
        await loop.sock_sendall(left, b"raw")
        print(await loop.sock_recv(right, 10))
        seen = asyncio.Event()
        loop.add_reader(right, seen.set)
        left.send(b"x")
        await seen.wait()
        print(loop.remove_reader(right), loop.remove_reader(right))


async def signals() -> None:
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, came.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await came.wait()
    print("signal came", loop.remove_signal_handler(signal.SIGUSR1))


async def subprocesses() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input()[::-1])", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(b"abc\n")
    print(out, process.returncode)


async def main() -> None:
    for part in (streams, sockets, signals, subprocesses):
        await part()


asyncio.run(main())
print(sys.stdin.readline().strip(), sys.stdin.read().splitlines())
