"""Timers: when one was set, for when and by what, and whether it was cancelled before.

Decides what is written down of a timer. That it fired is told by what it made ready.

Awkward cases: a due time or delay may be infinite, no number at all, or beyond what a record holds; a timer that has
fired is cancelled too, by ``sleep`` for one, which is no news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loopviz.events import RecordKind, StepEnd
from loopviz.recording.buffers import ASKED_EVERY
from loopviz.recording.callables import name_of
from loopviz.recording.packing import heads, pack_callback

if TYPE_CHECKING:
    from loopviz.recording.state import LoopState

_SET, _CANCELLED = (heads(kind, StepEnd.UNKNOWN) for kind in (RecordKind.TIMER_SET, RecordKind.TIMER_CANCELLED))
_LATEST = 2**63 - 1
_MOST_SECONDS = 2**62 / 1e9


def timer_set(state: LoopState, timer: Any, when: float, delay: float | None, callback: Any) -> None:
    """``call_at`` or ``call_later`` set a timer, due at ``when`` on the loop's clock."""
    try:
        number = timer.number = state.next_timer()
        at_ns = state.now_ns()
        due_ns = _ns(when)
        # Not by max(), which costs what a record does.
        delay_ns = _ns(delay) if delay is not None else due_ns - at_ns if due_ns > at_ns else 0
        head, name = _SET[state.current_kind], name_of(state, callback)
        # In the places of a callback's ready_ns, start_ns and end_ns.
        state.append(pack_callback(head, number, at_ns, due_ns, delay_ns, state.current, name))
        if not number % ASKED_EVERY:
            state.turn_if_long()
    except Exception as error:
        state.recorder.fail(error)


def timer_cancelled(state: LoopState, timer: Any) -> None:
    """A timer's handle was cancelled."""
    try:
        head, number = _CANCELLED[state.current_kind], timer.number
        state.append(pack_callback(head, number, 0, state.now_ns(), 0, state.current, 0))
        if not number % ASKED_EVERY:
            state.turn_if_long()
    except Exception as error:
        state.recorder.fail(error)


def _ns(seconds: float) -> int:
    """Seconds to nanoseconds, within what a record holds; infinity and nonsense included."""
    if not seconds > 0:
        return 0
    return int(seconds * 1e9 + 0.5) if seconds < _MOST_SECONDS else _LATEST
