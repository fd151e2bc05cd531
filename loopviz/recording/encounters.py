"""Tasks that nobody was seen to make, met where another one awaits them.

Decides that a task which has begun, and is not known to the recorder of its own loop, is an eager one: that whoever
awaits it made it by ``Task(..., eager_start=True)``, which asks no loop (aiohttp's server does so for each request). It
began in the very step that awaits it now; when exactly, and when it gave way, is not known, so the times of that step
stand for both, and its creation and its first step are flagged as INFERRED.

Awkward cases: before Python 3.12 there are no eager tasks; a task that has not begun is in the queue, and adopted when
its turn comes; one that is over before it is awaited, or that nobody awaits, is not met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from loopviz.events import Flag, WakeKind
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import has_started

_TASK = int(WakeKind.TASK)
_FLAGS = int(Flag.EAGER | Flag.INFERRED)
_THERE_ARE_EAGER_TASKS = sys.version_info >= (3, 12)

RecordStep = Callable[..., None]


def meet(state: LoopState, task: Any, awaited_by: int, start_ns: int, end_ns: int, record_step: RecordStep) -> int:
    """Number an unknown task that the task ``awaited_by`` awaits since its step of these times, and record it. Returns
    0 where it is none of these.
    """
    if not _THERE_ARE_EAGER_TASKS or task.get_loop() is not state.loop() or has_started(task) is not True:
        return 0
    tasks, coroutine = state.recorder.tasks, task.get_coro()
    known = tasks.know(task, coroutine, tasks.reserve())
    tasks.record_birth(state, known, coroutine, start_ns, (_TASK, awaited_by), _FLAGS)
    record_step(state, task, known, start_ns, _TASK, awaited_by, start_ns, end_ns, _FLAGS)
    return known.number
