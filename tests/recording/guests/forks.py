"""``os.fork`` and multiprocessing by fork, from outside a loop, from inside a task, and a child with a loop of its
own.
"""

import asyncio
import multiprocessing
import os
import sys


async def sleep_and_say(word: str) -> None:
    await asyncio.sleep(0.001)
    print(word, flush=True)


def child_work(number: int) -> int:
    asyncio.run(sleep_and_say(f"child {number}"))
    return number * number


def fork_once(inside: bool) -> None:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        print("in the child", inside, flush=True)
        if not inside:
            asyncio.run(sleep_and_say("a loop in the child"))
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


async def main() -> None:
    await sleep_and_say("before")
    fork_once(inside=True)
    await sleep_and_say("after")


fork_once(inside=False)
asyncio.run(main())
fork_once(inside=False)
process = multiprocessing.get_context("fork").Process(target=child_work, args=(3,))
sys.stdout.flush()
process.start()
process.join()
print(process.exitcode)
child = os.fork()
if child == 0:
    print("a child that ends as a program does")
    sys.exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
