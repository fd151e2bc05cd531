"""Context variables: each task and handle runs in its own context, also the one given to ``create_task``."""

import asyncio
import contextvars

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


async def change(value: str) -> str:
    before = variable.get()
    variable.set(value)
    await asyncio.sleep(0)
    return f"{before} -> {variable.get()}"


async def main() -> None:
    loop = asyncio.get_running_loop()
    variable.set("main")
    print(await asyncio.gather(*(change(f"task {number}") for number in range(3))), variable.get())
    context = contextvars.Context()
    print(await asyncio.create_task(change("in context"), context=context), context[variable], variable.get())
    loop.call_soon(variable.set, "by callback")
    loop.call_soon(lambda: print("callback sees", variable.get()))
    loop.call_soon(variable.set, "in context", context=context)
    loop.call_later(0, lambda: print("timer sees", variable.get(), variable.set("by timer")))
    await asyncio.sleep(0.001)
    print(variable.get(), context[variable], len(contextvars.copy_context()))


asyncio.run(main())
print(variable.get())
