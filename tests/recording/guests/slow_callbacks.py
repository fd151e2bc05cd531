"""Debug mode's own report of slow callbacks: here every callback counts as slow."""

import asyncio
import logging
import time


def slow() -> None:
    time.sleep(0.001)


async def slow_task() -> None:
    slow()
    await asyncio.sleep(0)
    slow()


async def main() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.create_task(slow_task(), name="slow")
    loop.call_soon(slow)
    loop.call_later(0.001, slow)
    loop.call_soon_threadsafe(slow)
    await asyncio.sleep(0.01)
    loop.slow_callback_duration = 60
    await asyncio.sleep(0)


logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
loop = asyncio.new_event_loop()
loop.set_debug(True)
loop.slow_callback_duration = 0
loop.run_until_complete(main())
loop.close()
