"""The few figures of the title line, in the order in which they are worth their room."""

from __future__ import annotations

from loopviz.timeline.durations import rounded
from loopviz.trace.statistics import Statistics
from loopviz.tui.units import count, share


def title_figures(statistics: Statistics) -> list[str]:
    """``4 tasks``, ``9 steps``, ``loop 2 % busy``, ``worst latency 41 µs``; none while nothing ran."""
    if not statistics.task_count:
        return []
    figures = [count(statistics.task_count, "task"), count(statistics.step_count, "step")]
    loop_count = len(statistics.trace.definitions.loops)
    loops = "loop" if loop_count < 2 else f"{loop_count} loops"
    figures.append(f"{loops} {share(statistics.busy_share)} busy")
    if statistics.worst_latency_ns:
        figures.append(f"worst latency {rounded(statistics.worst_latency_ns)}")
    return figures
