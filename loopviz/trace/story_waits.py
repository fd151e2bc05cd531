"""What each kind of wait means: what is missing, and what it is that somebody did when it is over.

Decides the words by a table over the kinds that ``waits`` gives. A kind that is not in it is told by its name alone:
``client suspends on ClientSession._request``.

Awkward cases: from Python 3.13 on a queue that is shut down wakes all who wait for it as an item would, and a trace
can't tell the two apart, so the sentence has both; ``Condition.wait`` ends with a wait for the condition's lock, which
its innermost frame tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopviz.trace.durations import rounded
from loopviz.trace.visible import visible
from loopviz.trace.waits import named_task

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace
    from loopviz.trace.waits import Wait


@dataclass(frozen=True, slots=True)
class Meaning:
    """``missing`` follows "suspends on Lock.acquire: "; ``done`` follows the name of who ended the wait.

    ``arrived`` is a sentence of its own, for what comes from outside the loop. ``noun`` stands in place of the kind,
    ``own`` is the wait as something that the task has.
    """

    missing: str
    done: str = "completed what it waits for"
    arrived: str = ""
    noun: str = ""
    own: str = ""


_LOCK = Meaning("another task holds the lock", "released the lock")
_PERMIT = Meaning("no permit is free", "released a permit")
_NOTICE = Meaning("it waits to be notified", "notified it")
_DATA = Meaning("no data has come yet", "brought data", "data has come")
_CONNECTION = Meaning("the connection is not there yet", arrived="the connection is there")
_PROCESS = Meaning("the other process is not that far yet", arrived="there is news of the other process")
_WORKED_ON = "a thread or process works on it"
_WORK_DONE = "the work outside the loop is done"

_MEANINGS = {
    "Future": Meaning("nobody has set its result yet", "completed its Future", noun="a Future", own="its Future"),
    "executor": Meaning(_WORKED_ON, arrived=_WORK_DONE, noun="run_in_executor", own="its work in the executor"),
    "to_thread": Meaning(_WORKED_ON, arrived=_WORK_DONE),
    "gather": Meaning("it goes on when the last of them is done, at the latest"),
    "wait": Meaning("the tasks it waits for are not done"),
    "as_completed": Meaning("none of the rest of its tasks is done yet"),
    "TaskGroup exit": Meaning(
        "not all tasks of its group are done", noun="the end of its TaskGroup", own="its wait for the group"
    ),
    "wait_for": Meaning("it goes on when that is done, or when its time is up"),
    "Lock.acquire": _LOCK,
    "Semaphore.acquire": _PERMIT,
    "BoundedSemaphore.acquire": _PERMIT,
    "Event.wait": Meaning("the event is not set", "set the event"),
    "Condition.wait": _NOTICE,
    "Condition.wait_for": _NOTICE,
    "Barrier.wait": Meaning("not all are at the barrier yet", "reached the barrier"),
    "Queue.get": Meaning("the queue is empty", "put an item into the queue"),
    "Queue.put": Meaning("the queue is full", "took an item out of the queue"),
    "Queue.join": Meaning("not every item is marked as done", "marked the last item as done"),
    "StreamWriter.drain": Meaning(
        "the other side reads too slowly", "made room in the buffer", "there is room in the buffer"
    ),
    "connect": _CONNECTION,
    "accept": Meaning("nobody has connected yet", arrived="somebody has connected"),
    "serve_forever": Meaning("it serves until it is cancelled"),
    "subprocess": _PROCESS,
    "Process.wait": _PROCESS,
    "Process.communicate": _PROCESS,
    "unknown": Meaning("on what was not recorded", noun="something", own="its wait"),
}
_READS = "StreamReader."
_UNKNOWN = Meaning("")
#: The queue's waits that a shutdown ends too.
_SHUT_DOWN_TOO = {"Queue.get", "Queue.put"}
_SHUTDOWN_SINCE = (3, 13)


#: Stands for the name of the task waited for, which no visible text holds.
_TASK = "\x00"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait and its words: what the task suspends on, the same as its own, why it can't go on, how that ends.

    ``missing`` brings its colon, and is empty where nothing is known. ``done`` and ``arrived`` are as in ``Meaning``.
    """

    wait: Wait
    noun: str
    own: str
    missing: str
    done: str
    arrived: str

    def named(self, words: str, name: Callable[[int], str]) -> str:
        """Some of these words, with the name of the task waited for."""
        return words if self.wait.task is None else words.replace(_TASK, name(self.wait.task))


def waiting(trace: Trace, wait: Wait) -> Waiting:
    """The words of a wait, without names: these may change while the trace grows."""
    meaning = _meaning(wait)
    noun = meaning.noun or _noun(trace, wait)
    own = meaning.own or (f"its await of {_TASK}" if noun == _TASK else f"its {noun}")
    return Waiting(wait, noun, own, _missing(wait, meaning), _done(trace, wait, meaning), meaning.arrived)


def _meaning(wait: Wait) -> Meaning:
    innermost = wait.innermost.name if wait.innermost else ""
    if wait.kind.startswith("Condition.") and innermost == "Lock.acquire":
        return _LOCK
    return _MEANINGS.get(wait.kind) or (_DATA if wait.kind.startswith(_READS) else _UNKNOWN)


def _noun(trace: Trace, wait: Wait) -> str:
    if wait.task is None:
        return visible(wait.words)
    before, found, after = wait.words.partition(named_task(trace, wait.task))
    return f"{visible(before)}{_TASK}{visible(after)}" if found else visible(wait.words)


def _missing(wait: Wait, meaning: Meaning) -> str:
    if wait.kind == "sleep":
        return ": a timer will wake it" + (f" in {rounded(wait.delay_ns)}" if wait.delay_ns else "")
    if wait.kind in ("task", "shield") and wait.task is not None:
        return f": it goes on when {_TASK} is done"
    if wait.innermost is not None and wait.innermost.name == "_cancel_and_wait":
        return ": its time is up, and it waits for the end of what it has cancelled"
    return f": {meaning.missing}" if meaning.missing else ""


def _done(trace: Trace, wait: Wait, meaning: Meaning) -> str:
    if wait.kind in _SHUT_DOWN_TOO and _python(trace) >= _SHUTDOWN_SINCE:
        return f"{meaning.done}, or shut it down"
    return meaning.done


def _python(trace: Trace) -> tuple[int, ...]:
    numbers = str(trace.header.get("python", "")).split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdecimal())
