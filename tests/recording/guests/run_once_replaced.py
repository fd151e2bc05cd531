"""A loop's ``_run_once`` replaced while it runs, as ``nest_asyncio`` does: it finds Handles in the queue."""

import asyncio
import heapq


def run_once(self):
    while self._scheduled and self._scheduled[0]._cancelled:
        heapq.heappop(self._scheduled)._scheduled = False
    timeout = None
    if self._ready or self._stopping:
        timeout = 0
    elif self._scheduled:
        timeout = max(0, self._scheduled[0]._when - self.time())
    self._process_events(self._selector.select(timeout))
    while self._scheduled and self._scheduled[0]._when <= self.time() + self._clock_resolution:
        self._ready.append(heapq.heappop(self._scheduled))
    for _ in range(len(self._ready)):
        handle = self._ready.popleft()
        if not handle._cancelled:
            handle._run()


async def work(number: int) -> int:
    for _ in range(5):
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    return number


class Loop(asyncio.SelectorEventLoop):
    pass


async def replaces(owner: object, replacement: object) -> list[int]:
    tasks = [asyncio.create_task(work(number)) for number in range(4)]
    await asyncio.sleep(0)
    owner._run_once = replacement
    return await asyncio.gather(*tasks)


for who in ("its class's", "its own", "after it stopped"):
    loop = Loop()
    if who == "its class's":
        print(who, loop.run_until_complete(replaces(Loop, run_once)))
        del Loop._run_once
    elif who == "its own":
        print(who, loop.run_until_complete(replaces(loop, lambda loop=loop: run_once(loop))))
    else:
        tasks = [loop.create_task(work(number)) for number in range(4)]
        loop.run_until_complete(asyncio.sleep(0))
        Loop._run_once = run_once
        print(who, loop.run_until_complete(asyncio.wait_for(tasks[3], 5)))
        loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
