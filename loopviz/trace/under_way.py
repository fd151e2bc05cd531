"""The steps that have begun and not ended, as the recorder told in advance: what has each loop just now.

Decides that of a step within a step (an eager task's first) the outer one counts: that is what has the loop.

Awkward case: a program that was killed in a step, or whose recording ended there, has one for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loopviz.events import RecordKind
from loopviz.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A step that began at ``since_ns``: of a task, or of a callback (``task`` is None), of which ``name`` is known."""

    loop: int
    task: int | None
    since_ns: int
    name: str


def under_way(trace: Trace) -> Iterator[UnderWay]:
    """The step that each loop is about, if it is about one."""
    found: dict[int, UnderWay] = {}
    for step in _all(trace):
        if step.loop not in found or step.since_ns < found[step.loop].since_ns:
            found[step.loop] = step
    return iter(found.values())


def _all(trace: Trace) -> Iterator[UnderWay]:
    records = trace.records
    for pending, is_task in ((trace.pending_tasks, True), (trace.pending_callbacks, False)):
        for number, record in pending.items():
            raw = records.raw(record)
            if raw.kind == RecordKind.RUNNING:
                name = "" if is_task else trace.definitions.texts.get(raw.target, "?")
                since_ns = records.since_start(raw.start_ns)
                yield UnderWay(records.loop_of(record), number if is_task else None, since_ns, name)
