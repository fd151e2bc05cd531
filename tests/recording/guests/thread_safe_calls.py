"""``call_soon_threadsafe``, ``run_coroutine_threadsafe``, executors, and a foreign thread that resolves a future."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


async def double(value: int) -> int:
    await asyncio.sleep(0)
    return 2 * value


async def main() -> None:
    loop = asyncio.get_running_loop()
    order: list[str] = []
    future: asyncio.Future[str] = loop.create_future()
    done = asyncio.Event()

    def from_outside() -> None:
        handle = loop.call_soon_threadsafe(order.append, "first")
        order.append(type(handle).__mro__[-2].__name__)
        loop.call_soon_threadsafe(future.set_result, "resolved")
        order.append(str(asyncio.run_coroutine_threadsafe(double(4), loop).result()))
        loop.call_soon_threadsafe(done.set)

    thread = threading.Thread(target=from_outside)
    thread.start()
    print(await future)
    await done.wait()
    thread.join()
    print(sorted(order))
    print(await loop.run_in_executor(None, pow, 2, 10), await asyncio.to_thread(sum, [1, 2, 3]))
    with ThreadPoolExecutor(2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, abs, -number) for number in range(5))))
    loop.call_soon_threadsafe(print, "from the loop's own thread")
    loop.call_soon_threadsafe(print, "cancelled").cancel()
    await asyncio.sleep(0)


asyncio.run(main())
