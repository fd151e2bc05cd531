"""The sentences about tasks: created, renamed, ready, taken by the loop, suspended, finished, asked to cancel.

Decides one plain sentence for each of their events, with its reason: who did it, why now, what it means for whom. A
sentence says no more than the record knows.

Awkward cases: a task that ``asyncio.run`` makes to tidy up is introduced as that; a task that is cancelled before its
first step never runs a line of its code; what was told in advance of a step (the loop is blocked, the trace ends) has
no place in the queue, and the sentence does without.
"""

from __future__ import annotations

from bisect import bisect_left

from loopviz.events import Flag, RecordKind, StepEnd, WakeKind
from loopviz.trace.durations import rounded
from loopviz.trace.lifecycle import State
from loopviz.trace.names import name_before
from loopviz.trace.story_callbacks import STOPS_A_GROUP, TIME_LIMITS
from loopviz.trace.story_scene import Scene, begins_at, is_first
from loopviz.trace.story_waits import Waiting
from loopviz.trace.story_wakes import actor, outcome, reason, timer_of
from loopviz.trace.tasks import STATE_BITS, STATE_MASK, Task
from loopviz.trace.told import Part, Told
from loopviz.trace.visible import visible
from loopviz.trace.wakes import follow

#: What the tasks by which ``asyncio.run`` ends a loop are for.
_HOUSEKEEPING = {
    "shutdown_asyncgens": " is to close async generators that were left open, if any",
    "shutdown_default_executor": " is to end the threads of to_thread and run_in_executor, if any",
}
_READY, _RUNNING = int(State.READY), int(State.RUNNING)


def is_run_of_housekeeping(scene: Scene, told: Told) -> bool:
    """Whether the loop runs for a task that tidies up: that was the first to have its turn since it started."""
    start = scene.start_of_run(told.loop, told.t_ns)
    first = scene.turns.first_after(told.loop, start) if start is not None else None
    raw = scene.raw(first) if first is not None else None
    return raw is not None and raw.kind == RecordKind.STEP and raw.who in scene.trace.housekeeping


def created(scene: Scene, told: Told) -> str:
    number, flags = told.raw.who, told.raw.flags
    name, task = scene.name(number), scene.trace.tasks[number]
    if number in scene.trace.housekeeping:
        return f"asyncio tidies up: its own task {name}{_HOUSEKEEPING.get(task.coroutine.rpartition('.')[2], '')}"
    if flags & Flag.ALIVE_BEFORE:
        return f"{name} is there: how it was created was not recorded"
    wake = follow(scene.trace, task.creator_kind, task.creator, 0)
    outside = wake.kind == WakeKind.OUTSIDE and not wake.callback
    which = f"{name} is created" if outside else f"{actor(scene, wake)} creates {name}"
    which += _perhaps(flags)
    if not task.eager:
        return f"{which}{_where(scene, task)}: it is ready, and not yet running"
    inside = f"inside the step of {scene.name(wake.task)}" if wake.task is not None and not wake.callback else "now"
    return f"{which}{_where(scene, task)}: it is eager, so its first step runs at once, {inside}"


def renamed(scene: Scene, told: Told) -> str:
    before = name_before(scene.trace, told.raw.who, told.record)
    in_place = "" if before is None else f" in place of {visible(repr(before))}"
    return f"{scene.name(told.raw.who)} is given the name {visible(repr(told.text(told.raw.target) or ''))}{in_place}"


def _where(scene: Scene, task: Task) -> str:
    """`` at app.py:3``, of the program's own code."""
    chain = scene.trace.definitions.chain(task.created_site)
    return f" at {visible(chain[-1].place)}" if chain and not chain[-1].library else ""


def ready(scene: Scene, told: Told) -> str:
    raw = told.raw
    name = scene.name(raw.who)
    if raw.kind == RecordKind.STEP and told.part == Part.AGAIN:
        return f"{name} is ready again at once{_behind(scene, told)}: it waits for nothing but its turn"
    if told.part == Part.READY:
        task = scene.trace.tasks[raw.who]
        if not is_first(task, begins_at(task, told.record)):
            return f"{name} wakes: {reason(scene, told)}"
    return f"{name} is ready{_behind(scene, told)}: its first step waits for its turn"


def _behind(scene: Scene, told: Told) -> str:
    """How many stand before a task that has just become ready, where it is known which step of it comes next."""
    turn = _next_step(scene.trace.tasks[told.raw.who], told)
    ahead = scene.turns.ahead(told.loop, turn, told.t_ns) if turn is not None else None
    return "" if ahead is None else f", behind {others(ahead)}" if ahead else ", next in line"


def _next_step(task: Task, told: Told) -> int | None:
    """The record of the step that a ready task takes."""
    if told.raw.kind == RecordKind.STEP and told.part == Part.READY:
        return told.record
    boundaries, at = task.boundaries, bisect_left(task.boundaries, told.t_ns << STATE_BITS)
    while at < len(boundaries) and boundaries[at] & STATE_MASK != _RUNNING:
        at += 1
    if at < len(boundaries) and task.tellers[at] == told.record:  # the step that yields, if it took no time at all
        at += 2
    return task.tellers[at] if at < len(boundaries) else None


def others(number: int) -> str:
    """``1 other``, ``2 others``."""
    return f"{number} other{'' if number == 1 else 's'}"


def taken(scene: Scene, told: Told) -> str:
    number, loop = told.raw.who, scene.names.loop(told.loop)
    task = scene.trace.tasks[number]
    if told.part == Part.EAGER_START:
        return f"{scene.name(number)} runs at once, without a turn of its own"
    place, boundary = _place(scene.turns.queue_length(told.loop, told.record)), begins_at(task, told.record)
    after = _after(task, boundary, told.t_ns)
    return f"{loop} takes {scene.name(number)}{place}{after}: {_goes_on(scene, task, boundary, told)}"


def _place(queue_length: int | None) -> str:
    if queue_length is None:
        return ""
    return f", first of {queue_length:,} in the ready queue" if queue_length > 1 else ", alone in the ready queue"


def _after(task: Task, boundary: int, time_ns: int) -> str:
    """How long it had been ready; nothing where that was no time."""
    since = task.boundaries[boundary]
    latency_ns = time_ns - (since >> STATE_BITS) if since & STATE_MASK == _READY else 0
    return f", after {rounded(latency_ns)}" if latency_ns > 0 else ""


def _goes_on(scene: Scene, task: Task, boundary: int, told: Told) -> str:
    if is_first(task, boundary):
        if told.raw.end == StepEnd.CANCELLED and scene.was_asked_to_cancel(task.number, told.t_ns):
            return "it was cancelled before it began, so none of its code runs"
        return "it starts"
    before = scene.step_before(task, boundary)
    waiting = scene.wait_after(before) if before is not None else None
    if before is None or waiting is None:
        return "it goes on"
    wait, its = waiting.wait, waiting.named(waiting.own, scene.name)
    awaited = scene.trace.tasks.get(wait.task) if wait.kind == "task" and wait.task is not None else None
    if scene.cancelled_since(task.number, before, told.t_ns) and (awaited is None or awaited.state == State.CANCELLED):
        return f"CancelledError is raised in {its}"
    if awaited is not None:
        return _goes_on_with(scene, awaited)
    if wait.kind != "sleep" and scene.raw(before).end == StepEnd.YIELDED:
        return "it goes on"
    return f"{its} is done, and it goes on" if wait.kind == "Future" else f"it goes on after {its}"


def _goes_on_with(scene: Scene, awaited: Task) -> str:
    name = scene.name(awaited.number)
    if awaited.state == State.RETURNED:
        return f"it goes on with what {name} returned"
    return f"what {name} raised is raised in it" if awaited.state == State.RAISED else f"it goes on after {name}"


def ended(scene: Scene, told: Told) -> str:
    """A step is over: the task stepped aside, is suspended, or has finished."""
    raw, name = told.raw, scene.name(told.raw.who)
    if raw.end in _FINISHED:
        return f"{name} {_finish(scene, told)}"
    waiting = scene.wait_after(told.record)
    inside = f", in {scene.names.call(raw.call)}," if raw.call in scene.trace.calls else ""
    if waiting is None or raw.end == StepEnd.YIELDED:
        return f"{name}{inside} steps aside{_with(waiting)}: it is ready again at once{_behind_others(scene, told)}"
    if scene.cancelled_since(raw.who, told.record, told.t_ns):
        words = f"{waiting.noun}: but it is to be cancelled, and wakes at once"
    else:
        words = waiting.noun + waiting.missing
    return f"{name}{inside} suspends on {waiting.named(words, scene.name)}"


def _with(waiting: Waiting | None) -> str:
    if waiting is None or waiting.wait.kind == "yield":
        return " with a bare yield"
    return f" with {waiting.noun}" if waiting.wait.kind == "sleep" else f" inside {waiting.noun}"


def _behind_others(scene: Scene, told: Told) -> str:
    later = _next_step(scene.trace.tasks[told.raw.who], told)
    number = scene.turns.between(told.loop, told.record, later) if later is not None else None
    if number is None:
        return ""
    return f", behind {others(number)}" if number else ", with nobody before it"


_FINISHED = frozenset({StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED})


def _finish(scene: Scene, told: Told) -> str:
    raw, for_whom = told.raw, _for_whom(scene, told)
    if raw.end == StepEnd.CANCELLED:
        return f"ends: it is cancelled{for_whom}"
    text = visible(told.text(raw.target) or "")
    verb = "raises" if raw.end == StepEnd.RAISED else "returns"
    return f"{verb} {text}{for_whom}" if text else f"{verb}{for_whom}"


def _for_whom(scene: Scene, told: Told) -> str:
    waiters = scene.waiters(told.raw.who, told.t_ns)
    if not waiters:
        return ""
    whom = f"{scene.name(waiters[0])} was" if len(waiters) == 1 else f"{len(waiters):,} tasks were"
    return f"; {whom} waiting for that"


def cancel_requested(scene: Scene, told: Told) -> str:
    raw, name = told.raw, scene.name(told.raw.who)
    wake = follow(scene.trace, raw.waker_kind, raw.waker, 0)
    times = f" {raw.target} times" if raw.target > 1 else ""
    if wake.kind == WakeKind.TIMER:
        timer, delay = timer_of(scene, wake)
        if timer in TIME_LIMITS and wake.task is not None:
            setter = "it" if wake.task == raw.who else scene.name(wake.task)
            return f"{name} is asked to cancel{times}: the time limit{delay} that {setter} set has passed"
    if wake.callback == STOPS_A_GROUP and wake.task is not None:
        failed = scene.trace.tasks.get(wake.task)
        how = outcome(failed) if failed else "failed"
        return f"{name} is asked to cancel{times}: {scene.name(wake.task)}, a task of the TaskGroup, {how}"
    if wake.kind == WakeKind.OUTSIDE and scene.is_stopped(told.loop, told.t_ns):
        return f"{name} is asked to cancel{times}: the loop has stopped, and it is not done"
    if wake.kind == WakeKind.TASK and wake.task == raw.who and not wake.callback:
        return f"{name} asks itself to cancel{times}"
    return f"{actor(scene, wake)} asks {name} to cancel{times}{_perhaps(raw.flags)}"


def _perhaps(flags: int) -> str:
    return ", it seems" if flags & Flag.INFERRED else ""
