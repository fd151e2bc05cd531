"""The interpreter ends while daemon threads run loops and nobody waits for them."""

import asyncio
import threading

started = threading.Barrier(4)


async def forever() -> None:
    started.wait()
    while True:
        await asyncio.sleep(0.0001)


for _ in range(3):
    threading.Thread(target=asyncio.run, args=(forever(),), daemon=True).start()
started.wait()
asyncio.run(asyncio.sleep(0.02))
print("the main thread ends")
