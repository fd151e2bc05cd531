"""How long workers are waited for under the virtual clock: so many looks, however long the machine takes for each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from loopviz.recording import virtual_workers
from loopviz.recording.clocks import VirtualTime
from loopviz.recording.virtual_workers import Job, Workers

#: An idle loop, whose executor is not being shut down.
LOOP = SimpleNamespace(_executor_shutdown_called=False)


@pytest.fixture
def stop_machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds go by in which nothing of this process runs."""
    now_s = [0.0]
    monkeypatch.setattr(virtual_workers, "time", SimpleNamespace(monotonic=lambda: now_s[0]))

    def stop(seconds: float) -> None:
        now_s[0] += seconds

    return stop


@pytest.mark.parametrize("arrived", [False, True])
def test_a_loop_waits_for_a_worker_that_a_stopped_machine_kept_from_its_work(
    stop_machine: Callable[[float], None], arrived: bool
) -> None:
    workers = Workers(VirtualTime())
    workers._jobs = [
        Job(0, pool=1, threads=1, arrived=arrived, waits=not arrived),
        Job(5, pool=2, threads=1, arrived=True),
    ]
    for _ in range(10):
        assert workers.keep_waiting(LOOP, None)
        stop_machine(10)
    assert workers._jobs[1].waits, "the one that works comes first"


def test_a_loop_does_not_wait_for_ever_for_a_worker_that_waits_for_another(
    stop_machine: Callable[[float], None],
) -> None:
    workers = Workers(VirtualTime())
    workers._jobs = [Job(0, pool=1, threads=2, arrived=True, waits=False), Job(5, pool=1, threads=2, arrived=True)]
    for _ in range(1000):
        assert workers.keep_waiting(LOOP, None)
        stop_machine(0.002)
    assert not workers._jobs[1].waits


class OnATurnedOffMachine(threading.Condition):
    """Each wait is over at once, as where the machine stood still until it was due; ``after`` so many, something is
    done.
    """

    def __init__(self, after: dict[int, Callable[[], Any]]) -> None:
        super().__init__()
        self._after = after
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        self._after.get(self.waits, int)()
        return False


def test_a_worker_waits_for_its_turn_while_the_machine_is_stopped_and_goes_on_by_itself_beside_no_loop() -> None:
    workers = Workers(VirtualTime())
    turn = OnATurnedOffMachine({5: lambda: workers.keep_waiting(LOOP, 0)})
    workers._turn = turn
    workers.sleep(7)
    assert workers._clock.now == 7
    assert turn.waits == 15, "ten looks in vain, counted anew from where a loop was idle"
