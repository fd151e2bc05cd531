"""The recording under way in this process, if one is, and how a loop finds its place in it.

Decides that there is at most one: a process writes one trace. A loop carries its place in an attribute of its own,
because a weak mapping would cost more on every call than all the rest of the record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder
    from loopviz.recording.state import LoopState

#: The recorder at work.
recorder: Recorder | None = None
#: Where none is: what is to be done when a loop is first used; see ``children``.
first_loop: Callable[[], None] | None = None


def state_of(loop: Any) -> LoopState | None:
    """The loop's place in the recording; None where nothing is being recorded."""
    try:
        state: LoopState = loop._loopviz
    except AttributeError:
        return attach(loop)
    return state


def attach(loop: Any) -> LoopState | None:
    """Give a loop that was not seen before its place in the recording under way; None where there is none."""
    if recorder is None and first_loop is not None:
        first_loop()
    at_work = recorder
    if at_work is None:
        return None
    try:
        # Not twice, by its own thread and another that calls into it, and not while the recording ends.
        with at_work.sink.lock:
            state = getattr(loop, "_loopviz", None) or (at_work.attach(loop) if at_work.open else None)
    except Exception as error:
        at_work.fail(error)
        return None
    return state
