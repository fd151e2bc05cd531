"""Futures that are none of asyncio's: they wake the tasks that wait for them in ways of their own."""

import asyncio
from typing import Any


class Foreign:
    _asyncio_future_blocking = False

    def __init__(self, how: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.how = how
        self.callbacks: list[Any] = []
        self.is_done = False
        self.loop.call_soon(self.finish)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self.loop

    def add_done_callback(self, callback: Any, *, context: Any = None) -> None:
        self.callbacks.append((callback, context))

    def finish(self) -> None:
        self.is_done = True
        for callback, context in self.callbacks:
            if self.how == "with the context":
                self.loop.call_soon(callback, self, context=context)
            elif self.how == "without the context":
                handle = self.loop.call_soon(callback, self)
                print(type(handle).__name__, handle.cancelled())
            elif self.how == "as from a thread":
                self.loop.call_soon_threadsafe(callback, self)
            else:
                self.loop.call_later(0, callback, self)

    def result(self) -> str:
        return self.how

    def __await__(self):
        if not self.is_done:
            self._asyncio_future_blocking = True
            yield self
        return self.result()


async def main() -> None:
    for how in ("with the context", "without the context", "as from a thread", "by a timer"):
        print(await asyncio.create_task(waits(how), name=how))


async def waits(how: str) -> str:
    return await Foreign(how)


asyncio.run(main())
