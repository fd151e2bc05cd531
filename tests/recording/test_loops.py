"""Loops however they are made, wherever they run, and a recording that begins or ends while they do."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import threading
import warnings
import weakref
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import loopviz
from loopviz.errors import AlreadyRecording
from loopviz.events import DefinitionKind, RecordKind, StepEnd, WakeKind
from loopviz.recording import active
from loopviz.recording.session import recording
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.trace import Trace
from recording.inprocess import record, records_of, steps_of, task_named, whole
from recording.launching import Launcher, Outcome


def _name_this(name: str) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)


async def _work(name: str) -> str:
    _name_this(name)
    await asyncio.sleep(0)
    return name


def _by_runner(name: str) -> None:
    with asyncio.Runner() as runner:
        runner.run(_work(f"{name} first"))
        runner.run(_work(name))


def _by_loop_factory(name: str) -> None:
    class OwnLoop(asyncio.SelectorEventLoop):
        pass

    with asyncio.Runner(loop_factory=OwnLoop) as runner:
        runner.run(_work(name))


def _by_hand(name: str) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_work(name))
    loop.close()


def _by_policy(name: str) -> None:
    if sys.version_info >= (3, 16):
        pytest.skip("event-loop policies ended with Python 3.15")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        before = asyncio.get_event_loop_policy()
        asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
        loop = asyncio.get_event_loop_policy().new_event_loop()
        asyncio.set_event_loop_policy(before)
    loop.run_until_complete(_work(name))
    loop.close()


def _by_our_policy(name: str) -> None:
    if sys.version_info >= (3, 16):
        pytest.skip("event-loop policies ended with Python 3.15")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        loop = loopviz.EventLoopPolicy().new_event_loop()
    loop.run_until_complete(_work(name))
    loop.close()


def _by_our_factory(name: str) -> None:
    with asyncio.Runner(loop_factory=loopviz.new_event_loop) as runner:
        runner.run(_work(name))


def _in_a_thread(name: str) -> None:
    thread = threading.Thread(target=_by_hand, args=(name,))
    thread.start()
    thread.join()


WAYS = [_by_runner, _by_loop_factory, _by_hand, _by_policy, _by_our_policy, _by_our_factory, _in_a_thread]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_loop_is_recorded_however_it_is_made(tmp_path: Path, way: Callable[[str], None]) -> None:
    with recording(tmp_path / "out.loopviz"):
        way("the task")
    trace = whole(tmp_path / "out.loopviz")
    assert [step.end for step in steps_of(trace, "the task")] == [StepEnd.YIELDED, StepEnd.RETURNED]
    started, stopped = records_of(trace, RecordKind.LOOP_STARTED), records_of(trace, RecordKind.LOOP_STOPPED)
    assert len(list(started)) == len(list(stopped)) > 0


def test_an_instrumented_loop_records_by_itself_where_no_recording_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPVIZ_OUT", str(tmp_path / "own.loopviz"))
    ends: list[Any] = []
    monkeypatch.setattr("atexit.register", ends.append)
    with asyncio.Runner(loop_factory=loopviz.new_event_loop) as runner:
        runner.run(_work("on the instrumented loop"))
    asyncio.run(_work("on another loop"))
    (end,) = ends
    end()
    names = [task.name for task in whole(tmp_path / "own.loopviz").tasks.values()]
    assert "on the instrumented loop" in names
    assert "on another loop" not in names


def test_loops_in_threads_at_once_are_told_apart(tmp_path: Path) -> None:
    def run(number: int) -> None:
        asyncio.run(_twice(number))

    async def _twice(number: int) -> None:
        await asyncio.gather(*(asyncio.create_task(_work(f"{number}.{part}")) for part in range(20)))

    threads = [threading.Thread(target=run, args=(number,), name=f"runs {number}") for number in range(4)]
    with recording(tmp_path / "out.loopviz"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    trace = whole(tmp_path / "out.loopviz")
    for number in range(4):
        loops = {task_named(trace, f"{number}.{part}").loop for part in range(20)}
        assert [trace.loop_info(loop).thread for loop in loops] == [f"runs {number}"]
    for loop in trace.definitions.loops:
        _assert_steps_do_not_overlap(trace, loop)


def _assert_steps_do_not_overlap(trace: Trace, loop: int) -> None:
    steps = [step for step in map(trace.records.step, trace.step_records) if step.loop == loop]
    assert all(before.end_ns <= after.start_ns for before, after in itertools.pairwise(steps))


def test_a_loop_nested_in_a_thread_of_a_task_is_another_loop(tmp_path: Path) -> None:
    async def main() -> None:
        await _work("outer")
        await asyncio.to_thread(asyncio.run, inner())

    async def inner() -> None:
        await _work("inner")
        await asyncio.sleep(0.01)

    trace = record(tmp_path, main)
    outside, inside = task_named(trace, "outer"), task_named(trace, "inner")
    assert outside.loop != inside.loop
    assert inside.finished_ns is not None
    assert inside.finished_ns < steps_of(trace, "outer")[-1].start_ns


def test_what_another_thread_schedules_is_told_as_such(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def outside() -> None:
            loop.call_soon_threadsafe(future.set_result, None)

        def inside() -> None: ...

        thread = threading.Thread(target=outside)
        thread.start()
        await future
        thread.join()
        loop.call_soon_threadsafe(inside)
        await asyncio.sleep(0)

    trace = record(tmp_path, main)
    names = trace.definitions.texts
    wakers = {
        names[raw.target].rpartition(".")[2]: WakeKind(raw.waker_kind)
        for raw in map(trace.records.raw, trace.callback_records.values())
    }
    assert wakers["set_result"] == WakeKind.THREAD
    assert wakers["inside"] == WakeKind.TASK


def test_a_loop_that_ran_before_is_first_seen_by_another_threads_call_in_its_own_thread(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="the loop's own")
    thread.start()
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
    with recording(tmp_path / "out.loopviz"):
        asyncio.run_coroutine_threadsafe(_work("asked for from outside"), loop).result()
        threads = {state.thread for state in active.recorder.states} if active.recorder else set()
        expected = {thread.ident}
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    trace = whole(tmp_path / "out.loopviz")
    assert threads == expected
    assert trace.loop_info(task_named(trace, "asked for from outside").loop).thread == "the loop's own"


def test_tasks_alive_before_the_recording_begin_unknown_and_go_on(tmp_path: Path) -> None:
    async def main() -> None:
        _name_this("main")
        go_on = asyncio.Event()
        before = asyncio.create_task(_wait(go_on), name="before")
        queued = asyncio.create_task(_work("queued"))
        await asyncio.sleep(0)
        with recording(tmp_path / "out.loopviz"):
            go_on.set()
            await before
            await queued

    async def _wait(event: asyncio.Event) -> None:
        await event.wait()

    asyncio.run(main())
    trace = whole(tmp_path / "out.loopviz")
    task = task_named(trace, "before")
    assert task.created_ns is None
    assert next(State(boundary & 7) for boundary in task.boundaries) == State.UNKNOWN
    assert task.state == State.RETURNED
    assert task_named(trace, "queued").state == State.RETURNED
    assert task_named(trace, "main").state not in FINISHED


@pytest.mark.parametrize("debug", [False, True])
def test_what_is_unfinished_at_the_end_is_told_as_it_stands(tmp_path: Path, debug: bool) -> None:
    async def main() -> None:
        _name_this("main")
        recorder = recording(tmp_path / "out.loopviz")
        recorder.__enter__()
        forever = asyncio.create_task(asyncio.sleep(60), name="suspended")
        ready = asyncio.create_task(_work("ready"))
        await asyncio.sleep(0)
        fresh = asyncio.create_task(_work("fresh"), name="fresh")
        recorder.__exit__(None, None, None)
        asyncio.get_running_loop().call_soon(forever.cancel)
        await asyncio.gather(forever, ready, fresh, return_exceptions=True)

    asyncio.run(main(), debug=debug)
    trace = whole(tmp_path / "out.loopviz")
    states = {task.name: task.state for task in trace.tasks.values()}
    ready = {"ready": State.READY, "fresh": State.READY}
    assert states == {"main": State.RUNNING, "suspended": State.SUSPENDED, **ready}
    # Of those that have not begun their birth tells it: there may be thousands, each time that a step is looked into.
    assert [trace.tasks[raw.who].name for raw in records_of(trace, RecordKind.READY)] == ["ready"]


def test_a_recording_that_ends_in_a_step_leaves_the_loop_as_asyncio_made_it(tmp_path: Path) -> None:
    order: list[str] = []

    async def say(name: str) -> None:
        for _ in range(3):
            order.append(name)
            await asyncio.sleep(0)

    async def main() -> None:
        with recording(tmp_path / "out.loopviz"):
            tasks = [asyncio.create_task(say(name)) for name in "abc"]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        loop = asyncio.get_running_loop()
        assert not {"_loopviz", "_run_once"} & set(vars(loop))

    stock = dict(vars(asyncio.BaseEventLoop))
    asyncio.run(main())
    assert "".join(order) == "abcabcabc"
    assert dict(vars(asyncio.BaseEventLoop)) == stock
    assert active.recorder is None


def test_a_loop_in_another_thread_goes_on_when_the_recording_ends(tmp_path: Path) -> None:
    """Its queue is being emptied at that very moment, so nobody but its own thread may touch it."""
    stop = threading.Event()
    rounds = [0] * 50

    async def run(number: int) -> None:
        while not stop.is_set():
            await asyncio.sleep(0)
            rounds[number] += 1

    async def main() -> None:
        await asyncio.gather(*map(run, range(50)))

    failed: list[BaseException] = []

    def target() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            failed.append(error)

    switch_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=target)
    try:
        thread.start()
        for number in range(20):
            with recording(tmp_path / f"{number}.loopviz"):
                seen = sum(rounds)
                while sum(rounds) < seen + 100 and thread.is_alive():
                    pass
    finally:
        sys.setswitchinterval(switch_s)
        stop.set()
        thread.join()
    assert not failed
    assert max(rounds) - min(rounds) <= 1
    for number in range(20):
        _assert_steps_do_not_overlap(whole(tmp_path / f"{number}.loopviz"), 1)


def test_an_iteration_that_was_about_to_begin_as_the_recording_ended_finds_handles(tmp_path: Path) -> None:
    turns: list[int] = []

    async def spin() -> None:
        while len(turns) < 20:
            turns.append(len(turns))
            await asyncio.sleep(0)

    with closing(asyncio.new_event_loop()) as loop:
        with recording(tmp_path / "out.loopviz"):
            task = loop.create_task(spin())
            loop.run_until_complete(asyncio.sleep(0))
            run_once = loop._run_once  # type: ignore[attr-defined]
        seen = len(turns)
        asyncio._set_running_loop(loop)
        try:
            run_once()
        finally:
            asyncio._set_running_loop(None)
        assert len(turns) == seen + 1
        loop.run_until_complete(task)


def test_debug_mode_may_be_switched_in_the_middle_of_a_run(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        others = [asyncio.create_task(_work(f"other {number}")) for number in range(3)]
        for debug in (True, False, True, False):
            loop.set_debug(debug)
            await asyncio.sleep(0)
        await asyncio.gather(*others)

    trace = record(tmp_path, main)
    for number in range(3):
        assert [step.end for step in steps_of(trace, f"other {number}")] == [StepEnd.YIELDED, StepEnd.RETURNED]


def test_one_process_records_to_one_file_at_a_time(tmp_path: Path) -> None:
    with recording(tmp_path / "first.loopviz"):
        with pytest.raises(AlreadyRecording, match=r"first\.loopviz"), recording(tmp_path / "second.loopviz"):
            pass
        asyncio.run(_work("goes on"))
    assert task_named(whole(tmp_path / "first.loopviz"), "goes on")
    assert not (tmp_path / "second.loopviz").exists()
    with recording(tmp_path / "third.loopviz"):
        asyncio.run(_work("again"))
    assert task_named(whole(tmp_path / "third.loopviz"), "again")


def test_methods_that_somebody_else_replaces_meanwhile_stay_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    with recording(tmp_path / "first.loopviz"):
        ours = asyncio.BaseEventLoop.create_task

        def theirs(self: Any, coro: Any, **keywords: Any) -> Any:
            calls.append("theirs")
            return ours(self, coro, **keywords)

        asyncio.BaseEventLoop.create_task = theirs  # type: ignore[method-assign]
    try:
        assert asyncio.BaseEventLoop.create_task is theirs
        asyncio.run(_work("between"))
        with recording(tmp_path / "second.loopviz"):
            asyncio.run(_work("again"))
        assert asyncio.BaseEventLoop.create_task is theirs
        assert len(calls) >= 2
        assert task_named(whole(tmp_path / "second.loopviz"), "again").state == State.RETURNED
    finally:
        asyncio.BaseEventLoop.create_task = ours  # type: ignore[method-assign]
        with recording(tmp_path / "third.loopviz"):
            asyncio.run(_work("at last"))
    assert task_named(whole(tmp_path / "third.loopviz"), "at last").state == State.RETURNED
    assert asyncio.BaseEventLoop.create_task.__module__ == "asyncio.base_events"


def test_a_loop_with_a_way_of_its_own_to_hear_of_cancelled_timers_still_does(tmp_path: Path) -> None:
    class Loop(asyncio.SelectorEventLoop):
        heard: int = 0

        def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
            self.heard += 1
            super()._timer_handle_cancelled(handle)  # type: ignore[misc]

    with recording(tmp_path / "out.loopviz"), closing(Loop()) as loop:
        timer = loop.call_later(60, print)
        timer.cancel()
        timer.cancel()
        assert timer.cancelled()
        assert loop.heard == 1
    assert len(list(records_of(whole(tmp_path / "out.loopviz"), RecordKind.TIMER_CANCELLED))) == 1


def test_what_waits_as_a_recording_ends_is_not_told_of_the_next_ones_tasks_and_timers(tmp_path: Path) -> None:
    async def nothing() -> None: ...

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with recording(tmp_path / "first.loopviz"):
            kept: list[Any] = [asyncio.create_task(asyncio.sleep(60), name="b")]
            await asyncio.sleep(0)
            cancelled, due = loop.call_later(60, print), loop.call_later(0, called.append, "due")
            loop.call_soon(called.append, "soon")
            loop.call_soon_threadsafe(called.append, "safe")
            kept.append(asyncio.create_task(nothing(), name="queued"))
        with recording(tmp_path / "second.loopviz"):
            timers = [loop.call_later(60, print) for _ in range(5)]
            cancelled.cancel()
            while len(called) < 3:
                await asyncio.sleep(0)
        for timer in (*timers, due, *kept):
            timer.cancel()

    called: list[str] = []
    asyncio.run(main())
    trace = whole(tmp_path / "second.loopviz")
    assert not list(records_of(trace, RecordKind.TIMER_CANCELLED))
    callbacks = map(trace.records.raw, trace.callback_records.values())
    wakers = sorted((WakeKind(raw.waker_kind), raw.waker) for raw in callbacks)
    assert wakers == [(WakeKind.UNKNOWN, 0), (WakeKind.UNKNOWN, 0), (WakeKind.TIMER, 0)]
    queued, *_ = steps_of(trace, "queued")
    assert (queued.waker_kind, queued.waker) == (WakeKind.UNKNOWN, 0)


def test_a_recording_that_has_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    with recording(tmp_path / "out.loopviz"):
        recorder = weakref.ref(active.recorder)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(_work("the task"))
    loop.run_until_complete(_work("unseen"))
    loop.close()
    gc.collect()
    assert recorder() is None
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
    assert "unseen" not in [task.name for task in whole(tmp_path / "out.loopviz").tasks.values()]


def test_a_process_may_run_more_loops_than_fit_into_sixteen_bits(tmp_path: Path) -> None:
    with recording(tmp_path / "out.loopviz"):
        assert active.recorder is not None
        active.recorder.definitions._numbers[DefinitionKind.LOOP] = itertools.count(65_534)
        for number in range(4):
            asyncio.run(_work(f"work {number}"))
    trace = whole(tmp_path / "out.loopviz")
    assert [task_named(trace, f"work {number}").loop for number in range(4)] == [65_534, 65_535, 65_536, 65_537]
    assert {trace.loop_info(loop).thread for loop in (65_534, 65_537)} == {"MainThread"}
    assert [step.loop for step in steps_of(trace, "work 3")] == [65_537, 65_537]


def test_pythons_own_tasks_and_a_handle_that_is_run_by_no_function_are_recorded(launcher: Launcher) -> None:
    """Both stand in asyncio's place before the recorder comes."""
    program = launcher.write(
        "import asyncio, functools\n"
        "from asyncio import events\n"
        "class Runs:\n"
        "    def __init__(self, stock): self.stock = stock\n"
        "    def __get__(self, it, kind): return self if it is None else functools.partial(self.stock, it)\n"
        "events.Handle._run = Runs(events.Handle._run)\n"
        "asyncio.Task = asyncio.tasks.Task = asyncio.tasks._PyTask\n"
        "import loopviz\n"
        "async def main():\n"
        "    task = asyncio.create_task(asyncio.sleep(60), name='sleeper')\n"
        "    done = asyncio.get_running_loop().create_future()\n"
        "    done.add_done_callback(task.cancel)\n"
        "    await asyncio.sleep(0)\n"
        "    done.set_result(None)\n"
        "    await asyncio.wait([task])\n"
        "with loopviz.recording('out.loopviz'):\n"
        "    asyncio.run(main())\n"
    )
    assert launcher.plain(program) == Outcome(0, "", "")
    trace = whole(launcher.folder / "out.loopviz")
    assert task_named(trace, "sleeper").state == State.CANCELLED
    assert [step.end for step in steps_of(trace, "sleeper")] == [StepEnd.ON_FUTURE, StepEnd.CANCELLED]
