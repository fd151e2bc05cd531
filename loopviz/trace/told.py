"""A record seen as one of the events that it tells, with the trace around it.

Decides what is shared by all that states facts: how times, texts, origins and frames are put. Facts are plain values
(text, integers, booleans, lists and dicts of these, or None for what does not apply or is not known), so that any
format can carry them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from loopviz.events import WakeKind
from loopviz.trace.definitions import Frame
from loopviz.trace.records import Raw, Step
from loopviz.trace.wakes import follow

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace

Facts = dict[str, Any]

PART_BITS = 3
PART_MASK = (1 << PART_BITS) - 1


class Part(IntEnum):
    """Which of its events a record tells. In one instant, events of one record come in this order."""

    READY = 0
    START = 1
    END = 2
    #: All that the record tells, where that is one event.
    MOMENT = 3
    #: The task is ready at once: it was just created, or it yielded.
    AGAIN = 4
    #: Start and end of a step that ran within its creator's.
    EAGER_START = 5
    EAGER_END = 6


@dataclass(slots=True)
class Told:
    """An event without its facts yet: ``record`` and which ``part`` of it, at ``t_ns`` since the recording's start."""

    trace: Trace
    record: int
    part: Part
    raw: Raw
    t_ns: int

    @property
    def loop(self) -> int:
        return self.trace.records.loop_of(self.record)

    @property
    def step(self) -> Step:
        return self.trace.records.step(self.record)

    def since_start(self, time_ns: int) -> int:
        """A time of the record as nanoseconds since the recording's start."""
        return self.trace.records.since_start(time_ns)

    def text(self, number: int) -> str | None:
        return self.trace.definitions.texts.get(number)

    def origin(self) -> Facts:
        """The facts that say what was running when it happened."""
        return origin(self.trace, self.raw.waker_kind, self.raw.waker)

    def frames(self) -> list[Facts]:
        """The record's await chain or stack, outermost first."""
        return [
            {"name": frame.name, "file": frame.file, "line": line_of(frame), "library": frame.library}
            for frame in self.trace.definitions.chain(self.raw.site)
        ]


_KINDS = {kind: kind.name.lower() for kind in WakeKind}


def origin(trace: Trace, waker_kind: int, waker: int) -> Facts:
    """What made something happen: ``by``, ``by_task``, ``by_timer``, ``by_callback``; see ``wakes``."""
    wake = follow(trace, waker_kind, waker, 0)
    return {
        "by": _KINDS[wake.kind],
        "by_task": wake.task,
        "by_timer": wake.timer,
        "by_callback": wake.callback,
    }


def line_of(frame: Frame) -> int | None:
    """A frame's line, None where unknown."""
    return frame.line if frame.line > 0 else None
