"""How late timers fired: from when they were due to when the loop got to them.

Decides that a timer, a sleep's too, was due when that was asked for, but not before it was set, and that it fired as
its callback began. What is late is so because the loop was held: a task that sleeps meanwhile is suspended, and no
latency of its tells how long it was kept waiting. A clock that is read a tick early makes nothing fire before its time.

Awkward cases: a timer that was cancelled has no lag; neither has one of which a bounded file has dropped the setting.
"""

from __future__ import annotations

from array import array
from struct import Struct

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.distributions import Distribution, distribution
from loopviz.trace.trace import Trace

#: kind, waker_kind, start_ns and waker of a RECORD.
_FIELDS = Struct("<BB14xQ8xI12x")
_CALLBACK, _TIMER = int(RecordKind.CALLBACK), int(WakeKind.TIMER)


def timer_lags(trace: Trace) -> Distribution:
    """How late the timers of a trace fired; the records are those of their callbacks."""
    lags, fired = array("q"), array("I")
    for record, (kind, by, start_ns, number) in enumerate(trace.records.unpacked(_FIELDS, 0, len(trace.records))):
        if kind != _CALLBACK or by != _TIMER or record in trace.refused_records:
            continue
        if (timer := trace.timer_records.get(number)) is not None:
            raw = trace.records.raw(timer)
            lags.append(max(0, start_ns - max(raw.ready_ns, raw.start_ns)))
            fired.append(record)
    return distribution(lags, fired)


def who_set(trace: Trace, fired: int) -> int | None:
    """The task that set the timer of a callback's record; None where none did, or nothing is known of it."""
    timer = trace.timer_records.get(trace.records.raw(fired).waker)
    raw = trace.records.raw(timer) if timer is not None else None
    return raw.waker if raw is not None and raw.waker_kind == WakeKind.TASK and raw.waker in trace.tasks else None
