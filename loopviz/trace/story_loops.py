"""The sentences about loops: started, idle, woken, stopped, calling back, held up by a long step; and their timers.

Decides one plain sentence for each of their events, with its reason.

Awkward cases: a loop that runs again only goes on; what ended a select is not recorded, but what
the loop takes next shows it; a callback that had not ended when the trace did is known by its name alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopviz.events import NO_TIMEOUT, Flag, RecordKind, StepEnd, WakeKind
from loopviz.trace.definitions import Frame, innermost_own
from loopviz.trace.durations import rounded
from loopviz.trace.labels import own_name
from loopviz.trace.story_callbacks import PURPOSES, SLEEP, STOP_THE_LOOP, TIME_LIMITS
from loopviz.trace.story_tasks import others
from loopviz.trace.story_wakes import actor
from loopviz.trace.told import Told
from loopviz.trace.visible import visible
from loopviz.trace.wakes import Wake, follow

if TYPE_CHECKING:
    from loopviz.trace.story_scene import Scene

#: It does not say until when it waits.
_UVLOOP = "uvloop"
#: No more timers are looked at.
_MOST_OVERDUE = 100


def _wake(scene: Scene, told: Told) -> Wake:
    return follow(scene.trace, told.raw.waker_kind, told.raw.waker, 0)


def _name(told: Told) -> str:
    """The callback's name."""
    return visible(told.text(told.raw.target) or "") or "a callback"


def started(scene: Scene, told: Told) -> str:
    thread = visible(told.text(told.raw.target) or scene.trace.loop_info(told.loop).thread)
    again = "" if scene.is_first_start(told.loop, told.record) else " again"
    return f"{scene.names.loop(told.loop)} starts{again}" + (f", in the thread {thread}" if thread != "?" else "")


def stopped(scene: Scene, told: Told) -> str:
    return f"{scene.names.loop(told.loop)} stops{_why_stopped(scene, told)}"


def _why_stopped(scene: Scene, told: Told) -> str:
    """For which task's end it stops; nothing where something else made it stop.

    What was run until complete may be a future that only hears of tasks, as that of ``gather`` does: then the task is
    the last of them.
    """
    last = scene.turns.last_before(told.loop, told.record)
    raw = scene.trace.records.raw(last) if last is not None else None
    if raw is None or raw.kind != RecordKind.CALLBACK or told.text(raw.target) not in STOP_THE_LOOP:
        return ""
    wake = follow(scene.trace, raw.waker_kind, raw.waker, 0)
    if wake.task is None:
        return ""
    name = scene.name(wake.task)
    return f": {name} is done" if wake.callback is None else f": with {name}, all that it ran for is done"


def idle(scene: Scene, told: Told) -> str:
    loop, timeout_ns = scene.names.loop(told.loop), told.raw.ready_ns
    if scene.trace.loop_info(told.loop).kind == _UVLOOP:
        return f"nothing is ready: {loop} waits for a timer, I/O or another thread"
    if timeout_ns == NO_TIMEOUT:
        return f"nothing is ready and no timer is set: {loop} waits for I/O or another thread"
    return f"nothing is ready: {loop} sleeps, until the next timer in {rounded(timeout_ns)} at the latest"


def woken(scene: Scene, told: Told) -> str:
    following = scene.turns.first_after(told.loop, told.record)
    kind = scene.trace.records.raw(following).waker_kind if following is not None else WakeKind.UNKNOWN
    why = _WAKES_THE_LOOP.get(kind, "")
    return f"{scene.names.loop(told.loop)} wakes after {rounded(told.t_ns - told.since_start(told.raw.start_ns))}{why}"


#: What the first turn after the sleep was owed to: I/O is looked at before timers.
_WAKES_THE_LOOP: dict[int, str] = {
    WakeKind.TIMER: ": the next timer is due",
    WakeKind.IO: ": I/O is ready",
    WakeKind.THREAD: ": another thread has something for it",
}


def callback_started(scene: Scene, told: Told) -> str:
    name, wake = _name(told), _wake(scene, told)
    purpose = PURPOSES.get(name)
    why = purpose.format(task=_which_is_done(scene, told, wake)) if purpose is not None else _why(scene, wake)
    return f"{scene.names.loop(told.loop)} calls {name}: {why}"


def _which_is_done(scene: Scene, told: Told, wake: Wake) -> str:
    """What a callback hears of: the task that scheduled it by its end; where a task did otherwise, it heard of another.

    ``gather`` schedules what it is to hear at once where a task is done already.
    """
    ended = wake.task is not None and scene.ended(wake.task, told.since_start(told.raw.ready_ns)) is not None
    return scene.name(wake.task) if ended and wake.task is not None else "something it waits for"


def _why(scene: Scene, wake: Wake) -> str:
    if wake.kind == WakeKind.TIMER:
        return f"the timer that {scene.name(wake.task)} set is due" if wake.task is not None else "its timer is due"
    if wake.kind == WakeKind.IO:
        return "I/O is ready for it"
    return f"{actor(scene, wake)} scheduled it"


def callback_finished(_scene: Scene, told: Told) -> str:
    how = "raises an exception" if told.raw.end == StepEnd.RAISED else "is done"
    return f"{_name(told)} {how}, after {rounded(told.t_ns - told.since_start(told.raw.start_ns))}"


def timer_set(scene: Scene, told: Told) -> str:
    who, name, delay = actor(scene, _wake(scene, told)), _name(told), rounded(told.raw.end_ns)
    if name == SLEEP:
        return f"{who} sets a timer, which ends a sleep in {delay}"
    if name in TIME_LIMITS:
        return f"{who} sets a time limit of {delay}"
    return f"{who} sets a timer: the loop is to call {name} in {delay}"


def timer_cancelled(scene: Scene, told: Told) -> str:
    who, record = actor(scene, _wake(scene, told)), scene.trace.timer_records.get(told.raw.who)
    if record is None:
        return f"{who} cancels a timer"
    raw = scene.trace.records.raw(record)
    left_ns = told.since_start(raw.start_ns) - told.t_ns
    return f"{who} cancels {_timer(told.text(raw.target))}" + (
        f", {rounded(left_ns)} before it was due" if left_ns > 0 else ""
    )


def _timer(calls: str | None) -> str:
    """A timer, by what it calls."""
    if calls == SLEEP:
        return "the timer of a sleep"
    return "a time limit" if calls in TIME_LIMITS else f"the timer for {visible(calls or '') or 'a callback'}"


def blocked(scene: Scene, told: Told) -> str:
    who, function = _holder(scene, told)
    held = rounded(told.t_ns - told.since_start(told.raw.start_ns))
    chain = scene.trace.definitions.chain(told.raw.site)
    where = _held_at(innermost_own(chain), function) if chain else ""
    victims = " and ".join(_victims(scene, told))
    return f"{who} has held {scene.names.loop(told.loop)} for {held}{where}{': ' if victims else ''}{victims}"


def _holder(scene: Scene, told: Told) -> tuple[str, str]:
    """Whose step it is, and the function that this already names; empty where it names none."""
    raw, trace = told.raw, scene.trace
    if raw.flags & Flag.CALLBACK_STEP:
        record = trace.callback_records.get(raw.who, trace.pending_callbacks.get(raw.who))
        name = told.text(trace.records.raw(record).target if record is not None else 0) or ""
        return visible(name) or "a callback", name
    task = trace.tasks.get(raw.who)
    return scene.name(raw.who), task.coroutine if task is not None and own_name(task) is None else ""


def _held_at(frame: Frame, named: str) -> str:
    function = "" if frame.name == named else f" in {visible(frame.name)}"
    return f",{function} at {visible(frame.place)}"


def _victims(scene: Scene, told: Told) -> Iterator[str]:
    """What waits while the loop is blocked."""
    moment = scene.moments.known_at(told.t_ns, told.loop, _MOST_OVERDUE)
    if moment.ready_count:
        yield f"{others(moment.ready_count)} {'waits' if moment.ready_count == 1 else 'wait'} in the ready queue"
    overdue = sum(timer.due_ns <= told.t_ns for timer in moment.timers)
    if overdue:
        number = f"{overdue} or more" if overdue == _MOST_OVERDUE else f"{overdue}"
        yield f"{number} timers are overdue" if overdue > 1 else "1 timer is overdue"
