"""What a long recording costs: a file that stays below its bound, and memory that does not grow with what is over."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import loopviz
from loopviz.events import RECORD, Flag, RecordKind, StepEnd
from loopviz.recording import active
from loopviz.recording.buffers import ASKED_EVERY, BLOCK_RECORDS
from loopviz.recording.session import recording
from loopviz.recording.state import LoopState
from loopviz.recording.steps import record_end
from loopviz.trace.files import TraceFile, load_file
from loopviz.trace.labels import call_label
from loopviz.trace.lifecycle import State
from loopviz.trace.trace import Trace
from recording.inprocess import records_of, steps_of, task_named

BOUND = 200_000
#: One block of records with what they point at may stand above the bound for a moment.
SLACK = 120_000
ENDS = {StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED}


async def _busy(turns: int) -> None:
    """One task that lives all through it, many that come and go, and one that sleeps all the while."""

    async def brief(number: int) -> str:
        await asyncio.sleep(0)
        return f"result {number}"

    current = asyncio.current_task()
    assert current is not None
    current.set_name("main")
    sleeper = asyncio.create_task(asyncio.sleep(1e6), name="sleeper")
    for number in range(turns):
        await asyncio.create_task(brief(number), name=f"brief {number}")
    sleeper.cancel()


def _record(path: Path, turns: int, max_bytes: int | None, clock: str = "virtual") -> TraceFile:
    with recording(path, clock=clock, max_bytes=max_bytes):
        asyncio.run(_busy(turns))
    return load_file(path)


def test_a_bounded_file_stays_below_its_bound_and_says_what_it_dropped(tmp_path: Path) -> None:
    whole = _record(tmp_path / "whole.loopviz", 6000, None)
    bounded = _record(tmp_path / "bounded.loopviz", 6000, BOUND)
    assert (tmp_path / "whole.loopviz").stat().st_size > 4 * BOUND
    assert (tmp_path / "bounded.loopviz").stat().st_size <= BOUND
    assert not list(tmp_path.glob("*.part"))
    assert bounded.note is None
    kept = [raw for raw in bounded.trace.records if not raw.flags & Flag.CARRIED]
    assert bounded.trace.lost_records + len(kept) == len(whole.trace.records)
    assert bounded.trace.losses.keys() == {"the size was bounded: the oldest were dropped"}
    assert whole.trace.lost_records == 0


def test_what_a_bounded_file_keeps_is_the_newest_and_whole(tmp_path: Path) -> None:
    whole = _record(tmp_path / "whole.loopviz", 6000, None).trace
    bounded = _record(tmp_path / "bounded.loopviz", 6000, BOUND).trace

    def told(trace: Trace) -> list[tuple[Any, ...]]:
        steps = map(trace.records.step, trace.step_records)
        return [(step.task, step.start_ns, step.end_ns, step.end) for step in steps]

    assert len(told(bounded)) > 500
    assert told(whole)[-len(told(bounded)) :] == told(bounded)
    assert task_named(bounded, "brief 5999").result == "'result 5999'"
    frames = [frame.name for frame in bounded.definitions.chain(steps_of(bounded, "main")[-2].site)]
    assert frames == ["_busy"]


def test_a_living_task_stays_known_when_its_beginning_was_dropped(tmp_path: Path) -> None:
    trace = _record(tmp_path / "out.loopviz", 6000, BOUND).trace
    main = task_named(trace, "main")
    assert next(main.spans()).state == State.UNKNOWN
    assert main.coroutine == "_busy"
    births = records_of(trace, RecordKind.TASK_CREATED)
    assert any(raw.who == main.number and raw.flags & Flag.CARRIED for raw in births)


def _carried(trace: Trace) -> dict[int, Flag]:
    """The flags of all births that were carried over, by task."""
    births = records_of(trace, RecordKind.TASK_CREATED)
    return {raw.who: Flag(raw.flags) for raw in births if raw.flags & Flag.CARRIED}


@pytest.mark.parametrize("bound", range(150_000, 260_000, 10_000))
def test_a_task_that_ended_keeps_its_name_as_long_as_anything_is_told_of_it(tmp_path: Path, bound: int) -> None:
    """Wherever the file is cut: tasks whose beginning is dropped while their end is kept are there all the time."""

    async def main() -> None:
        async def brief(number: int) -> str:
            for _ in range(number % 7):
                await asyncio.sleep(0)
            return f"result of {number}"

        for number in range(0, 3000, 30):
            await asyncio.gather(
                *(asyncio.create_task(brief(each), name=f"brief {each}") for each in range(number, number + 30))
            )

    with recording(tmp_path / "out.loopviz", clock="virtual", max_bytes=bound):
        asyncio.run(main())
    trace = load_file(tmp_path / "out.loopviz").trace
    assert trace.lost_records > 0
    brief = [task for task in trace.own_tasks if not task.coroutine.endswith("main")]
    assert len(brief) > 50
    for task in brief:
        assert task.name.startswith("brief ")
        assert task.state == State.RETURNED
        number = task.name.removeprefix("brief ")
        assert (task.arguments, task.result) == (number, f"'result of {number}'")


def test_a_task_is_alive_until_its_end_is_written_down(tmp_path: Path) -> None:
    """As seen by another thread that cuts the file, at any line of what writes it down."""

    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(0), name="first name")
        number = recorder.tasks.number_of(task)

        def look(frame: Any, _event: str, _arg: Any) -> Any:
            if frame.f_code is not record_end.__code__:
                return None
            seen.append(number in recorder.tasks.alive() or number in _ended(recorder))
            return look

        await asyncio.sleep(0)
        task.set_name("last name")
        tracing = sys.gettrace()
        sys.settrace(look)
        await asyncio.sleep(0)
        sys.settrace(tracing)
        assert task.done()

    seen: list[bool] = []
    with recording(tmp_path / "out.loopviz"):
        recorder: Any = active.recorder
        asyncio.run(main())
    assert len(seen) > 5
    assert all(seen)


def test_who_lives_is_asked_before_what_is_not_written_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a task that ends between the two, in its loop's thread, would be among neither."""

    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(0))
        number = recorder.tasks.number_of(task)
        unwritten = LoopState.unwritten

        def unwritten_then_ended(state: Any) -> bytes:
            records = unwritten(state)
            recorder.tasks.known.pop(id(task), None)
            return records

        with monkeypatch.context() as patch:
            patch.setattr(LoopState, "unwritten", unwritten_then_ended)
            assert number in recorder.sink._living().tasks

    with recording(tmp_path / "out.loopviz", max_bytes=BOUND):
        recorder: Any = active.recorder
        asyncio.run(main())


def _ended(recorder: Any) -> set[int]:
    """The tasks whose end is among the latest records."""
    records = RECORD.iter_unpack(b"".join(recorder.states[0].records))
    return {who for kind, _waker, end, _flags, who, *_ in records if kind == RecordKind.STEP and end in ENDS}


def test_a_carried_task_keeps_what_was_known_of_its_beginning(tmp_path: Path) -> None:
    async def main() -> None:
        before = asyncio.create_task(asyncio.sleep(1e6), name="before")
        await asyncio.sleep(0)
        with recording(tmp_path / "out.loopviz", clock="virtual", max_bytes=BOUND):
            asyncio.create_task(asyncio.sleep(1e6), name="first name").set_name("first")
            loop = asyncio.get_running_loop()
            if sys.version_info >= (3, 12):
                loop.set_task_factory(asyncio.eager_task_factory)
                eager = loop.create_task(asyncio.sleep(1e6), name="eager")
                loop.set_task_factory(None)
                kept.append(eager)
            kept.append(before)
            await _one_after_another(6000)

    kept: list[Any] = []
    asyncio.run(main())
    trace = load_file(tmp_path / "out.loopviz").trace
    carried = _carried(trace)
    before, first = task_named(trace, "before"), task_named(trace, "first")
    assert carried[before.number] == Flag.CARRIED | Flag.ALIVE_BEFORE
    assert before.created_ns is None
    assert carried[first.number] == Flag.CARRIED
    assert (first.coroutine, first.arguments) == ("sleep", "1000000.0")
    if sys.version_info >= (3, 12):
        eager = task_named(trace, "eager")
        assert carried[eager.number] == Flag.CARRIED | Flag.EAGER
        assert eager.eager


def test_calls_that_last_keep_their_names_when_their_beginning_was_dropped(tmp_path: Path) -> None:
    async def outer(number: int) -> None:
        await inner("inside", number)

    async def inner(_word: str, _number: int) -> None:
        async for _ in items(200):
            await _one_after_another(10)

    async def items(count: int) -> Any:
        for item in range(count):
            await asyncio.sleep(0)
            yield item

    async def asleep() -> None:
        await asyncio.sleep(1e6)

    async def sleeper() -> None:
        await asleep()

    async def main() -> None:
        sleeping = asyncio.create_task(sleeper(), name="sleeper")
        for number in range(3):
            await outer(number)
        sleeping.cancel()
        await asyncio.wait({sleeping})

    with recording(tmp_path / "out.loopviz", clock="virtual", max_bytes=BOUND):
        asyncio.run(main())
    trace = load_file(tmp_path / "out.loopviz").trace
    pointed_at = {trace.records.raw(record).call for record in trace.step_records} - {0}
    assert pointed_at <= trace.calls.keys()
    labels = {_path_of(trace, call) for call in pointed_at}
    assert "outer(2) / inner('inside', 2) / items(200)" in labels
    assert any(path.startswith("outer(2) / inner('inside', 2) / _one_after_another(10)") for path in labels)
    assert {call_label(trace, call) for call in trace.calls} >= {"asleep()"}
    # Those that are over are no more carried than tasks that are.
    assert not any("outer(0)" in _path_of(trace, call) for call in trace.calls)


def _path_of(trace: Trace, number: int) -> str:
    """A call, and those that await it, the outermost first."""
    call = trace.calls[number]
    own = call_label(trace, number)
    return f"{_path_of(trace, call.parent)} / {own}" if call.parent else own


@pytest.mark.parametrize("complains", [True, False])
def test_tasks_that_are_gone_without_an_end_are_not_carried_for_ever(tmp_path: Path, complains: bool) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)
        for number in range(4000):
            task: Any = asyncio.create_task(_forever(), name=f"lost {number}")
            task._log_destroy_pending = complains
            await asyncio.sleep(0)
            del task
            if number % 100 == 0:
                gc.collect()

    async def _forever() -> None:
        await asyncio.get_running_loop().create_future()

    with recording(tmp_path / "out.loopviz", clock="virtual", max_bytes=BOUND):
        asyncio.run(main())
        gc.collect()
    trace = load_file(tmp_path / "out.loopviz").trace
    assert trace.lost_records > 1000
    lost = [int(task.name.split()[1]) for task in trace.tasks.values() if task.name.startswith("lost")]
    assert len(lost) > 100
    assert min(lost) > 500


def test_a_follower_of_a_bounded_file_sees_it_replaced_and_never_too_large(tmp_path: Path) -> None:
    path = tmp_path / "out.loopviz"
    sizes: list[int] = []
    newest: list[int] = []

    async def follow() -> None:
        work = asyncio.create_task(_busy(8000))
        follower = TraceFile(path)
        try:
            while not work.done():
                await asyncio.sleep(0.005)
                sizes.append(path.stat().st_size)
                follower.poll()
                assert follower.note is None or "cut off" in follower.note
                newest.append(follower.trace.end_ns)
            generations.append(follower.generation)
        finally:
            follower.close()

    generations: list[int] = []
    with recording(path, max_bytes=BOUND):
        asyncio.run(follow())
    assert generations[0] >= 2
    assert max(sizes) < BOUND + SLACK
    assert newest == sorted(newest)


def test_a_bound_too_small_for_anything_breaks_nothing(tmp_path: Path) -> None:
    file = _record(tmp_path / "out.loopviz", 2000, 1)
    assert file.note is None
    assert file.trace.lost_records > 4000


def test_what_is_kept_has_all_that_it_points_at(tmp_path: Path) -> None:
    """A text that comes again and again is written but once in a while."""

    async def main() -> None:
        for number in range(4000):
            loopviz.mark("again and again")
            await asyncio.create_task(asyncio.sleep(0, "the same result"), name=f"named {number % 7}")

    with recording(tmp_path / "out.loopviz", clock="virtual", max_bytes=BOUND):
        asyncio.run(main())
    trace = load_file(tmp_path / "out.loopviz").trace
    texts = trace.definitions.texts
    marks = list(records_of(trace, RecordKind.MARK))
    assert len(marks) > 200
    assert {texts.get(raw.target) for raw in marks} == {"again and again"}
    finished = [task for task in trace.tasks.values() if task.state == State.RETURNED and task.coroutine == "sleep"]
    assert {task.result for task in finished} == {"'the same result'"}
    assert {task.name for task in finished if task.created_record >= 0} == {f"named {number}" for number in range(7)}


def test_what_is_kept_of_several_loops_has_all_that_it_points_at(tmp_path: Path) -> None:
    """A text is written before the next chunk of any loop, and so the file may be cut between it and its own loop's."""

    async def main(name: str) -> None:
        async def brief(number: int) -> str:
            await asyncio.sleep(0)
            return f"{name} {number}"

        for number in range(4000):
            await asyncio.create_task(brief(number), name=f"{name} {number}")

    with recording(tmp_path / "out.loopviz", max_bytes=2 * BOUND):
        threads = [threading.Thread(target=lambda name=name: asyncio.run(main(name))) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    trace = load_file(tmp_path / "out.loopviz").trace
    assert trace.lost_records > 0
    finished = [task for task in trace.own_tasks if task.state == State.RETURNED and task.coroutine.endswith("brief")]
    assert len(finished) > 100
    assert {task.result for task in finished} == {repr(task.name) for task in finished}


def test_loops_that_are_over_leave_nothing_behind_in_memory_or_in_a_bounded_file(tmp_path: Path) -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel()

    def run_loops() -> None:
        for _ in range(300):
            thread = threading.Thread(target=lambda: asyncio.run(main()))
            thread.start()
            thread.join()
        gc.collect()

    with recording(tmp_path / "out.loopviz", max_bytes=100_000):
        recorder: Any = active.recorder
        assert recorder is not None
        run_loops()
        before = dict(_tables(recorder))
        run_loops()
        grown = {name for name, size in _tables(recorder) if size > before[name] + 20}
    assert grown <= {"Definitions._passing"}
    assert (tmp_path / "out.loopviz").stat().st_size < 120_000
    trace = load_file(tmp_path / "out.loopviz").trace
    with_steps = {step.loop for step in map(trace.records.step, trace.step_records)}
    assert 10 < len(with_steps) < 550
    assert with_steps <= trace.definitions.loops.keys()
    assert len(trace.definitions.loops) < 560


def _tables(recorder: Any) -> Iterator[tuple[str, int]]:
    """The size of everything in the recorder that could grow."""
    for owner in (recorder, recorder.tasks, recorder.definitions, recorder.cancels, *recorder.states):
        names = {
            *getattr(owner, "__dict__", ()),
            *(name for kind in type(owner).__mro__ for name in getattr(kind, "__slots__", ())),
        }
        for name in names:
            value = getattr(owner, name, None)
            # What is to be written soon is as long as it happens to be.
            if isinstance(value, (list, dict, set)):
                yield f"{type(owner).__name__}.{name}", len(value)


async def _one_after_another(number: int) -> None:
    async def brief(number: int) -> int:
        await asyncio.sleep(0)
        return number

    for each in range(number):
        await asyncio.create_task(brief(each), name=f"brief {each}")


async def _measured(recorder: Any) -> tuple[int, dict[str, int]]:
    """Traced bytes and sizes of tables, while nothing is under way that takes memory for a moment."""
    while True:
        with recorder.sink.lock:
            if not getattr(recorder.sink, "is_shortening", False):  # only a bounded file ever is
                gc.collect()
                recorder.states[0].turn()  # or what has not been written yet would count
                return tracemalloc.get_traced_memory()[0], dict(_tables(recorder))
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("max_bytes", [None, 1_000_000])
def test_memory_does_not_grow_with_tasks_that_are_over(tmp_path: Path, max_bytes: int | None) -> None:
    async def main() -> None:
        await _one_after_another(4_500)
        before_bytes, before = await _measured(recorder)
        await _one_after_another(4_500)
        after_bytes, sizes = await _measured(recorder)
        grown.append(after_bytes - before_bytes)
        after.update(sizes)
        # Texts are forgotten when there are 4096.
        assert {name for name, size in after.items() if size > before[name] + 20} <= {"Definitions._passing"}

    grown: list[int] = []
    after: dict[str, int] = {}
    tracemalloc.start()
    try:
        with recording(tmp_path / "out.loopviz", max_bytes=max_bytes):
            recorder: Any = active.recorder
            assert recorder is not None
            asyncio.run(main())
    finally:
        tracemalloc.stop()
    assert grown[0] < 400_000
    assert max(after.values()) < 10_000


def test_a_hundred_thousand_tasks_one_after_another_are_all_recorded_and_none_remembered(tmp_path: Path) -> None:
    with recording(tmp_path / "out.loopviz"):
        recorder: Any = active.recorder
        assert recorder is not None
        asyncio.run(_one_after_another(100_000))
        gc.collect()
        assert len(recorder.tasks.known) == 0
        sizes = dict(_tables(recorder))
    assert max(sizes.values()) < 10_000
    trace = load_file(tmp_path / "out.loopviz").trace
    assert sum(task.coroutine.endswith("brief") for task in trace.tasks.values()) == 100_000


def test_ten_thousand_tasks_alive_at_once_are_let_go_when_they_end(tmp_path: Path) -> None:
    async def main() -> None:
        go = asyncio.Event()

        async def wait(number: int) -> int:
            await go.wait()
            return number

        tasks = [asyncio.create_task(wait(number)) for number in range(10_000)]
        await asyncio.sleep(0)
        assert len(recorder.tasks.known) >= 10_000
        per_task.append((sum(map(sys.getsizeof, _owned(recorder))), len(tasks)))
        go.set()
        assert sum(await asyncio.gather(*tasks)) == sum(range(10_000))

    per_task: list[tuple[int, int]] = []
    with recording(tmp_path / "out.loopviz"):
        recorder: Any = active.recorder
        assert recorder is not None
        asyncio.run(main())
        gc.collect()
        assert len(recorder.tasks.known) == 0
    size, number = per_task[0]
    assert size / number < 2_000
    trace = load_file(tmp_path / "out.loopviz").trace
    assert sum(task.state == State.RETURNED for task in trace.tasks.values()) >= 10_000


def test_what_a_single_step_does_over_and_over_is_written_out_meanwhile(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        timers = [loop.call_later(60, print) for _ in range(3 * BLOCK_RECORDS)]
        held.append(len(loop._loopviz.records))  # type: ignore[attr-defined]
        for timer in timers:
            timer.cancel()
        held.append(len(loop._loopviz.records))  # type: ignore[attr-defined]
        tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3 * BLOCK_RECORDS)]
        held.append(len(loop._loopviz.records))  # type: ignore[attr-defined]
        for task in tasks:
            task.cancel()

    held: list[int] = []
    with recording(tmp_path / "out.loopviz"):
        asyncio.run(main())
    assert len(held) == 3
    assert max(held) <= BLOCK_RECORDS + ASKED_EVERY


def test_a_task_that_has_ended_is_forgotten_though_the_program_keeps_it(tmp_path: Path) -> None:
    async def main() -> None:
        kept = [asyncio.create_task(asyncio.sleep(0)) for _ in range(10)]
        await asyncio.gather(*kept)
        assert recorder.tasks.alive() == {recorder.tasks.number_of(asyncio.current_task())}

    with recording(tmp_path / "out.loopviz"):
        recorder: Any = active.recorder
        asyncio.run(main())


def _owned(recorder: Any) -> Iterator[object]:
    """The recorder's tables of tasks, and what stands in them."""
    for value in vars(recorder.tasks).values():
        if isinstance(value, dict):
            yield value
            yield from value.values()
