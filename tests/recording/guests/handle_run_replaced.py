"""``Handle._run`` replaced by one that counts, as tools that time callbacks do: it sees all that a loop runs."""

import asyncio
from asyncio import events
from collections import Counter

stock = events.Handle._run
counts: Counter[str] = Counter()


def counting(self):
    counts[type(self._callback).__name__] += 1
    stock(self)


async def work(number: int) -> int:
    for _ in range(5):
        await asyncio.sleep(0)
    return number


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    for replacement in (stock, counting, stock):
        events.Handle._run = replacement
        await asyncio.sleep(0)
        counts.clear()
        print(await asyncio.gather(*map(work, range(3))), counts["TaskStepMethWrapper"], "steps of the C task's")
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"line\n")
        print(await reader.readline(), counts["method"] > 2)
        writer.close()
    server.close()


asyncio.run(main())
