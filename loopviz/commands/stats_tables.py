"""The tables of ``loopviz stats``.

Decides columns and their order: what the row is called to the left, figures to the right, aligned by their last digit.

Awkward cases: a task may be called anything, so names are escaped and cut by columns; of ten thousand tasks only those
that ran longest are shown, and the table says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappush, heappushpop

from loopviz.exporters.aligning import aligned
from loopviz.exporters.escaping import visible
from loopviz.exporters.facts import count, headline_of
from loopviz.timeline.durations import rounded
from loopviz.timeline.labels import loop_label, task_label
from loopviz.trace.blocking import BlockingPlace, blocking_places
from loopviz.trace.distributions import Distribution
from loopviz.trace.lags import timer_lags, who_set
from loopviz.trace.lifecycle import State
from loopviz.trace.losses import lost_of, unrecorded
from loopviz.trace.statistics import Statistics, task_statistics
from loopviz.trace.tasks import STATE_BITS, Task
from loopviz.trace.trace import Trace

Row = Sequence[str]

#: A program that blocks does so at a few lines; more are no help.
_MOST_PLACES = 10


def tables(statistics: Statistics, most_tasks: int) -> str:
    """All tables, as lines of text; of tasks, the ``most_tasks`` that ran longest."""
    trace = statistics.trace
    parts = [
        [_headline(statistics), *map(visible, unrecorded(trace))],
        aligned(_loops(statistics)) if statistics.loops else ["No event loop was recorded."],
        aligned(_durations(statistics), texts=(0, 4, 5)) if statistics.step_count else [],
        _blocking(trace),
        _concurrency(statistics),
        _tasks(trace, most_tasks),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def worst_of(trace: Trace, durations: Distribution) -> tuple[int | None, int | None]:
    """The task that the longest was of (of a timer, the one that set it), and when it ran; None where nobody knows."""
    if durations.worst_record is None:
        return None, None
    step = trace.records.step(durations.worst_record)
    return step.task if step.task is not None else who_set(trace, step.record), step.start_ns


def _headline(statistics: Statistics) -> str:
    trace = statistics.trace
    facts = [count(statistics.task_count, "task"), count(statistics.step_count, "step"), rounded(statistics.wall_ns)]
    if (lost := lost_of(trace)) is not None:
        facts.append(f"{lost} ({visible('; '.join(trace.losses))})")
    return f"{visible(headline_of(trace))}: {', '.join(facts)}"


def _loops(statistics: Statistics) -> Iterator[Row]:
    yield "loop", "ran", "busy", "idle", "steps", "switches", "callbacks"
    for loop in statistics.loops.values():
        yield (
            loop_label(statistics.trace, loop.loop),
            rounded(loop.running_ns),
            _percent(loop.busy_share),
            _percent(loop.idle_share),
            f"{loop.step_count:,}",
            f"{loop.switch_count:,}",
            f"{loop.callback_count:,}",
        )


def _durations(statistics: Statistics) -> Iterator[Row]:
    yield "", "median", "95 %", "worst", "which was", "at"
    trace = statistics.trace
    for name, durations in (
        ("ready until it runs", statistics.latency),
        ("length of a step", statistics.step_length),
        ("a timer fires late by", timer_lags(trace)),
    ):
        if durations.count:
            times = durations.median_ns, durations.p95_ns, durations.worst_ns
            yield name, *map(rounded, times), *_worst(trace, durations)


def _worst(trace: Trace, durations: Distribution) -> tuple[str, str]:
    """Of which task it was, and when; a column each, since the name may be cut."""
    number, at_ns = worst_of(trace, durations)
    task = trace.tasks.get(number) if number is not None else None
    return task_label(trace, task) if task is not None else "-", rounded(at_ns, 6) if at_ns is not None else "-"


def _blocking(trace: Trace) -> list[str]:
    """The lines at which the loop was held; none where no step was seen to hold it."""
    places = blocking_places(trace)
    if not places:
        return []
    shown = places[:_MOST_PLACES]
    left_out = [] if len(shown) == len(places) else [f"The {len(shown)} of {len(places)} lines that held it longest."]
    return [*aligned(_place_rows(shown), texts=(0, 1)), *left_out]


def _place_rows(places: Iterable[BlockingPlace]) -> Iterator[Row]:
    yield "the loop was held by", "line", "steps", "in all", "longest", "at"
    for place in places:
        frame, longest = place.frame, place.longest
        name, line = (frame.name, frame.place) if frame is not None else ("?", "?")
        times = rounded(place.total_ns), rounded(longest.length_ns), rounded(longest.start_ns, 6)
        yield name, line, f"{place.step_count:,}", *times


def _concurrency(statistics: Statistics) -> list[str]:
    if not statistics.task_count:
        return []
    mean = f"{statistics.mean_concurrency:.2f}".rstrip("0").rstrip(".")
    return [
        f"From the first task's creation to the last one's end: {rounded(statistics.makespan_ns)}. "
        f"Alive at once: {mean} on average, {statistics.peak_concurrency:,} at most."
    ]


def _tasks(trace: Trace, most: int) -> list[str]:
    tasks = list(trace.own_tasks)
    shown = _longest(trace, tasks, most)
    if not shown:
        return []
    left_out = [] if len(shown) == len(tasks) else [f"The {len(shown):,} of {len(tasks):,} tasks that ran longest."]
    return [*aligned(_task_rows(trace, shown), texts=(0, 1)), *left_out]


def _longest(trace: Trace, tasks: Iterable[Task], most: int) -> list[Task]:
    """Those that ran longest, the longest first; of equals, those that came first.

    A task's figures take a look at each of its spans: of a million tasks, those get it that lived for long enough.
    """
    found: list[tuple[int, int, Task]] = []
    for place, task in enumerate(tasks if most else ()):
        if len(found) < most:
            heappush(found, (_running_ns(trace, task), -place, task))
        elif task.lived_ns(trace.end_ns) > found[0][0]:
            heappushpop(found, (_running_ns(trace, task), -place, task))
    return [task for _running, _place, task in sorted(found, reverse=True)]


def _running_ns(trace: Trace, task: Task) -> int:
    under_way_ns = max(0, trace.end_ns - (task.boundaries[-1] >> STATE_BITS)) if task.state == State.RUNNING else 0
    return task.ran_ns() + under_way_ns


def _task_rows(trace: Trace, tasks: Iterable[Task]) -> Iterator[Row]:
    yield "task", "", "alive", "running", "ready", "suspended", "steps", "worst wait", "longest step"
    for task in tasks:
        of_task = task_statistics(trace, task)
        yield (
            task_label(trace, task),
            task.state.name.lower(),
            rounded(of_task.wall_ns),
            rounded(of_task.running_ns),
            rounded(of_task.ready_ns),
            rounded(of_task.suspended_ns),
            f"{of_task.step_count:,}",
            rounded(of_task.latency.worst_ns),
            rounded(of_task.step_length.worst_ns),
        )


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
