"""Timers: their order, ties, comparison, cancelling many, a time in the past, infinity and nonsense."""

import asyncio
from typing import Any


async def main() -> None:
    loop = asyncio.get_running_loop()
    order: list[Any] = []
    start = loop.time()
    loop.time = lambda: start  # type: ignore[method-assign]  # that all are set at one moment
    for delay in (0.03, 0.01, 0.02, 0, -5):
        loop.call_later(delay, order.append, delay)
    for place in range(3):
        loop.call_at(start + 0.015, order.append, f"tie {place}")
    loop.call_at(0, order.append, "long ago")
    far = [loop.call_later(1000 + place, order.append, "far") for place in range(300)]
    del loop.time  # type: ignore[method-assign]
    print(far[0] < far[1], far[0] == far[0], far[1] > far[0], far[0] <= far[1], hash(far[0]) == hash(far[0].when()))
    for timer in far[:250]:
        timer.cancel()
        timer.cancel()
    never = loop.call_later(float("inf"), order.append, "never")
    await asyncio.sleep(0.04)
    never.cancel()
    print(order[0] in (-5, "long ago"), [entry for entry in order if isinstance(entry, str)], len(order))
    print([entry for entry in order if not isinstance(entry, str)])
    for method in (loop.call_later, loop.call_at):
        try:
            method(None, print)  # type: ignore[arg-type]
        except TypeError as error:
            print(error)
    for timer in far[250:]:
        timer.cancel()
    for delay in (float("nan"), -1):
        try:
            print(await asyncio.sleep(delay, "slept"))
        except ValueError as error:
            print(error)


asyncio.run(main())
