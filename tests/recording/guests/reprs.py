"""What a program sees of its tasks, handles, futures and loops: reprs, stacks, coroutines, with "created at" in debug
mode.
"""

import asyncio
import contextvars
import io
import sys
from functools import partial
from typing import Any


async def inner() -> None:
    await asyncio.sleep(0.01)


async def outer(value: int) -> int:
    await inner()
    return value


def callback(*args: Any) -> None: ...


class Callable:
    def method(self) -> None: ...

    def __call__(self) -> None: ...


def show_tasks() -> None:
    for task in sorted(asyncio.all_tasks(), key=lambda task: task.get_name()):
        print(repr(task))
        print(
            [
                (frame.f_code.co_name, frame.f_lineno)
                for frame in task.get_stack()
                if frame.f_code.co_filename == __file__
            ]
        )
        stream = io.StringIO()
        task.print_stack(file=stream)
        print(stream.getvalue())
        coroutine: Any = task.get_coro()
        print(repr(coroutine), coroutine.__qualname__, coroutine.cr_await is not None)


def show_handles(loop: asyncio.AbstractEventLoop) -> None:
    context = contextvars.copy_context()
    shown = Callable()
    for called in (callback, partial(callback, 1), shown.method, shown, print, lambda: None):
        for handle in (loop.call_soon(called), loop.call_later(0.5, called), loop.call_soon_threadsafe(called)):
            handle.cancel()
            print(
                repr(handle).partition(" when=")[0], handle.cancelled(), type(handle).__name__, type(handle).__module__
            )
    handle = loop.call_soon(callback, "argument", context=context)
    print(repr(handle), handle._args, handle._callback is callback)
    timer = loop.call_at(loop.time() + 60, callback, 1)
    print(repr(timer).partition(" when=")[0], repr(timer).partition(" callback")[2], timer.when() > loop.time())
    print(getattr(handle, "_source_traceback", None), getattr(timer, "_source_traceback", None))
    timer.cancel()
    print(timer.cancelled(), isinstance(timer, asyncio.TimerHandle), isinstance(timer, asyncio.Handle))


async def main() -> None:
    loop = asyncio.get_running_loop()
    print(repr(loop), repr(loop.create_future()), loop.get_debug())
    task = asyncio.create_task(outer(1), name="outer")
    print(repr(task))
    await asyncio.sleep(0)
    task.add_done_callback(callback)
    show_tasks()
    show_handles(loop)
    gathering = asyncio.gather(task, inner())
    print(repr(gathering))
    await gathering
    print(repr(task), getattr(task, "_source_traceback", None))
    print(await asyncio.gather(asyncio.sleep(0, 1), return_exceptions=True))


asyncio.run(main())
print(sys.get_coroutine_origin_tracking_depth())
