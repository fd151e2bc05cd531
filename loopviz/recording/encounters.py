"""Tasks that nobody was seen to make, met where another one awaits them.

Decides what such a task is: one made by ``Task(...)`` itself, which asks no loop. If it has not begun, it stands in the
queue, which knows since when. If it has begun, and is not known to the recorder of its own loop, it is an eager one,
and whoever awaits it made it: ``Task(..., eager_start=True)``, as aiohttp's server does for each request. Then it began
in the very step that awaits it now; when exactly, and when it gave way, is not known, so the times of that step stand
for both, and its creation and its first step are flagged as INFERRED.

Awkward cases: before Python 3.12 there are no eager tasks; one that is over before it is awaited, or that nobody
awaits, is not met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from loopviz.events import Flag, WakeKind
from loopviz.recording.inspection import has_started
from loopviz.recording.state import LoopState

_TASK = int(WakeKind.TASK)
_FLAGS = int(Flag.EAGER | Flag.INFERRED)
_THERE_ARE_EAGER_TASKS = sys.version_info >= (3, 12)

RecordStep = Callable[..., None]


def meet(state: LoopState, task: Any, awaited_by: int, start_ns: int, end_ns: int, record_step: RecordStep) -> int:
    """Number an unknown task that the task ``awaited_by`` awaits since its step of these times, and record it. Returns
    0 where it is none of these.
    """
    loop = state.loop()
    if task.get_loop() is not loop:
        return 0
    has_begun = has_started(task)
    if has_begun is False:
        return _meet_in_queue(state, loop, task)
    return _meet_eager(state, task, awaited_by, start_ns, end_ns, record_step) if has_begun else 0


def _meet_in_queue(state: LoopState, loop: Any, task: Any) -> int:
    for queued, ready_ns, waker_kind, waker in state.queued(loop):
        if queued is task:
            return state.recorder.known(state, task, ready_ns, waker_kind, waker).number
    return 0


def _meet_eager(
    state: LoopState, task: Any, awaited_by: int, start_ns: int, end_ns: int, record_step: RecordStep
) -> int:
    if not _THERE_ARE_EAGER_TASKS:
        return 0
    tasks, coroutine = state.recorder.tasks, task.get_coro()
    known = tasks.know(task, coroutine, tasks.reserve())
    tasks.record_birth(state, known, coroutine, start_ns, _TASK, awaited_by, _FLAGS)
    record_step(state, task, known, start_ns, _TASK, awaited_by, start_ns, end_ns, _FLAGS)
    return known.number
