"""What is said of a trace as a whole, above every picture of it."""

from __future__ import annotations

from loopviz.timeline.durations import rounded
from loopviz.trace.losses import lost_of
from loopviz.trace.trace import Trace


def headline_of(trace: Trace) -> str:
    """The recorded program's name."""
    return str(trace.header.get("title") or "asyncio timeline")


def facts_of(trace: Trace) -> list[str]:
    """Tasks, steps, length; and what a reader must know before trusting the rest."""
    steps = [task.step_count for task in trace.own_tasks]
    facts = [count(len(steps), "task"), count(sum(steps), "step"), rounded(trace.end_ns)]
    if trace.header.get("clock") == "virtual":
        facts.append("virtual clock")
    if (lost := lost_of(trace)) is not None:
        facts.append(lost)
    return facts


def count(number: int, noun: str) -> str:
    """``1 step``, ``1,203 steps``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
