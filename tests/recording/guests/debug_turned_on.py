"""Debug mode turned on and off while tasks wait for their turn; here every callback counts as slow."""

import asyncio
import logging
import time


async def work(number: int) -> int:
    for _ in range(6):
        time.sleep(0.001)
        await asyncio.sleep(0)
    return number


async def main() -> None:
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0
    tasks = [asyncio.create_task(work(number), name=f"work {number}") for number in range(3)]
    for debug in (True, False, True, True, False):
        await asyncio.sleep(0)
        loop.set_debug(debug)
    print(await asyncio.gather(*tasks))


logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
asyncio.run(main(), debug=False)
