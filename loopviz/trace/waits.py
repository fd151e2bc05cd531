"""What a suspended task waits for, in the user's words.

Decides the words from the await chain. The user's own code calls into a library somewhere; the frame just inside that
border is what the user wrote (``sleep``, ``Queue.get``, ``ClientSession.request``), whatever lies further in. A table
gives the standard library's frames their everyday names. A frame that it does not name is called by its qualified name,
as a user would write it: without the underscores of private names, and without the class where that is the event loop
(``sock_recv``). What Python itself calls (``__aenter__``, ``__anext__``) is named by what it calls in turn; where that
is nothing, by what it does: ``Pool enter``, ``Pool exit``.

``wait_for`` names what it waits for in brackets. It has its own future before Python 3.12, and then says nothing more.

Awkward cases: no library frame (the user awaits a bare future or task): the record's own kind speaks; no user frame: a
task of one of asyncio's public functions (``gather(sleep(1), queue.get())``) waits for just that, of a library's own
task the outermost frame counts as the user, and so do those inside it that bear its name (``Server._serve``); ``async
with`` a Condition waits for the condition's lock and says so; ``sleep``'s delay is that of the timer set in the same
step, since a frame's locals are never read for it; a bare yield is no suspension (the task is ready again at once) but
has words all the same: ``sleep(0)``, or ``yield``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopviz.events import Flag, RecordKind, StepEnd, WakeKind
from loopviz.trace.definitions import Frame
from loopviz.trace.labels import task_label
from loopviz.trace.lifecycle import State
from loopviz.trace.records import Step
from loopviz.trace.tasks import Span

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait. ``kind`` is one of few words (``sleep``, ``gather``, ``Lock.acquire``, ...); ``words`` adds its detail.

    ``task`` is the task waited for, ``count`` how many, ``delay_ns`` how long was asked for: None where it does not
    apply. ``user`` is the innermost frame of the user's own code, ``innermost`` the innermost of all.
    """

    kind: str
    words: str
    task: int | None = None
    count: int | None = None
    delay_ns: int | None = None
    user: Frame | None = None
    innermost: Frame | None = None


#: (file as recorded, qualified name) of a standard library frame, and what its caller would call it.
_NAMES = {
    ("asyncio/tasks.py", "_wait"): "wait",
    ("asyncio/tasks.py", "as_completed.<locals>._wait_for_one"): "as_completed",
    ("asyncio/tasks.py", "_AsCompletedIterator._wait_for_one"): "as_completed",
    ("asyncio/tasks.py", "_AsCompletedIterator.__anext__"): "as_completed",
    ("asyncio/taskgroups.py", "TaskGroup.__aexit__"): "TaskGroup exit",
    ("asyncio/taskgroups.py", "TaskGroup._aexit"): "TaskGroup exit",
    ("asyncio/streams.py", "open_connection"): "connect",
    ("asyncio/streams.py", "open_unix_connection"): "connect",
    ("asyncio/subprocess.py", "create_subprocess_exec"): "subprocess",
    ("asyncio/subprocess.py", "create_subprocess_shell"): "subprocess",
}

#: A loop's own method, whatever the loop, and what its caller would call it.
_OF_LOOPS = {
    "create_connection": "connect",
    "create_unix_connection": "connect",
    "sock_connect": "connect",
    "sock_accept": "accept",
}

_COUNTED = {"wait", "gather", "TaskGroup exit", "as_completed"}


def wait_of(trace: Trace, step: Step) -> Wait | None:
    """What the task waits for after ``step``; None where that was its last."""
    if step.end not in _BARE:
        return None
    chain = trace.definitions.chain(step.site)
    border = _border(chain)
    user = chain[border - 1] if 0 < border <= len(chain) else None
    innermost = chain[-1] if chain else None
    inside = _inside(chain, border)
    kind = _name(inside[0]) if inside else _BARE[step.end]
    target, is_task = step.target or None, step.end in _WITH_TASK
    task = target if is_task else None
    count = target if kind in _COUNTED and not is_task else None
    delay_ns = _delay_ns(trace, step) if kind == "sleep" else None
    words = _words(trace, kind, task, count, delay_ns)
    if kind == "sleep" and step.end == StepEnd.YIELDED:
        words = "sleep(0)"
    elif kind == "wait_for":
        words = f"wait_for({_words(trace, _name(inside[1]) if inside[1:] else _BARE[step.end], task, None, None)})"
    return Wait(kind, words, task, count, delay_ns, user, innermost)


def wait_of_span(trace: Trace, span: Span) -> Wait | None:
    """What the task waits for during a span; None where it is not suspended."""
    return wait_of(trace, trace.records.step(span.record)) if span.state == State.SUSPENDED else None


def _border(chain: tuple[Frame, ...]) -> int:
    """The index of the frame just inside the innermost frame of the user's own code."""
    for index in range(len(chain) - 1, -1, -1):
        if not chain[index].library:
            return index + 1
    if chain and _is_public(chain[0]):
        return 0
    border = 1
    while border < len(chain) - 1 and _name(chain[border]) == _name(chain[0]):
        border += 1
    return border


def _is_public(frame: Frame) -> bool:
    """Whether it is one of the functions of asyncio that a program awaits."""
    return frame.file.startswith("asyncio/") and not frame.name.rpartition(".")[2].startswith("_")


_BARE = {
    StepEnd.YIELDED: "yield",
    StepEnd.ON_FUTURE: "Future",
    StepEnd.ON_TASK: "task",
    StepEnd.ON_GATHER: "gather",
    StepEnd.ON_SHIELD: "shield",
    StepEnd.ON_EXECUTOR: "executor",
    StepEnd.UNKNOWN: "unknown",
}
_WITH_TASK = frozenset({StepEnd.ON_TASK, StepEnd.ON_SHIELD})


def _inside(chain: tuple[Frame, ...], border: int) -> list[Frame]:
    """The library's frames that tell the wait, the outermost first."""
    inside = list(chain[border:])
    # What Python calls for the user only passes the wait on; the next frame in says what it is.
    while len(inside) > 1 and _is_special(inside[0].name) and (inside[0].file, inside[0].name) not in _NAMES:
        del inside[0]
    return inside


def _is_special(name: str) -> bool:
    method = name.rpartition(".")[2]
    return method.startswith("__") and method.endswith("__")


_SPECIAL_NAMES = {"__aenter__": "enter", "__aexit__": "exit", "__anext__": "next"}


def _name(frame: Frame) -> str:
    """What a user would call a library's function."""
    known = _NAMES.get((frame.file, frame.name))
    if known is not None:
        return known
    *outer, last = frame.name.replace("<locals>.", "").split(".")
    if _is_special(last):
        return " ".join(filter(None, [".".join(outer).lstrip("_"), _SPECIAL_NAMES.get(last, "")])) or last
    if outer and outer[-1].endswith("Loop"):
        return _OF_LOOPS.get(last, last)
    if last == "serve_forever":
        return last
    return ".".join(part.lstrip("_") or part for part in (*outer, last))


def _words(trace: Trace, kind: str, task: int | None, count: int | None, delay_ns: int | None) -> str:
    if delay_ns is not None:
        return f"sleep({delay_ns / 1e9:.12g})"
    if task is not None and kind in ("task", "shield"):
        named = named_task(trace, task)
        return named if kind == "task" else f"shield({named})"
    return f"{kind} of {count}" if count else kind


def named_task(trace: Trace, number: int) -> str:
    """A task that is waited for, as the rows of a picture call it: ``task fun_b``, ``task work(3)``."""
    known = trace.tasks.get(number)
    return f"task {task_label(trace, known) if known else number}"


_STRETCHES = frozenset({RecordKind.STEP, RecordKind.CALLBACK, RecordKind.IDLE})


def _delay_ns(trace: Trace, step: Step) -> int | None:
    """The delay of the last timer that the task set in this step.

    Records stand in the order in which their facts ended, so the timer's is between the step before (of the same loop)
    and the step's own. Where a step was not seen, what was set in it is put down to the task around it.
    """
    records = trace.records
    unseen = records.raw(step.record).flags & Flag.INFERRED
    for index in range(step.record - 1, -1, -1):
        if records.loop_of(index) != step.loop:
            continue
        raw = records.raw(index)
        if raw.kind == RecordKind.TIMER_SET and (
            unseen or (raw.waker_kind == WakeKind.TASK and raw.waker == step.task)
        ):
            return raw.end_ns if records.since_start(raw.ready_ns) >= step.start_ns else None
        if raw.kind in _STRETCHES and records.since_start(raw.end_ns) < step.start_ns:
            return None
    return None
