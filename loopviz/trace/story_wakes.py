"""Why a task woke, as the end of a sentence.

Decides who gets the credit. What the task waited for tells most: where that were tasks, the one that ended; where it
was to be let in somewhere, who made room; for a sleep, its timer. Where the table of waits knows nothing, the waker is
named as it was recorded.

Awkward cases: a task that is cancelled wakes because of that, whatever it waited for, unless it waited for another
task, which then was cancelled first; what it waited for may have been done before it began to wait, and then asyncio's
callback woke it on its own behalf; ``gather`` wakes for the last task, and for the first one that raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loopviz.events import WakeKind
from loopviz.trace.durations import rounded
from loopviz.trace.lifecycle import State
from loopviz.trace.story_callbacks import FOR_A_THREAD, STOPS_A_GROUP, TIME_LIMITS, is_own
from loopviz.trace.story_scene import begins_at
from loopviz.trace.story_waits import Waiting
from loopviz.trace.visible import visible
from loopviz.trace.wakes import Wake, follow

if TYPE_CHECKING:
    from loopviz.trace.records import Raw
    from loopviz.trace.story_scene import Scene
    from loopviz.trace.tasks import Task
    from loopviz.trace.told import Told
    from loopviz.trace.waits import Wait

#: asyncio's callbacks by which the end of a task wakes another, and how that is put; ``{task}`` is the one that ended,
#: ``{end}`` how.
_AT_AN_END = {
    "_wait.<locals>._on_completion": "{task} {end}, and with that its wait is over",
    "as_completed.<locals>._on_completion": "{task} is the next of its tasks to be done: it {end}",
    "_AsCompletedIterator._handle_completion": "{task} is the next of its tasks to be done: it {end}",
    STOPS_A_GROUP: "the last task of its group, {task}, {end}",
    "shield.<locals>._inner_done_callback": "{task}, which it waits for, {end}",
    "_release_waiter": "{task}, which it waits for, {end}",
}
_GATHER = "gather.<locals>._done_callback"
_AWAITED = "{task}, which it waits for, {end}"


def reason(scene: Scene, told: Told) -> str:
    """Why the task of a ``task_ready`` event woke."""
    raw = told.raw
    task = scene.trace.tasks[raw.who]
    before = scene.step_before(task, begins_at(task, told.record))
    waiting = scene.wait_after(before) if before is not None else None
    if before is None or waiting is None:
        return f"{actor(scene, follow(scene.trace, raw.waker_kind, raw.waker, 0))} woke it"
    cancelled = scene.cancelled_since(raw.who, before, told.t_ns)
    if waiting.wait.kind == "sleep":  # nobody else has its future
        return f"{waiting.own} is {'cancelled' if cancelled else 'over'}"
    wake = follow(scene.trace, raw.waker_kind, raw.waker, 0)
    if not (cancelled and wake.callback == STOPS_A_GROUP):
        by_end = _by_the_end_of_a_task(scene, waiting.wait, wake, told.t_ns)
        if by_end is not None:
            return by_end
    if cancelled:
        return f"{waiting.named(waiting.own, scene.name)} is cancelled"
    if wake.kind == WakeKind.TIMER:
        return _by_timer(scene, raw, waiting, wake)
    if wake.task == raw.who and wake.callback and is_own(wake.callback):
        done_before = wake.callback == _GATHER or wake.callback in _AT_AN_END
        return "what it waits for was done already" if done_before else "asyncio has done what it asked for"
    if wake.kind in (WakeKind.IO, WakeKind.THREAD) and waiting.arrived:
        return waiting.arrived
    if wake.kind == WakeKind.IO and wake.callback and is_own(wake.callback):
        return f"{_ORIGINS[wake.kind]} {waiting.done}"
    return f"{actor(scene, wake)} {waiting.done}"


def _by_the_end_of_a_task(scene: Scene, wait: Wait, wake: Wake, time_ns: int) -> str | None:
    """None where it was not that."""
    if wake.kind != WakeKind.TASK or wake.task is None:
        return None
    if wake.callback is None:
        form = _AWAITED if wait.task == wake.task else None
    else:
        form = _gathered(wait) if wake.callback == _GATHER else _AT_AN_END.get(wake.callback)
    task = scene.ended(wake.task, time_ns) if form is not None else None
    if form is None or task is None:
        return None
    if wake.callback == _GATHER and task.state == State.RETURNED:
        form = f"the last of {form}, {{task}}, {{end}}"
    elif wake.callback == _GATHER:
        form = f"{{task}}, one of {form}, {{end}}"
    return form.format(task=scene.name(wake.task), end=outcome(task))


def _gathered(wait: Wait) -> str:
    return f"{wait.count} gathered tasks" if wait.count else "the gathered tasks"


def outcome(task: Task) -> str:
    """How a finished task ended: ``returned 3``, ``raised ValueError: bad``, ``was cancelled``."""
    if task.state == State.CANCELLED:
        return "was cancelled"
    verb = "raised" if task.state == State.RAISED else "returned"
    return f"{verb} {visible(task.result)}" if task.result else verb


def _by_timer(scene: Scene, raw: Raw, waiting: Waiting, wake: Wake) -> str:
    timer, delay = timer_of(scene, wake)
    if timer in TIME_LIMITS:
        return f"its time limit{delay} has passed"
    setter = "it" if wake.task == raw.who else scene.name(wake.task) if wake.task else ""
    which = f"the timer that {setter} set" if setter else "a timer"
    return f"{which} {waiting.done}"


def timer_of(scene: Scene, wake: Wake) -> tuple[str, str]:
    """The name of what the timer of a wake calls, and how long it was set for, as `` of 5 s``; empty where unknown."""
    record = scene.trace.timer_records.get(wake.timer) if wake.timer is not None else None
    if record is None:
        return wake.callback or "", ""
    raw = scene.trace.records.raw(record)
    return scene.trace.definitions.texts.get(raw.target, ""), f" of {rounded(raw.end_ns)}" if raw.end_ns else ""


def actor(scene: Scene, wake: Wake) -> str:
    """Who did something, as the subject of a sentence."""
    if not wake.callback:
        return _origin(scene, wake)
    if wake.callback in _ON_BEHALF:
        return _ON_BEHALF[wake.callback].format(_origin(scene, wake))
    callback = f"the callback {visible(wake.callback)}"
    if wake.kind in (WakeKind.CALLBACK, WakeKind.UNKNOWN):
        return callback
    how = _CALLED.get(wake.kind) or f"scheduled by {_origin(scene, wake)}"
    return f"{callback}, {how},"


def _origin(scene: Scene, wake: Wake) -> str:
    if wake.kind == WakeKind.TASK and wake.task is not None:
        return scene.name(wake.task)
    if wake.kind == WakeKind.TIMER and wake.task is not None:
        return f"a timer of {scene.name(wake.task)}"
    return _ORIGINS[wake.kind]


_ORIGINS = {
    WakeKind.UNKNOWN: "something that was not recorded",
    WakeKind.TASK: "a task",
    WakeKind.CALLBACK: "a callback",
    WakeKind.TIMER: "a timer",
    WakeKind.IO: "I/O",
    WakeKind.THREAD: "another thread",
    WakeKind.OUTSIDE: "code outside the loop's steps",
}
#: asyncio's callbacks that make a task for somebody, and how that is put.
_ON_BEHALF = {
    FOR_A_THREAD: "{}, by run_coroutine_threadsafe,",
    "BaseEventLoop.create_task": "the loop, asked by {},",  # to close an async generator that was dropped, above all
}
_CALLED = {WakeKind.IO: "called for I/O"}
