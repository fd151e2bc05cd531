"""Figures of a trace, of each of its loops, and of one task.

Decides what each figure means; the definitions stand at the figures. Times are nanoseconds of the recording's clock.
Counts and sums are kept as the trace grows, so that a header can show them live; medians are worked out when asked for,
and kept until the trace has grown.

Awkward cases: an eager task's first step runs within its creator's, so its length is part of both tasks' but counts
once in the loop's busy time; it was never ready, so it has no latency. A loop whose start was not recorded is taken to
run since its first record, one that was not stopped until the end of the trace. What an unfinished task is at counts up
to the end of the trace, and so does a step under way: a loop that is held for good is busy.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from loopviz.events import Flag, RecordKind
from loopviz.trace.distributions import Distribution, distribution
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import NEVER_READY, Task
from loopviz.trace.trace import Trace
from loopviz.trace.under_way import UnderWay, under_way
from loopviz.trace.walk import Seen, Walk

_STEP, _CALLBACK, _IDLE = int(RecordKind.STEP), int(RecordKind.CALLBACK), int(RecordKind.IDLE)
_STARTED, _STOPPED = int(RecordKind.LOOP_STARTED), int(RecordKind.LOOP_STOPPED)
_EAGER = int(Flag.EAGER)


@dataclass(slots=True)
class LoopStatistics:
    """One loop, as far as the trace goes."""

    loop: int
    #: Steps of tasks, eager ones included; plain callbacks.
    step_count: int = 0
    callback_count: int = 0
    #: How often a step was of another task than the step before it. Eager steps do not count.
    switch_count: int = 0
    #: In steps and callbacks; in selects that were allowed to block. The rest of ``running_ns`` is the loop's own work.
    busy_ns: int = 0
    idle_ns: int = 0
    #: Between start and stop of the loop, over all its runs.
    running_ns: int = 0
    _ended_runs_ns: int = 0
    _started_ns: int | None = None
    _last_task: int = 0
    #: What of ``busy_ns`` is of a step that has not ended.
    _under_way_ns: int = 0

    @property
    def busy_share(self) -> float:
        """``busy_ns`` as a share of ``running_ns``, 0 to 1; 0 where the loop ran for no time."""
        return min(1.0, self.busy_ns / self.running_ns) if self.running_ns else 0.0

    @property
    def idle_share(self) -> float:
        """``idle_ns`` as a share of ``running_ns``, 0 to 1; 0 where the loop ran for no time."""
        return min(1.0, self.idle_ns / self.running_ns) if self.running_ns else 0.0

    def take_steps(self, count: int, switches: int, last_task: int, busy_ns: int) -> None:
        """So many steps, one after the other; ``last_task`` is whose the last was that was not eager."""
        self.step_count += count
        self.switch_count += switches
        self._last_task = last_task
        self.busy_ns += busy_ns

    def take_other(self, kind: int, start_ns: int, end_ns: int) -> None:
        """Any record that is no step of a task: a callback, a select, a start or stop."""
        if kind == _CALLBACK:
            self.callback_count += 1
            self.busy_ns += end_ns - start_ns
        elif kind == _IDLE:
            self.idle_ns += end_ns - start_ns
        elif kind == _STARTED:
            self._started_ns = start_ns
        elif kind == _STOPPED:
            self._ended_runs_ns += max(0, start_ns - (self._started_ns or 0))
            self._started_ns = None

    def begin(self, time_ns: int) -> None:
        """The loop's first record: it runs since then, unless a start is recorded later."""
        self._started_ns = time_ns

    def reach(self, now_ns: int, step_began_ns: int | None) -> None:
        """The trace goes up to ``now_ns``; a step that began then is under way, if one is."""
        running_ns = max(0, now_ns - self._started_ns) if self._started_ns is not None else 0
        self.running_ns = self._ended_runs_ns + running_ns
        under_way_ns = max(0, now_ns - step_began_ns) if step_began_ns is not None else 0
        self.busy_ns += under_way_ns - self._under_way_ns
        self._under_way_ns = under_way_ns


class Statistics:
    """Figures of a growing trace. Call ``update`` after it has grown."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.loops: dict[int, LoopStatistics] = {}
        #: The longest that a task has been ready before it ran.
        self.worst_latency_ns = 0
        #: The longest that a step of a task has had the loop.
        self.longest_step_ns = 0
        #: What has each loop, as of the last update.
        self.under_way: list[UnderWay] = []
        self._walk = Walk(trace)
        self._records = array("I")
        self._latencies = array("q")
        self._lengths = array("q")
        self._known_concurrency = _Concurrency()
        self._concurrency_at = 0
        self._known: dict[str, tuple[int, Distribution]] = {}
        self.update()

    def update(self) -> None:
        """Take in what the trace has got since."""
        known = len(self._latencies)
        for loop, seen in self._walk.new():
            if not loop:
                deque(seen, 0)  # facts of no loop
            elif (first := next(seen, None)) is not None:
                self._take(self.loops.get(loop) or self._begin_loop(loop, first), chain((first,), seen))
        self.worst_latency_ns = max(self.worst_latency_ns, max(self._latencies[known:], default=0))
        self.longest_step_ns = max(self.longest_step_ns, max(self._lengths[known:], default=0))
        self.under_way = list(under_way(self.trace))
        self.reach(self.trace.end_ns)

    def reach(self, now_ns: int) -> None:
        """Nothing was recorded since, but it is ``now_ns``: a loop that sleeps is not busy, one that is held is."""
        began_ns = {step.loop: step.since_ns for step in self.under_way}
        for number, statistics in self.loops.items():
            statistics.reach(now_ns, began_ns.get(number))

    def _begin_loop(self, loop: int, first: Seen) -> LoopStatistics:
        _record, kind, _who, _end, _flags, ready_ns, start_ns, _end_ns = first
        begun = self.loops[loop] = LoopStatistics(loop)
        begun.begin(max(0, ready_ns if kind == RecordKind.TIMER_SET else start_ns))
        return begun

    def _take(self, of_loop: LoopStatistics, seen: Iterator[Seen]) -> None:
        """Take in records of one loop. Most are steps: those are summed up here, with no call for each."""
        records, latencies, lengths = self._records, self._latencies, self._lengths
        housekeeping, known = self.trace.housekeeping, len(records)
        switches, last, busy_ns = 0, of_loop._last_task, 0
        for record, kind, who, _end, flags, ready_ns, start_ns, end_ns in seen:
            if kind != _STEP:
                of_loop.take_other(kind, start_ns, end_ns)
                continue
            length_ns = end_ns - start_ns
            if who in housekeeping:
                busy_ns += length_ns
                continue
            if not flags & _EAGER:
                busy_ns += length_ns
                if who != last:
                    switches += last != 0
                    last = who
            records.append(record)
            latencies.append(NEVER_READY if ready_ns == NEVER_READY else start_ns - ready_ns)
            lengths.append(length_ns)
        of_loop.take_steps(len(records) - known, switches, last, busy_ns)

    # Counts

    @property
    def task_count(self) -> int:
        """Tasks seen, finished or not."""
        return len(self.trace.tasks) - len(self.trace.housekeeping)

    @property
    def step_count(self) -> int:
        """Steps of tasks, over all loops."""
        return len(self._records)

    @property
    def switch_count(self) -> int:
        """Switches from one task to another, over all loops."""
        return sum(loop.switch_count for loop in self.loops.values())

    # Times and shares

    @property
    def wall_ns(self) -> int:
        """From the recording's start to the last thing known."""
        return self.trace.end_ns

    @property
    def busy_share(self) -> float:
        """Busy time of all loops as a share of the time that they ran, 0 to 1; 0 where none ran."""
        return self._share(sum(loop.busy_ns for loop in self.loops.values()))

    @property
    def idle_share(self) -> float:
        """Idle time of all loops as a share of the time that they ran, 0 to 1; 0 where none ran."""
        return self._share(sum(loop.idle_ns for loop in self.loops.values()))

    def _share(self, part_ns: int) -> float:
        running_ns = sum(loop.running_ns for loop in self.loops.values())
        return min(1.0, part_ns / running_ns) if running_ns else 0.0

    @property
    def latency(self) -> Distribution:
        """How long tasks were ready before they ran, over all steps that followed a ready span."""
        return self._distribution("latency", self._latencies)

    @property
    def step_length(self) -> Distribution:
        """How long the steps of tasks ran."""
        return self._distribution("step_length", self._lengths)

    def _distribution(self, name: str, durations_ns: array[int]) -> Distribution:
        count, known = self._known.get(name, (-1, None))
        if known is None or count != len(durations_ns):
            known = distribution(durations_ns, self._records)
            self._known[name] = len(durations_ns), known
        return known

    # Concurrency

    @property
    def begin_ns(self) -> int:
        """When the first task was created; 0 where there are no tasks."""
        return self._concurrency().begin_ns

    @property
    def end_ns(self) -> int:
        """When the last task ended; 0 where there are no tasks."""
        return self._concurrency().end_ns

    @property
    def makespan_ns(self) -> int:
        """From the creation of the first task to the end of the last; 0 where there are no tasks."""
        return self.end_ns - self.begin_ns

    @property
    def mean_concurrency(self) -> float:
        """How many tasks were alive (created and not finished, whatever they did), averaged over the makespan."""
        return self._concurrency().mean

    @property
    def peak_concurrency(self) -> int:
        """The most tasks that were alive at once. One that ends as another begins does not count beside it."""
        return self._concurrency().peak

    def _concurrency(self) -> _Concurrency:
        if self._concurrency_at != len(self.trace.records):
            self._concurrency_at = len(self.trace.records)
            self._known_concurrency = _concurrency_of(self.trace)
        return self._known_concurrency


@dataclass(frozen=True, slots=True)
class _Concurrency:
    begin_ns: int = 0
    end_ns: int = 0
    mean: float = 0.0
    peak: int = 0


def _concurrency_of(trace: Trace) -> _Concurrency:
    births: list[int] = []
    ends: list[int] = []
    for task in trace.own_tasks:
        if (born_ns := task.first_ns) is not None:
            births.append(born_ns)
            ends.append(trace.end_ns if (end_ns := task.finished_ns) is None else end_ns)
    if not births:
        return _Concurrency()
    births.sort()
    ends.sort()
    makespan_ns = ends[-1] - births[0]
    mean = (sum(ends) - sum(births)) / makespan_ns if makespan_ns else 0.0
    return _Concurrency(births[0], ends[-1], mean, _peak(births, ends))


def _peak(births: list[int], ends: list[int]) -> int:
    """The most that were alive at once; both lists are sorted."""
    ended = peak = 0
    for born, birth_ns in enumerate(births, 1):
        while ends[ended] <= birth_ns and ended < born - 1:
            ended += 1
        peak = max(peak, born - ended)
    return peak


@dataclass(frozen=True, slots=True)
class TaskStatistics:
    """One task. Times in each state are sums of its spans; they add up to ``wall_ns``, but for what is unknown."""

    #: From the first thing known of it to its end.
    wall_ns: int
    running_ns: int
    ready_ns: int
    suspended_ns: int
    step_count: int
    latency: Distribution
    step_length: Distribution


def task_statistics(trace: Trace, task: Task) -> TaskStatistics:
    """The figures of one task, from its spans."""
    sums = dict.fromkeys(State, 0)
    latencies, lengths, ready_records, records = array("q"), array("q"), array("q"), array("q")
    for span in task.spans():
        length_ns = (max(trace.end_ns, span.start_ns) if span.end_ns is None else span.end_ns) - span.start_ns
        sums[span.state] += length_ns
        if span.state == State.RUNNING and span.end_ns is not None:
            lengths.append(length_ns)
            records.append(span.record)
        elif span.state == State.READY and span.end_ns is not None:
            latencies.append(length_ns)
            ready_records.append(span.record)
    return TaskStatistics(
        sum(sums.values()),
        sums[State.RUNNING],
        sums[State.READY],
        sums[State.SUSPENDED],
        task.step_count,
        distribution(latencies, ready_records),
        distribution(lengths, records),
    )
