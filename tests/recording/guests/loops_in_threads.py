"""Several loops at once in threads, a loop nested in a thread of a task's, and one after another."""

import asyncio
import threading


async def count(name: str, steps: int) -> str:
    for _ in range(steps):
        await asyncio.sleep(0)
    return f"{name} in {threading.current_thread().name}"


async def nested() -> str:
    return await asyncio.to_thread(lambda: asyncio.run(count("nested", 3)))


def several_at_once() -> None:
    results: dict[int, str] = {}

    def run(number: int) -> None:
        results[number] = asyncio.run(count(f"loop {number}", 50))

    threads = [threading.Thread(target=run, args=(number,), name=f"thread {number}") for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(results.items()))


several_at_once()
print(asyncio.run(nested()).replace("asyncio_0", "asyncio"))
print(asyncio.run(count("again", 1)))
print(asyncio.run(count("and again", 1)))
print([thread.name for thread in threading.enumerate()], threading.active_count())
