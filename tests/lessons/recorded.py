"""Recording a bundled scenario, and asking its trace what a reader would see.

Decides how a lesson is put as a question: tasks by the label a reader knows (``work(3)``), times in seconds, printed
lines with who printed them.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.files import load
from loopviz.trace.lifecycle import State
from loopviz.trace.statistics import Statistics
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace
from loopviz.trace.waits import wait_of
from loopviz.trace.wakes import wake_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@dataclass(frozen=True)
class Lesson:
    """One recorded run of a scenario."""

    status: int
    stdout: str
    stderr: str
    trace: Trace

    @property
    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.stdout.splitlines()

    @cached_property
    def tasks(self) -> list[Task]:
        """Its own tasks in order of creation; not those by which ``asyncio.run`` ends."""
        own = [task for task in self.trace.tasks.values() if not task.coroutine.startswith("BaseEventLoop.")]
        return sorted(own, key=lambda task: task.number)

    def task(self, coroutine: str, *, first_argument: str | None = None) -> Task:
        """The one task that runs ``coroutine``, or the one of several whose first argument is ``first_argument``."""
        found = [
            task
            for task in self.tasks
            if task.coroutine == coroutine
            and (first_argument is None or task.arguments.split(", ")[0] == first_argument)
        ]
        assert len(found) == 1, f"{len(found)} tasks run {coroutine}({first_argument or ''})"
        return found[0]

    @property
    def makespan_s(self) -> float:
        """From the first task's creation to the last one's end, to a hundredth of a second."""
        return round(Statistics(self.trace).makespan_ns / 1e9, 2)

    def lasted_s(self, task: Task) -> float:
        """From a task's creation to its end, to a hundredth."""
        assert task.created_ns is not None and task.finished_ns is not None
        return round((task.finished_ns - task.created_ns) / 1e9, 2)

    def waits(self, task: Task) -> list[str]:
        """The words of each of its suspensions, in order."""
        return [words for words, _file_line in self.waits_and_places(task)]

    def waits_and_places(self, task: Task) -> list[tuple[str, str]]:
        """The same, each with the user's own line."""
        found = []
        for span in task.spans():
            if span.state == State.SUSPENDED and (wait := wait_of(self.trace, self.trace.records.step(span.record))):
                found.append((wait.words, wait.user.place if wait.user else ""))
        return found

    def wakes(self, task: Task) -> list[tuple[WakeKind, int | None]]:
        """By what each of its steps after the first was made ready: kind, and the task at the origin."""
        steps = [span for span in task.spans() if span.state == State.READY][1:]
        wakes = [wake_of(self.trace, self.trace.records.step(span.record)) for span in steps]
        return [(wake.kind, wake.task) for wake in wakes]

    def running_order(self, *coroutines: str) -> list[str]:
        """The coroutines of the steps as the loop ran them, of the tasks that run one of ``coroutines``."""
        spans = [
            (span.start_ns, task.coroutine)
            for task in self.tasks
            if task.coroutine in coroutines
            for span in task.spans()
            if span.state == State.RUNNING
        ]
        return [name for _start, name in sorted(spans)]

    def finishing_order(self, coroutine: str) -> list[str]:
        """First arguments of the tasks of ``coroutine``, in the order in which they ended."""
        ended = [task for task in self.tasks if task.coroutine == coroutine and task.finished_ns is not None]
        return [task.arguments.split(", ")[0] for task in sorted(ended, key=lambda task: task.finished_ns or 0)]

    def calls(self, name: str) -> list[str]:
        """Arguments of the calls of a coroutine that tasks awaited, in order of first sight."""
        codes = self.trace.definitions.codes
        return [call.arguments for call in self.trace.calls.values() if codes[call.code].name == name]

    def longest_ready_s(self, task: Task) -> float:
        """The longest it ever was ready and did not run."""
        waits = [span.end_ns - span.start_ns for span in task.spans() if span.state == State.READY and span.end_ns]
        return round(max(waits, default=0) / 1e9, 2)

    def count(self, kind: RecordKind) -> int:
        return len(self.trace.of_kind(kind))


@cache
def lesson(name: str, *arguments: str, clock: str = "virtual") -> Lesson:
    """Record a scenario in a process of its own; each only once."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.loopviz")
        recorder = [sys.executable, "-m", "loopviz.recording", "--out", str(path), "--clock", clock, "--title", name]
        command = [*recorder, "--path", str(SCENARIOS / f"{name}.py"), "--", *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return Lesson(ended.returncode, ended.stdout, ended.stderr, load(path))
