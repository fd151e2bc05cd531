"""Small runs made by hand, as a recorder would have written them."""

from __future__ import annotations

from building import Recording, by_callback, by_task, by_timer
from loopviz.events import StepEnd

US = 1_000
MS = 1_000_000

SOURCE = """\
import asyncio


async def work(number):
    print("work", number)
    await asyncio.sleep(0.001)
    return number


async def main():
    print("start")
    results = await asyncio.gather(work(1), work(2))
    print(results)
"""

SLEEP = ("sleep", "asyncio/tasks.py", 660)


def pair() -> Recording:
    """``main`` gathers two tasks that sleep for a millisecond each; all return. Sources and output are kept."""
    made = Recording(title="pair", clock="virtual", speed=1.0).loop_defined().source("app.py", 1, SOURCE)
    gathering = made.chain(("main", "app.py", 12))
    sleeping = made.chain(("work", "app.py", 6), SLEEP)
    made.loop_started(0)
    made.created(1, 10 * US, coroutine="main")
    made.output("start\n", 25 * US, by=by_task(1))
    made.created(2, 30 * US, arguments="1", by=by_task(1), site=gathering)
    made.created(3, 40 * US, arguments="2", by=by_task(1), site=gathering)
    made.step(1, 20 * US, 60 * US, StepEnd.ON_GATHER, ready=10 * US, site=gathering, target=2)
    for task, start in ((2, 70 * US), (3, 100 * US)):
        made.call(task - 1, task, start + US, "nap", "0.001")
        made.output(f"work {task - 1}\n", start + 2 * US, by=by_task(task))
        made.timer(task - 1, start + 5 * US, MS, by=by_task(task))
        ready = (30 + 10 * (task - 2)) * US
        made.step(task, start, start + 20 * US, ready=ready, by=by_task(1), site=sleeping)
    made.idle(130 * US, 1_075 * US, 945 * US)
    for task, start in ((2, 1_080 * US), (3, 1_110 * US)):
        made.callback(task - 1, start, start + 5 * US, "set_result", ready=start - 5 * US, by=by_timer(task - 1))
        made.step(
            task, start + 10 * US, start + 20 * US, StepEnd.RETURNED,
            ready=start + 2 * US, by=by_callback(task - 1), result=str(task - 1),
        )  # fmt: skip
    made.callback(3, 1_140 * US, 1_145 * US, "_done_callback", ready=1_130 * US, by=by_task(3))
    made.output("[1, 2]\n", 1_160 * US, by=by_task(1))
    made.step(1, 1_150 * US, 1_170 * US, StepEnd.RETURNED, ready=1_142 * US, by=by_callback(3))
    return made.loop_stopped(1_200 * US)


def crowd(tasks: int) -> Recording:
    """One task that creates many, all of which wait for good."""
    made = Recording(title="crowd", clock="virtual", speed=1.0).loop_defined().loop_started(0)
    made.created(1, 1 * US, "parent")
    for number in range(2, tasks + 2):
        made.created(number, number * US, f"child {number - 1}", by=by_task(1))
    made.step(1, 2 * US, (tasks + 10) * US)
    for number in range(2, tasks + 2):
        start = (tasks + 10 * number) * US
        made.step(number, start, start + 5 * US, ready=number * US, by=by_task(1))
    return made


#: Names that would break a screen which trusts them.
NASTY_NAMES = (
    "[bold red]markup[/] [@click=app.quit]x[/]",
    "\x1b[2J\x1b[31mescape\x07",
    "line\nbreak\ttab\r",
    "日本語の名前です長い長い名前",
    "שלום עולם",
    "\u202eesrever\u202c",
    "👩\u200d👩\u200d👧 family",
    "e\u0301\u0301\u0301 stacked",
    "lone \udc80 surrogate",
    "x" * 500,
)


def nasty() -> Recording:
    """Tasks called ``NASTY_NAMES``, which print, await and return texts like their names."""
    made = Recording(title="nasty", clock="virtual", speed=1.0).loop_defined(thread="\x1b[31m[b]thread").loop_started(0)
    for number, name in enumerate(NASTY_NAMES, 1):
        site = made.chain((name, f"{name}.py", 3))
        made.created(number, number * US, name, coroutine=name)
        made.output(f"{name}\n", 100 * number * US, by=by_task(number))
        made.step(number, 100 * number * US, (100 * number + 50) * US, ready=number * US, site=site)
    made.step(1, 5_000 * US, 5_010 * US, StepEnd.RETURNED, ready=4_990 * US, result=NASTY_NAMES[1])
    return made.loop_stopped(6_000 * US)
