"""Made-up event loops: random programs run on a toy loop, and what a recorder would have written of them.

``simulate`` gives the recording and the *truth*: every event in the order in which it happened. The toy follows
asyncio: a first-in-first-out queue, a step at a time, eager first steps inside their creator's. Loops of one recording
run side by side in time, their chunks interleaved; numbers are shared, as in a process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from random import Random

from building import OUTSIDE, By, Recording, by_callback, by_task, by_timer
from loopviz.events import Flag, StepEnd, WakeKind

#: When, name, loop, task.
Happened = tuple[int, str, int | None, int | None]


@dataclass(slots=True)
class Simulated:
    """``truth`` is in order of time; events of one instant are in the order in which they happened on their loop."""

    recording: Recording
    truth: list[Happened]
    snapshots: list[Snapshot]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How things stood on a loop from ``t_ns`` to the next snapshot: ``("task", 3)``, ``("callback", 5)``, numbers."""

    t_ns: int
    loop: int
    running: tuple[str, int] | None
    idle: bool
    queue: tuple[tuple[str, int], ...]
    suspended: frozenset[int]
    timers: frozenset[int]


class Numbers:
    """The counters of a process."""

    def __init__(self) -> None:
        self.task = count(1).__next__
        self.callback = count(1).__next__
        self.timer = count(1).__next__


@dataclass(slots=True)
class ToyLoop:
    """One loop. ``script`` are the calls that write its records, in the order of the file."""

    number: int
    random: Random
    numbers: Numbers
    shortest_tick: int
    now: int = 0
    script: list[Callable[[Recording], object]] = field(default_factory=list)
    truth: list[Happened] = field(default_factory=list)
    queue: deque[tuple[str, int, int, By]] = field(default_factory=deque)
    suspended: list[int] = field(default_factory=list)
    timers: list[int] = field(default_factory=list)
    timers_set: list[tuple[int, int]] = field(default_factory=list)
    started: set[int] = field(default_factory=set)
    origins: dict[By, By] = field(default_factory=dict)
    stack: list[tuple[str, int]] = field(default_factory=list)
    idle: bool = False
    called_back: set[int] = field(default_factory=set)
    snapshots: list[Snapshot] = field(default_factory=list)

    def happens(self, name: str, task: int | None = None) -> None:
        self.truth.append((self.now, name, self.number, task))

    def tick(self) -> int:
        self.snapshots.append(
            Snapshot(
                self.now,
                self.number,
                self.stack[-1] if self.stack else None,
                self.idle,
                tuple((kind, who) for kind, who, _, _ in self.queue),
                frozenset(self.suspended),
                frozenset(self.timers),
            )
        )
        self.now += self.random.choice((self.shortest_tick, 1, 3, 10))
        return self.now

    def run(self, turns: int) -> None:
        self.tick()
        self.happens("loop_started")
        self.script.append(partial(Recording.loop_started, at=self.now))
        self.tick()
        self.create(OUTSIDE)
        for _ in range(turns):
            if not self.queue:
                self.select()
            elif self.queue[0][0] == "task":
                self.step(*self.queue[0][1:])
            else:
                self.call_back(*self.queue[0][1:])
        self.tick()
        for kind, who, since, by in self.queue:
            if kind == "task":
                self.script.append(partial(Recording.ready, task=who, since=since, by=by))

    def told_snapshots(self) -> Iterator[Snapshot]:
        """The snapshots as far as a recording can tell: of callbacks that never ran, it knows nothing."""
        never_fired = {
            by[1]
            for (kind, callback), by in self.origins.items()
            if kind == WakeKind.CALLBACK and by[0] == WakeKind.TIMER and callback not in self.called_back
        }
        set_since = {number: at for at, number in reversed(self.timers_set)}
        for snapshot in self.snapshots:
            queue = tuple(entry for entry in snapshot.queue if entry[0] == "task" or entry[1] in self.called_back)
            overdue = {number for number in never_fired if set_since[number] <= snapshot.t_ns}
            yield replace(snapshot, queue=queue, timers=snapshot.timers | overdue)

    def select(self) -> None:
        """Nothing is ready: wait for a timer, for I/O, or for a new task from outside."""
        start = self.tick()
        self.happens("loop_idle")
        self.idle = True
        end = self.tick()
        self.idle = False
        self.happens("loop_woken")
        self.script.append(partial(Recording.idle, start=start, ended=end))
        self.tick()
        if self.timers:
            timer = self.timers.pop(self.random.randrange(len(self.timers)))
            self.schedule(by_timer(timer))
        elif self.suspended:
            self.wake((WakeKind.IO, 0))
        else:
            self.create(OUTSIDE)

    def schedule(self, by: By) -> None:
        """Queue a plain callback."""
        callback = self.numbers.callback()
        self.origins[by_callback(callback)] = by
        self.queue.append(("callback", callback, self.now, by))

    def task_behind(self, by: By) -> int | None:
        while by in self.origins:
            by = self.origins[by]
        return by[1] if by[0] == WakeKind.TASK else None

    def wake(self, by: By) -> None:
        task = self.suspended.pop(self.random.randrange(len(self.suspended)))
        self.happens("task_ready", task)
        self.queue.append(("task", task, self.now, by))

    def create(self, by: By) -> None:
        task, at = self.numbers.task(), self.now
        self.happens("task_created", task)
        self.happens("task_ready", task)
        self.queue.append(("task", task, at, by))
        self.script.append(partial(Recording.created, task=task, at=at, by=by))

    def create_eagerly(self, by: By, depth: int) -> None:
        task, at = self.numbers.task(), self.now
        self.happens("task_created", task)
        self.happens("task_started", task)
        self.started.add(task)
        self.stack.append(("task", task))
        self.act(by_task(task), depth + 1)
        ended = self.tick()
        self.stack.pop()
        end = self.random.choice((StepEnd.YIELDED, StepEnd.ON_FUTURE, StepEnd.RETURNED))
        self.script.append(partial(Recording.created, task=task, at=at, by=by, flags=Flag.EAGER))
        self.script.append(partial(Recording.step, task=task, start=at, ended=ended, end=end, by=by, eager=True))
        self.leave(task, end)

    def step(self, task: int, since: int, by: By) -> None:
        start = self.tick()
        self.stack.append(self.queue.popleft()[:2])
        self.happens("task_resumed" if task in self.started else "task_started", task)
        self.started.add(task)
        self.act(by_task(task), 0)
        ended = self.tick()
        self.stack.pop()
        end = self.random.choice(list(StepEnd)[1:])
        self.script.append(partial(Recording.step, task=task, start=start, ended=ended, end=end, ready=since, by=by))
        self.leave(task, end)

    def leave(self, task: int, end: StepEnd) -> None:
        """A step is over."""
        if end in (StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED):
            self.happens("task_finished", task)
            return
        self.happens("task_suspended", task)
        if end == StepEnd.YIELDED:
            self.happens("task_ready", task)
            self.queue.append(("task", task, self.now, by_task(task)))
        else:
            self.suspended.append(task)

    def call_back(self, callback: int, since: int, by: By) -> None:
        start = self.tick()
        self.stack.append(self.queue.popleft()[:2])
        self.called_back.add(callback)
        self.happens("callback_started")
        self.act(by_callback(callback), 0)
        ended = self.tick()
        self.stack.pop()
        self.happens("callback_finished")
        self.script.append(partial(Recording.callback, number=callback, start=start, ended=ended, ready=since, by=by))

    def act(self, by: By, depth: int) -> None:
        """What a step does before it ends."""
        for _ in range(self.random.choice((0, 0, 1, 2, 3)) if depth < 3 else 0):
            at = self.tick()
            task = self.task_behind(by)
            match self.random.randrange(7):
                case 0:
                    self.create(by)
                case 1:
                    self.create_eagerly(by, depth)
                case 2:
                    timer = self.numbers.timer()
                    self.timers.append(timer)
                    self.timers_set.append((at, timer))
                    self.origins[by_timer(timer)] = by
                    self.happens("timer_set", task)
                    self.script.append(partial(Recording.timer, number=timer, at=at, delay=50, by=by))
                case 3:
                    self.happens("output", task)
                    self.script.append(partial(Recording.output, text="text", at=at, by=by))
                case 4 if self.suspended:
                    self.wake(by)
                case 5 if self.suspended:
                    victim = self.random.choice(self.suspended)
                    self.happens("cancel_requested", victim)
                    self.script.append(partial(Recording.cancel_requested, task=victim, at=at, by=by))
                case _:
                    self.schedule(by)


def simulate(random: Random, *, loops: int = 1, turns: int = 40, shortest_tick: int = 1) -> Simulated:
    """Run random programs on ``loops`` loops, for ``turns`` entries of each queue.

    A clock that does not always move between two facts has a ``shortest_tick`` of 0.
    """
    numbers, recording = Numbers(), Recording()
    toys = [ToyLoop(number, random, numbers, shortest_tick) for number in range(1, loops + 1)]
    for toy in toys:
        toy.run(turns)
    scripts = {toy.number: deque(toy.script) for toy in toys}
    while scripts:
        number = random.choice(list(scripts))
        recording.on(number)
        for _ in range(min(random.randint(1, 30), len(scripts[number]))):
            scripts[number].popleft()(recording)
        if random.random() < 0.5:
            recording.cut()
        if not scripts[number]:
            del scripts[number]
    truth = sorted((event for toy in toys for event in toy.truth), key=lambda event: event[0])
    return Simulated(recording, truth, [snapshot for toy in toys for snapshot in toy.told_snapshots()])
