"""Cancellation every way: requested, refused, taken back, by timeout, through shield, by a group that aborts."""

import asyncio


async def sleeper(name: str, refuse: bool = False) -> str:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        assert task is not None
        print(name, "cancelled", error.args, task.cancelling())
        if refuse:
            print(name, "takes it back", task.uncancel())
            return name
        raise
    finally:
        print(name, "cleans up")
    return "never"


async def fails() -> None:
    await asyncio.sleep(0)
    raise ValueError("member")


async def requested() -> None:
    task = asyncio.create_task(sleeper("requested"))
    print(task.cancel("before it began"))
    print((await asyncio.gather(task, return_exceptions=True))[0].args, task.cancelled())
    for refuse in (False, True):
        task = asyncio.create_task(sleeper("suspended", refuse))
        await asyncio.sleep(0)
        print(task.cancel("why"), task.cancelling())
        print(await asyncio.gather(task, return_exceptions=True), task.cancel(), task.cancelled(), task.cancelling())


async def timeouts() -> None:
    for timeout_s in (0, 0.001):
        try:
            await asyncio.wait_for(sleeper("waited for"), timeout_s)
        except TimeoutError as error:
            print(repr(error), type(error.__cause__))
    try:
        async with asyncio.timeout(0.001) as scope:
            await sleeper("in timeout")
    except TimeoutError:
        print(scope.expired(), repr(scope))
    async with asyncio.timeout(60) as scope:
        scope.reschedule(None)
        print(await asyncio.sleep(0, "in time"), scope.when())
    task = asyncio.current_task()
    print(task and task.cancelling())


async def shielded() -> None:
    inner = asyncio.create_task(sleeper("inner", refuse=True))
    outer = asyncio.ensure_future(asyncio.shield(inner))
    await asyncio.sleep(0)
    outer.cancel()
    print(await asyncio.gather(outer, return_exceptions=True), inner.done())
    inner.cancel()
    print(await inner)


async def grouped() -> None:
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper("member"), name="member")
            group.create_task(fails())
            await sleeper("body")
    except* ValueError as error:
        print(error.exceptions)
    try:
        await asyncio.gather(fails(), sleeper("gathered"))
    except ValueError as error:
        print(repr(error), len(asyncio.all_tasks()))
    for left in asyncio.all_tasks() - {asyncio.current_task()}:
        left.cancel()
    await asyncio.sleep(0)


async def waits() -> None:
    go_on = asyncio.Event()
    tasks = [asyncio.create_task(asyncio.sleep(0)), *(asyncio.create_task(go_on.wait()) for _ in range(2))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    go_on.set()
    print([await result for result in asyncio.as_completed(tasks)])
    gathering = asyncio.gather(sleeper("one"), sleeper("two"))
    await asyncio.sleep(0)
    print(gathering.cancel(), await asyncio.gather(gathering, return_exceptions=True))


async def main() -> None:
    for part in (requested, timeouts, shielded, grouped, waits):
        print(part.__name__)
        await part()


asyncio.run(main())
