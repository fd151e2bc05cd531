"""The few figures of the title line, in the order in which they are worth their room.

Decides that a step which had the loop for long is told before the worst latency: while it lasts the loop does not look
who else is ready, so that no latency tells of those who had to wait for it.
"""

from __future__ import annotations

from loopviz.timeline.durations import rounded
from loopviz.trace.statistics import Statistics
from loopviz.tui.units import count, share

#: A step of such a length is one that asyncio's debug mode would complain of.
_LONG_NS = 100_000_000


def title_figures(statistics: Statistics) -> list[str]:
    """``4 tasks``, ``9 steps``, ``loop 2 % busy``, ``longest step 346 ms`` if it is long, ``worst latency 41 µs``; none
    while nothing ran.
    """
    if not statistics.task_count:
        return []
    figures = [count(statistics.task_count, "task"), count(statistics.step_count, "step")]
    loop_count = len(statistics.trace.definitions.loops)
    loops = "loop" if loop_count < 2 else f"{loop_count} loops"
    figures.append(f"{loops} {share(statistics.busy_share)} busy")
    if statistics.longest_step_ns >= _LONG_NS:
        figures.append(f"longest step {rounded(statistics.longest_step_ns)}")
    if statistics.worst_latency_ns:
        figures.append(f"worst latency {rounded(statistics.worst_latency_ns)}")
    return figures
