"""What a program sees of a loop's methods: their signatures, documentation, and errors when they are called wrongly."""

import asyncio
import inspect

METHODS = ("call_soon", "call_later", "call_at", "call_soon_threadsafe", "create_task", "set_debug")


async def coroutine_function() -> None: ...


async def main() -> None:
    loop = asyncio.get_running_loop()
    for name in METHODS:
        method = getattr(loop, name)
        print(name, inspect.signature(method), (inspect.getdoc(method) or "").splitlines()[:1])
    for wrong in (
        *(getattr(loop, name) for name in METHODS),
        lambda: loop.call_later(None, print),
        lambda: loop.call_later("soon", print),
        lambda: loop.call_at(None, print),
        lambda: loop.create_task(3),
        lambda: loop.create_task(coroutine_function),
    ):
        try:
            wrong()
        except (TypeError, AttributeError) as error:
            print(type(error).__name__, error)


asyncio.run(main())
