"""Who asked a task to cancel, and when: what is exact, and what is concluded."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from loopviz.events import RecordKind, WakeKind
from loopviz.trace.lifecycle import State
from recording.inprocess import Main, Request, on_every_loop, record, records_of, requests, steps_of, task_named

Runner = Callable[[Main], Any]


async def sleeper(seconds: float = 10) -> None:
    await asyncio.sleep(seconds)


async def survivor(times: int) -> None:
    for _ in range(times):
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(10)


def start(coroutine: Any, name: str) -> asyncio.Task[Any]:
    return asyncio.create_task(coroutine, name=name)


async def begun(coroutine: Any, name: str) -> asyncio.Task[Any]:
    """A task that has taken its first step: uvloop may call a timer before that, where the machine stands still."""
    task = start(coroutine, name)
    await asyncio.sleep(0)
    return task


def name_this(name: str = "main") -> None:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)


async def settled(*tasks: asyncio.Future[Any]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


@on_every_loop
def test_a_suspended_task_is_cancelled_by_the_task_that_did_it_in_the_step_that_did_it(
    tmp_path: Path, run: Runner
) -> None:
    async def main() -> None:
        name_this()
        victim = start(sleeper(), "victim")
        await asyncio.sleep(0.001)
        victim.cancel()
        await settled(victim)

    trace = record(tmp_path, main, run)
    assert requests(trace) == [Request("victim", "main")]
    (request,) = records_of(trace, RecordKind.CANCEL_REQUESTED)
    at_ns = trace.records.since_start(request.start_ns)
    assert any(step.start_ns <= at_ns <= step.end_ns for step in steps_of(trace, "main"))
    assert at_ns <= steps_of(trace, "victim")[-1].start_ns
    assert task_named(trace, "victim").state is State.CANCELLED


@on_every_loop
def test_a_timeout_is_told_as_the_timers_own_callback(tmp_path: Path, run: Runner) -> None:
    async def main() -> None:
        name_this()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.002):
                await asyncio.sleep(10)

    trace = record(tmp_path, main, run)
    assert requests(trace) == [Request("main", "Timeout._on_timeout")]
    (request,) = records_of(trace, RecordKind.CANCEL_REQUESTED)
    callback = trace.records.raw(trace.callback_records[request.waker])
    assert callback.waker_kind == WakeKind.TIMER


@on_every_loop
@pytest.mark.parametrize("way", ["timeout", "gather", "group"])
def test_a_request_comes_before_what_it_does_to_its_task(tmp_path: Path, run: Runner, way: str) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.002)
        raise ValueError

    async def by_timeout() -> None:
        victim = await begun(sleeper(), "victim")
        async with asyncio.timeout(0.002):
            await victim

    async def by_gather() -> None:
        both = asyncio.gather(start(sleeper(), "victim"), start(sleeper(), "other"))
        await asyncio.sleep(0.002)
        both.cancel()
        await both

    async def by_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper(), name="victim")
            group.create_task(fail())

    ways = {"timeout": by_timeout, "gather": by_gather, "group": by_group}

    async def main() -> None:
        with suppress(TimeoutError, asyncio.CancelledError, ExceptionGroup):
            await ways[way]()

    trace = record(tmp_path, main, run)
    victim = task_named(trace, "victim")
    (request,) = (raw for raw in records_of(trace, RecordKind.CANCEL_REQUESTED) if raw.who == victim.number)
    assert trace.records.since_start(request.start_ns) <= steps_of(trace, "victim")[-1].ready_ns


def test_a_timeout_of_a_task_that_is_queued_is_told_as_exactly(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.002):
                while True:
                    await asyncio.sleep(0)

    assert requests(record(tmp_path, main)) == [Request("main", "Timeout._on_timeout")]


@on_every_loop
def test_wait_for_cancels_what_it_waits_for(tmp_path: Path, run: Runner) -> None:
    async def main() -> None:
        name_this()
        with suppress(TimeoutError):
            await asyncio.wait_for(await begun(sleeper(), "awaited"), 0.002)

    told = requests(record(tmp_path, main, run))
    if sys.version_info >= (3, 12):
        assert told == [Request("main", "Timeout._on_timeout"), Request("awaited", "Timeout._on_timeout")]
    else:
        assert told == [Request("awaited", "main")]


@on_every_loop
def test_uncancel_does_not_hide_the_next_request(tmp_path: Path, run: Runner) -> None:
    async def main() -> None:
        name_this()
        for _ in range(3):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(10)

    assert requests(record(tmp_path, main, run)) == 3 * [Request("main", "Timeout._on_timeout")]


def test_uncancel_in_a_later_step_does_not_hide_the_next_request(tmp_path: Path) -> None:
    async def stubborn(waits: asyncio.Semaphore) -> None:
        for _ in range(2):
            try:
                waits.release()
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                await asyncio.sleep(0.001)
                asyncio.current_task().uncancel()  # type: ignore[union-attr]

    async def main() -> None:
        name_this()
        waits = asyncio.Semaphore(0)
        victim = start(stubborn(waits), "victim")
        for _ in range(2):
            await waits.acquire()
            victim.cancel()
        await victim

    assert requests(record(tmp_path, main)) == 2 * [Request("victim", "main")]


def test_a_swallowed_request_and_the_next_are_two(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        victim = start(survivor(2), "victim")
        for _ in range(2):
            await asyncio.sleep(0.001)
            victim.cancel()
        await victim

    trace = record(tmp_path, main)
    assert requests(trace) == 2 * [Request("victim", "main")]
    assert task_named(trace, "victim").state is State.RETURNED


def test_requests_between_two_steps_are_one_record_with_their_count(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        victim = start(sleeper(), "victim")
        await asyncio.sleep(0.001)
        victim.cancel()
        victim.cancel()
        victim.cancel()
        await settled(victim)

    (request,) = requests(record(tmp_path, main))
    assert (request.task, request.by, request.count) == ("victim", "main", 3)


@on_every_loop
def test_a_request_travels_inward_through_tasks_that_wait_for_each_other(tmp_path: Path, run: Runner) -> None:
    async def waits_for(inner: asyncio.Task[Any]) -> None:
        await inner

    async def main() -> None:
        name_this()
        inner = start(sleeper(), "inner")
        middle = start(waits_for(inner), "middle")
        outer = start(waits_for(middle), "outer")
        await asyncio.sleep(0.001)
        outer.cancel()
        await settled(outer)

    assert requests(record(tmp_path, main, run)) == [
        Request("outer", "main"),
        Request("middle", "main"),
        Request("inner", "main"),
    ]


def test_a_task_whose_inner_task_is_cancelled_was_not_asked_itself(tmp_path: Path) -> None:
    async def waits_for(inner: asyncio.Task[Any]) -> None:
        await inner

    async def main() -> None:
        name_this()
        inner = start(sleeper(), "inner")
        outer = start(waits_for(inner), "outer")
        await asyncio.sleep(0.001)
        inner.cancel()
        await settled(outer)

    trace = record(tmp_path, main)
    assert requests(trace) == [Request("inner", "main")]
    assert task_named(trace, "outer").state is State.CANCELLED


def test_a_future_that_is_cancelled_is_no_request(tmp_path: Path) -> None:
    async def waits_for(future: asyncio.Future[Any]) -> None:
        await future

    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        waiting = start(waits_for(future), "waiting")
        await asyncio.sleep(0.001)
        future.cancel()
        await settled(waiting)

    assert requests(record(tmp_path, main)) == []


@on_every_loop
def test_a_gather_that_is_cancelled_hands_on_who_did_it(tmp_path: Path, run: Runner) -> None:
    async def gathering() -> None:
        await asyncio.gather(start(sleeper(), "one"), start(sleeper(), "two"))

    async def main() -> None:
        name_this()
        outer = start(gathering(), "outer")
        await asyncio.sleep(0.001)
        outer.cancel()
        await settled(outer)

    assert requests(record(tmp_path, main, run)) == [
        Request("outer", "main"),
        Request("one", "main"),
        Request("two", "main"),
    ]


@on_every_loop
def test_a_task_group_aborts_in_the_name_of_the_task_that_failed(tmp_path: Path, run: Runner) -> None:
    async def fails() -> None:
        await asyncio.sleep(0.001)
        raise ValueError

    async def main() -> None:
        name_this()
        with suppress(BaseExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(sleeper(), name="sibling")
                group.create_task(fails(), name="failing")

    trace = record(tmp_path, main, run)
    assert sorted(requests(trace)) == [
        Request("main", "TaskGroup._on_task_done"),
        Request("sibling", "TaskGroup._on_task_done"),
    ]
    request = next(records_of(trace, RecordKind.CANCEL_REQUESTED))
    callback = trace.records.raw(trace.callback_records[request.waker])
    assert callback.waker == task_named(trace, "failing").number


def test_a_task_group_whose_body_is_still_at_work_cancels_its_parent(tmp_path: Path) -> None:
    async def fails() -> None:
        raise ValueError

    async def main() -> None:
        name_this()
        with suppress(BaseExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fails(), name="failing")
                await asyncio.sleep(10)

    assert requests(record(tmp_path, main)) == [Request("main", "TaskGroup._on_task_done")]


def test_a_task_group_whose_body_raises_aborts_in_its_parents_name_also_what_has_not_begun(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        with suppress(BaseExceptionGroup):
            async with asyncio.TaskGroup() as group:
                for name in ("one", "two"):
                    group.create_task(sleeper(), name=name)
                raise ValueError

    assert sorted(requests(record(tmp_path, main))) == [Request("one", "main"), Request("two", "main")]


@on_every_loop
def test_a_task_that_cancels_itself_did_so_itself(tmp_path: Path, run: Runner) -> None:
    async def cancels_itself() -> None:
        await asyncio.sleep(0.001)
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        await asyncio.sleep(10)

    async def main() -> None:
        await settled(start(cancels_itself(), "victim"))

    assert requests(record(tmp_path, main, run)) == [Request("victim", "victim")]


def test_a_task_that_cancels_itself_and_ends_is_told_at_its_end(tmp_path: Path) -> None:
    async def cancels_itself() -> None:
        asyncio.current_task().cancel()  # type: ignore[union-attr]

    async def main() -> None:
        await settled(start(cancels_itself(), "victim"))

    trace = record(tmp_path, main)
    assert requests(trace) == [Request("victim", "victim")]
    assert task_named(trace, "victim").state is State.CANCELLED


def test_a_task_cancelled_before_its_first_step_is_concluded_to_be_its_creators_doing(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        victims = [start(sleeper(), name) for name in ("spared", "victim", "other")]
        victims[1].cancel()
        await asyncio.sleep(0)
        for victim in victims:
            victim.cancel()
        await settled(*victims)

    trace = record(tmp_path, main)
    assert Request("victim", "main", inferred=True) in requests(trace)
    assert len(steps_of(trace, "victim")) == 1


def test_a_queued_task_is_concluded_to_be_cancelled_by_the_only_one_that_ran_meanwhile(tmp_path: Path) -> None:
    async def spinning() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        name_this()
        victim = start(spinning(), "victim")
        for _ in range(3):
            await asyncio.sleep(0)
        victim.cancel()
        await settled(victim)

    assert requests(record(tmp_path, main)) == [Request("victim", "main", inferred=True)]


def test_of_several_that_ran_meanwhile_the_one_that_cancelled_others_is_concluded(tmp_path: Path) -> None:
    async def spinning() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        name_this()
        sleeping = start(sleeper(), "sleeping")
        victim = start(spinning(), "victim")
        bystander = start(spinning(), "bystander")
        for _ in range(3):
            await asyncio.sleep(0)
        sleeping.cancel()
        await asyncio.sleep(0)
        victim.cancel()
        await asyncio.sleep(0)
        bystander.cancel()
        await settled(sleeping, victim, bystander)

    told = requests(record(tmp_path, main))
    assert Request("sleeping", "main") in told
    assert {request.by for request in told if request.task != "sleeping"} <= {"main", "UNKNOWN"}


def test_where_several_ran_and_none_is_likelier_nobody_is_named(tmp_path: Path) -> None:
    async def spinning() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        name_this()
        spinners = [start(spinning(), f"spinner {index}") for index in range(3)]
        for _ in range(3):
            await asyncio.sleep(0)
        spinners[0].cancel()
        await settled(spinners[0])
        for spinner in spinners:
            spinner.cancel()
        await settled(*spinners)

    first = requests(record(tmp_path, main))[0]
    assert first == Request("spinner 0", "UNKNOWN", inferred=True)


@on_every_loop
def test_the_end_of_asyncio_run_cancels_from_outside(tmp_path: Path, run: Runner) -> None:
    async def main() -> None:
        main.left = start(sleeper(), "left over")  # type: ignore[attr-defined]
        await asyncio.sleep(0.001)

    assert requests(record(tmp_path, main, run)) == [Request("left over", "OUTSIDE")]


def test_the_end_of_asyncio_run_cancels_from_outside_also_what_is_queued(tmp_path: Path) -> None:
    async def spinning() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        main.left = [start(spinning(), name) for name in ("one", "two")]  # type: ignore[attr-defined]
        await asyncio.sleep(0.001)

    assert sorted(requests(record(tmp_path, main))) == [Request("one", "OUTSIDE"), Request("two", "OUTSIDE")]


@on_every_loop
def test_a_thread_cancels_by_way_of_a_callback_that_the_thread_queued(tmp_path: Path, run: Runner) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        victim = start(sleeper(), "victim")
        await asyncio.sleep(0.001)
        await asyncio.to_thread(lambda: loop.call_soon_threadsafe(victim.cancel))
        await settled(victim)

    trace = record(tmp_path, main, run)
    assert requests(trace) == [Request("victim", "Task.cancel")]
    (request,) = records_of(trace, RecordKind.CANCEL_REQUESTED)
    assert trace.records.raw(trace.callback_records[request.waker]).waker_kind == WakeKind.THREAD


def test_a_task_in_debug_mode_is_told_the_same(tmp_path: Path) -> None:
    async def main() -> None:
        name_this()
        victim = start(sleeper(), "victim")
        await asyncio.sleep(0.001)
        victim.cancel()
        await settled(victim)

    trace = record(tmp_path, main, lambda program: asyncio.run(program(), debug=True))
    assert requests(trace) == [Request("victim", "main")]


def test_a_pure_python_task_is_told_the_same(tmp_path: Path) -> None:
    python_task: Any = asyncio.tasks._PyTask  # type: ignore[attr-defined]

    async def main() -> None:
        name_this()
        victim = python_task(sleeper(), name="victim")
        await asyncio.sleep(0.001)
        victim.cancel()
        await settled(victim)

    assert requests(record(tmp_path, main)) == [Request("victim", "main")]


def test_asyncios_own_functions_are_put_back(tmp_path: Path) -> None:
    watched = [
        (asyncio.timeouts.Timeout, "_on_timeout"),
        (asyncio.taskgroups.TaskGroup, "_abort"),
        (asyncio.tasks._GatheringFuture, "cancel"),  # type: ignore[attr-defined]
        (asyncio.runners, "_cancel_all_tasks"),
    ]
    before = [getattr(owner, name) for owner, name in watched]

    async def main() -> None:
        assert [getattr(owner, name) for owner, name in watched] != before

    record(tmp_path, main)
    assert [getattr(owner, name) for owner, name in watched] == before


def test_a_long_chain_of_tasks_is_told_from_the_outside_in(tmp_path: Path) -> None:
    async def waits_for(inner: asyncio.Task[Any]) -> None:
        await inner

    async def main() -> None:
        task = start(sleeper(), "0")
        for index in range(1, 100):
            task = start(waits_for(task), str(index))
        await asyncio.sleep(0.001)
        task.cancel()
        await settled(task)

    assert [request.task for request in requests(record(tmp_path, main))] == [str(99 - index) for index in range(100)]


@pytest.mark.parametrize("clock", ["virtual"])
def test_requests_are_the_same_under_the_virtual_clock(tmp_path: Path, clock: str) -> None:
    async def main() -> None:
        name_this()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(10)

    trace = record(tmp_path, main, clock=clock)
    (request,) = records_of(trace, RecordKind.CANCEL_REQUESTED)
    assert 5_000_000_000 <= trace.records.since_start(request.start_ns) < 5_001_000_000
