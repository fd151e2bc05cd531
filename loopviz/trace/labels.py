"""What rows are called: the words for loops, tasks and calls that every picture uses.

Decides that a name the program gave counts, and that one asyncio made up (``Task-3``) says less than the coroutine and
what it was called with: ``work(3)``. What that does not tell apart, its number does: see ``namesakes``. Labels are raw
text of the program's: a painter escapes what its ground can't show.

Awkward cases: arguments may be long and are cut, since a label is read at a glance; the two tasks with which
``asyncio.run`` ends every loop are called by their functions alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopviz.trace.tasks import Task
    from loopviz.trace.trace import Trace

#: Python 3.13.0 to 3.13.2 say "None" of eager tasks.
_MADE_UP = re.compile(r"(?:Task-\d+|None)\Z")
_HOUSEKEEPER = "BaseEventLoop."
_LONGEST_ARGUMENTS = 20
_NUMBER = re.compile(r" #\d+\Z")
_DIGITS = re.compile(r"(\d+)")


def loop_label(trace: Trace, number: int) -> str:
    """``loop MainThread``; numbered where several loops ran in one thread."""
    thread = trace.loop_info(number).thread
    if thread == "?":
        return f"loop {number}"
    alone = sum(info.thread == thread for info in trace.definitions.loops.values()) < 2
    return f"loop {thread}" if alone else f"loop {thread} #{number}"


def task_label(trace: Trace, task: Task) -> str:
    """The task's own name; ``work(3)`` where asyncio named it; ``worker #3`` where other tasks have the same."""
    trace.namesakes.update(trace)
    told_apart = trace.namesakes.full(task.number)
    return task.name if told_apart is None else told_apart


def head_and_number(label: str) -> tuple[str, str]:
    """``worker`` and `` #3``: what may be cut of a label, and what tells it from others, which may be empty."""
    number = _NUMBER.search(label)
    return (label[: number.start()], number.group()) if number else (label, "")


def own_name(task: Task) -> str | None:
    """The name the program gave the task, or what there is where its coroutine is not known; None for ``Task-3``, and
    for a name of blanks.
    """
    if task.coroutine in ("", "?"):
        return task.name
    return None if _MADE_UP.match(task.name) or not task.name.strip() else task.name


def with_arguments(task: Task) -> str:
    """The task's coroutine as it was called: ``work(3)``, and ``main`` where it was called with nothing."""
    name = short_name(task.coroutine)
    return f"{name}({_cut(task.arguments)})" if task.arguments else name


def call_label(trace: Trace, number: int) -> str:
    """``work(3)``."""
    call = trace.calls[number]
    code = trace.definitions.codes.get(call.code)
    return f"{short_name(code.name) if code else '?'}({_cut(call.arguments)})"


@lru_cache(maxsize=1024)
def short_name(qualified: str) -> str:
    """A qualified name without the functions it is defined in: ``main.<locals>.work`` is ``work``."""
    return qualified.rpartition("<locals>.")[2].removeprefix(_HOUSEKEEPER)


def _cut(arguments: str) -> str:
    return arguments if len(arguments) <= _LONGEST_ARGUMENTS else arguments[: _LONGEST_ARGUMENTS - 1] + "…"


def natural_key(label: str) -> list[tuple[int, str]]:
    """A sort key by which ``Task-2`` comes before ``Task-10``."""
    parts = _DIGITS.split(label.casefold())
    return [(int(part[:18]), "") if place % 2 else (-1, part) for place, part in enumerate(parts)]
