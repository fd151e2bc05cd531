"""Every way to make and to run a loop: the results, and that the loops are of the class that was asked for."""

import asyncio
import sys
import warnings


async def answer(value: int) -> int:
    await asyncio.sleep(0)
    print(value, type(asyncio.get_running_loop()).__qualname__, asyncio.get_running_loop().is_running())
    return value


class OwnLoop(asyncio.SelectorEventLoop):
    """A loop class of the program's, made by its own factory."""


def by_runner() -> None:
    with asyncio.Runner() as runner:
        print(runner.run(answer(1)), runner.run(answer(2)))
        print(runner.get_loop().is_closed())
    with asyncio.Runner(loop_factory=OwnLoop) as runner:
        print(runner.run(answer(3)))


def by_policy() -> None:
    if sys.version_info >= (3, 16):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        class Policy(asyncio.DefaultEventLoopPolicy):
            def new_event_loop(self) -> asyncio.AbstractEventLoop:
                return OwnLoop()

        asyncio.set_event_loop_policy(Policy())
        print(asyncio.run(answer(4)))
        asyncio.set_event_loop_policy(None)


def by_hand() -> None:
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(answer(5)), loop.run_until_complete(answer(6)))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    print(loop, loop.is_closed())
    for late in (
        lambda: loop.call_soon(print),
        lambda: loop.call_later(1, print),
        lambda: loop.call_soon_threadsafe(print),
    ):
        try:
            late()
        except RuntimeError as error:
            print(error)


def left_open() -> None:
    loop = OwnLoop()
    print(loop.run_until_complete(answer(7)))
    globals()["kept"] = loop


print(asyncio.run(answer(0)))
if sys.version_info >= (3, 12):
    print(asyncio.run(answer(8), loop_factory=OwnLoop))
by_runner()
by_policy()
by_hand()
left_open()
