"""Event loops that can't be recorded: told, once for each kind, and left to run as they do."""

from __future__ import annotations

from pathlib import Path

from loopviz.events import RecordKind, WarningKind
from recording.inprocess import records_of
from recording.launching import Launcher

GUESTS = Path(__file__).parent / "guests"
PROGRAM = """
import asyncio

class OwnRunOnce(asyncio.SelectorEventLoop):
    def _run_once(self):
        ready, self._ready = self._ready, type(self._ready)()
        for handle in ready:
            if not handle._cancelled:
                handle._run()
        if not self._ready:
            now = self.time()
            due = [timer for timer in self._scheduled if timer._when <= now]
            self._scheduled = [timer for timer in self._scheduled if timer._when > now]
            self._ready.extend(due)

class OwnCallSoon(asyncio.SelectorEventLoop):
    def call_soon(self, callback, *args, context=None):
        return super().call_soon(callback, *args, context=context)

class Foreign(asyncio.AbstractEventLoop):
    '''As one written in another language: of asyncio it knows the protocol alone.'''

    def __init__(self):
        self.ready = []

    def call_soon(self, callback, *args, context=None):
        self.ready.append(asyncio.Handle(callback, args, self, context))
        return self.ready[-1]

    def get_debug(self):
        return False

    def is_running(self):
        return True

    def run_until_complete(self, coroutine):
        asyncio._set_running_loop(self)
        try:
            task = asyncio.Task(coroutine, loop=self)
            while not task.done():
                self.ready.pop(0)._run()
            return task.result()
        finally:
            asyncio._set_running_loop(None)

    def close(self):
        pass

async def main(seconds):
    await asyncio.sleep(seconds)
    return "done"

for kind, seconds in (OwnRunOnce, 0.001), (OwnCallSoon, 0.001), (Foreign, 0), (OwnRunOnce, 0.001), (Foreign, 0):
    loop = kind()
    print(loop.run_until_complete(main(seconds)))
    loop.close()
print(asyncio._set_running_loop.__name__, asyncio._get_running_loop())
"""


def test_a_loop_of_an_unknown_kind_is_told_once_and_runs_as_without_us(launcher: Launcher) -> None:
    program = launcher.write(PROGRAM)
    recorded = launcher.recorded(program)
    assert recorded.outcome == launcher.plain(program)
    trace = recorded.trace
    warnings = list(records_of(trace, RecordKind.WARNING))
    assert {raw.end for raw in warnings} == {WarningKind.NOT_INSTRUMENTED}
    assert [trace.definitions.texts[raw.target] for raw in warnings] == [
        "__main__.OwnRunOnce can't be recorded: what it runs is not asyncio's _run_once, but that of __main__",
        "__main__.Foreign can't be recorded: it is an event loop of an unknown kind",
    ]


def test_a_loop_whose_own_call_soon_passes_on_is_recorded(launcher: Launcher) -> None:
    trace = launcher.recorded(launcher.write(PROGRAM)).trace
    finished = [task for task in trace.tasks.values() if task.result == "'done'"]
    assert [trace.definitions.loops[task.loop].loop_class for task in finished] == ["OwnCallSoon"]


def test_a_loop_whose_run_once_is_replaced_as_it_runs_is_told_and_recorded_up_to_there(launcher: Launcher) -> None:
    trace = launcher.recorded(GUESTS / "run_once_replaced.py").trace
    warnings = [trace.definitions.texts[raw.target] for raw in records_of(trace, RecordKind.WARNING)]
    assert warnings == [
        "__main__.Loop can't be recorded: what it runs is not asyncio's _run_once, but that of __main__"
    ]
    assert len(trace.step_records) > 20
    assert trace.refused == 0
