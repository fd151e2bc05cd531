"""Worker threads under the virtual clock: one at a time, and in an order that is the program's own.

Decides when a thread that a loop handed work to may go on. It starts when the loop is idle, in the order of the
handing over; it sleeps until the clock gets to where it wants to wake, which an idle loop sees to; and while it does
anything else the loop really waits for it and no virtual time passes. So the clock shows a worker the same moment on
every run, however busy the machine.

Patience is counted in looks, each worth so much and no more: a machine that was busy with something else, or stopped,
has not been waited for.

Awkward cases: work that waits in line behind a full pool is not waited for, since it can't begin. A worker that waits
for another, for a lock say, would wait for ever if the other's sleep waited for it: after a while time goes on without
it. So it does for a thread of the program's own, whose end nobody sees. Where no loop idles, since it spins or is over,
the workers go on by themselves after a while, in the same order. Work that was cancelled while its thread sleeps is
still woken in its turn.
"""

from __future__ import annotations

import operator
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutinefunction
from itertools import compress
from typing import Any
from weakref import WeakSet, ref

from loopviz.recording.clocks import VirtualTime

#: How long, in real time, somebody is waited for where that may be in vain.
_PATIENCE_S = 0.5
#: The same for a thread of the program's own, which may be over.
_PATIENCE_WITH_STRANGERS_S = 0.05
#: What a look of an idle loop is worth at most, and how often a worker that waits looks.
_LOOK_S = 0.01
_LOOKS = 10


@dataclass(slots=True, eq=False)
class Job:
    """A piece of work in another thread. ``pool`` and ``threads`` say whose it is and how many run at a time; work in
    another process, and a thread that no loop knows of, have none.
    """

    due_ns: int
    pool: int = 0
    threads: int = 0
    #: Its thread is there.
    arrived: bool = False
    #: It waits for its turn: for the clock to show ``due_ns`` and the loop to be idle.
    waits: bool = True
    #: Since when it runs, or should have arrived, in the time that idle loops have attended to workers.
    since_s: float = 0.0
    #: A loop's future of its outcome, weakly.
    future: Callable[[], Any] | None = None
    #: It could not be begun, or its thread has not been heard of for long.
    given_up: bool = False

    @property
    def settled(self) -> bool:
        """Whether nobody waits for its outcome any more."""
        future = self.future and self.future()
        return self.given_up or (self.future is not None and (future is None or future.done()))


class Workers:
    """The threads beside the loops of one recording."""

    def __init__(self, clock: VirtualTime) -> None:
        self._clock = clock
        self._turn = threading.Condition()
        self._jobs: list[Job] = []
        self._here = threading.local()
        #: Loops whose executor has come to its end.
        self._shut: WeakSet[Any] = WeakSet()
        #: How often a loop has been idle; how long it has attended to workers then, and when it did so last.
        self._looks = 0
        self._attended_s = 0.0
        self._looked_s = time.monotonic()
        self._over = False

    def replacing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """What stands in for ``run_in_executor``."""

        def run_in_executor(loop: Any, executor: Executor | None, func: Any, *args: Any) -> Any:
            if iscoroutinefunction(func):  # asyncio itself complains of it, in debug mode
                return original(loop, executor, func, *args)
            in_thread = executor is None or isinstance(executor, ThreadPoolExecutor)
            job = Job(self._clock.now, waits=in_thread, arrived=not in_thread, since_s=self._attended_s)
            with self._turn:
                self._jobs.append(job)
            try:
                if in_thread:
                    future = original(loop, executor, self._gated(job, func, args))
                else:
                    future = original(loop, executor, func, *args)
            except BaseException:
                job.given_up = True
                raise
            pool = executor or getattr(loop, "_default_executor", None)
            job.pool, job.threads = id(pool), getattr(pool, "_max_workers", 0)
            job.future = ref(future)
            return future

        return run_in_executor

    def _gated(self, job: Job, func: Callable[..., Any], args: Iterable[Any]) -> Callable[[], Any]:
        """``func``, once the job's turn has come. Of C functions only: a frame of ours would stand in tracebacks."""
        return partial(next, compress(map(operator.call, (partial(self._begin, job), partial(func, *args))), (0, 1)))

    def _begin(self, job: Job) -> None:
        self._here.job = job
        with self._turn:
            job.arrived = True
            self._await_turn(job)

    def shutting_down(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """What stands in for ``_do_shutdown``, by which a thread of its own ends a loop's executor."""

        def _do_shutdown(loop: Any, future: Any) -> None:
            self.sleep(self._clock.now)
            try:
                original(loop, future)
            finally:
                self._shut.add(loop)

        return _do_shutdown

    def _is_shutting_down(self, loop: Any) -> bool:
        """Whether a loop waits for its executor's end, whose thread it does not know."""
        return bool(loop._executor_shutdown_called and loop._default_executor is not None and loop not in self._shut)

    def sleep(self, until_ns: int) -> None:
        """Let the calling thread wait until the clock shows ``until_ns`` and no other worker is at work."""
        job: Job | None = getattr(self._here, "job", None)
        with self._turn:
            if job is None or job.settled:
                job = self._here.job = Job(until_ns, arrived=True)
                self._jobs.append(job)
            job.due_ns, job.waits = until_ns, True
            self._await_turn(job)

    def _await_turn(self, job: Job) -> None:
        in_vain, idle = 0, self._looks
        while job.waits and not self._over:
            was_called = self._turn.wait(_PATIENCE_S / _LOOKS) or self._looks != idle
            in_vain, idle = 0 if was_called else in_vain + 1, self._looks
            if in_vain >= _LOOKS and job.waits and job is self._line()[0]:
                self._wake(job)

    def _line(self) -> list[Job]:
        """Whoever waits, in the order of their turns."""
        return sorted((job for job in self._jobs if job.waits and job.arrived), key=operator.attrgetter("due_ns"))

    def keep_waiting(self, loop: Any, timer_ns: int | None) -> bool:
        """Whether an idle loop, whose next timer is due at ``timer_ns`` (None: it has none), really waits for a worker.
        Where it is a sleeper's turn, moves the clock and wakes it.
        """
        with self._turn:
            self._attend()
            self._forget_whats_over()
            if any(map(self._is_waited_for, self._jobs)):
                return True
            line = self._line()
            if line and (timer_ns is None or line[0].due_ns <= timer_ns):
                self._wake(line[0])
                return True
            return not line and self._is_shutting_down(loop)

    def _attend(self) -> None:
        now_s = time.monotonic()
        self._attended_s += min(now_s - self._looked_s, _LOOK_S)
        self._looked_s = now_s
        self._looks += 1

    def _wake(self, job: Job) -> None:
        self._clock.advance_to(job.due_ns)
        job.waits, job.since_s = False, self._attended_s
        self._turn.notify_all()

    def _forget_whats_over(self) -> None:
        until_s = self._attended_s - _PATIENCE_WITH_STRANGERS_S
        for job in self._jobs:
            job.given_up = job.given_up or not (job.pool or job.waits or job.since_s > until_s)
        self._jobs = [job for job in self._jobs if not job.settled or (job.waits and job.arrived)]

    def _is_waited_for(self, job: Job) -> bool:
        """Whether a worker's end or next sleep must come first: it runs, or is about to begin."""
        waited_s = self._attended_s - job.since_s
        if not job.arrived:
            at_work = sum(other.pool == job.pool and other.arrived for other in self._jobs)
            return at_work < job.threads and waited_s < _PATIENCE_S
        return not (job.waits or job.settled) and (waited_s < _PATIENCE_S or not self._line())

    def end(self) -> None:
        """Let every thread go: the recording is over."""
        with self._turn:
            self._over = True
            self._turn.notify_all()
