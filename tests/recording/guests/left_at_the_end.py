"""Tasks and coroutines that a program leaves unfinished: the runtime's own complaints, and no others."""

import asyncio
import gc
from typing import Any


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def unawaited() -> None: ...


async def fails() -> None:
    raise LookupError("never looked at")


def tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    print(context["message"], sorted(context), (context.get("task") or context["future"]).get_name())


async def main() -> None:
    kept.append(asyncio.create_task(never(), name="left"))
    unawaited()
    kept.append(asyncio.create_task(fails(), name="failed"))
    await asyncio.sleep(0)


kept: list[asyncio.Task[None]] = []
loop = asyncio.new_event_loop()
loop.set_exception_handler(tell)
loop.run_until_complete(main())
print(len(asyncio.all_tasks(loop)), loop)
kept.clear()
gc.collect()
queued = loop.create_task(never(), name="queued")
loop.call_soon(print, "never printed")
loop.call_later(60, print, "never printed")
loop.close()
print("the end", queued)
