"""Tasks of every sort, as the trace tells them: eager ones, a program's own, those with odd names, generators."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopviz.events import Flag, RecordKind, StepEnd
from loopviz.trace.lifecycle import State
from loopviz.trace.waits import wait_of
from loopviz.trace.wakes import wake_of
from recording.inprocess import RUNNERS, on_every_loop, record, records_of, steps_of, task_named

eager_only = pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")

NAMES = st.text(st.characters(codec=None), max_size=7) | st.from_regex(r"Task-\d{0,12}", fullmatch=True)


def _name_this(name: str) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)


async def _at_once() -> int:
    return 1


async def _later() -> int:
    await asyncio.sleep(0)
    return 2


def _own_factory(loop: asyncio.AbstractEventLoop, coro: Any, **keywords: Any) -> Any:
    return _OwnTask(coro, loop=loop, **keywords)


class _OwnTask(asyncio.Task[Any]):
    pass


class _UnfriendlyType(type):
    def __hash__(self) -> int:
        raise AssertionError("asked")


class _Unfriendly(metaclass=_UnfriendlyType):
    __repr__ = __hash__ = __eq__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("when", ["before", "in the middle"])
def test_a_task_of_the_programs_own_factory_is_a_task(tmp_path: Path, when: str) -> None:
    async def main() -> None:
        _name_this("main")
        asyncio.get_running_loop().set_task_factory(_own_factory)
        task = asyncio.create_task(_later(), name="own")
        assert type(task) is _OwnTask
        await task

    def run(main: Any) -> None:
        with asyncio.Runner() as runner:
            if when == "before":
                runner.get_loop().set_task_factory(_own_factory)
            runner.run(main())

    trace = record(tmp_path, main, run)
    own, parent = task_named(trace, "own"), task_named(trace, "main")
    assert (own.state, own.eager, own.coroutine) == (State.RETURNED, False, "_later")
    assert trace.parent(own) == parent.number
    first = steps_of(trace, "own")[0]
    assert wake_of(trace, first).task == parent.number
    assert parent.state_at(first.ready_ns) == State.RUNNING


class _Wrapped(Coroutine[Any, Any, Any]):
    """A coroutine inside another object, as tools make them that are written in other languages."""

    def __init__(self, coroutine: Any) -> None:
        self._coroutine = coroutine

    def send(self, value: Any) -> Any:
        return self._coroutine.send(value)

    def throw(self, *args: Any) -> Any:
        return self._coroutine.throw(*args)

    def __await__(self) -> Any:
        return self._coroutine.__await__()


@pytest.fixture(params=["factory", "patch"])
def wrap_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Called in a program, it has the tasks that are made from then on run what a function makes of their coroutines,
    as tools that trace do it.
    """
    wraps: list[Any] = []
    original = asyncio.BaseEventLoop.create_task

    def create_task(loop: Any, coroutine: Any, **keywords: Any) -> Any:
        return original(loop, wraps[-1](coroutine) if wraps else coroutine, **keywords)

    def factory(loop: Any, coroutine: Any, **keywords: Any) -> Any:
        return asyncio.Task(wraps[-1](coroutine), loop=loop, **keywords)

    def wrap_by(wrap: Any) -> None:
        wraps.append(wrap)
        if request.param == "factory":
            asyncio.get_running_loop().set_task_factory(factory)

    if request.param == "patch":
        monkeypatch.setattr(asyncio.BaseEventLoop, "create_task", create_task)
    return wrap_by


def test_a_task_that_runs_something_around_its_coroutine_suspends_where_it_does(tmp_path: Path, wrap_by: Any) -> None:
    async def inner(wrapped: Any = None) -> Any:
        await _soon()
        return wrapped and await wrapped

    # The same in all but its name, so that it suspends at the same instruction.
    outer = FunctionType(inner.__code__.replace(co_name="outer", co_qualname="outer"), globals())
    outer.__defaults__ = (None,)

    async def main() -> None:
        await asyncio.create_task(inner(), name="bare")
        wrap_by(outer)
        await asyncio.create_task(inner(), name="wrapped")

    trace = record(tmp_path, main)
    assert task_named(trace, "wrapped").coroutine.endswith("inner")
    chains = [trace.definitions.chain(step.site) for step in steps_of(trace, "wrapped") if step.site]
    assert [[frame.name.rpartition(".")[2] for frame in chain] for chain in chains] == [["outer"], ["outer", "inner"]]


def _soon() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    return future


def test_a_task_that_runs_no_coroutine_of_pythons_is_recorded(tmp_path: Path, wrap_by: Any) -> None:
    async def main() -> None:
        wrap_by(_Wrapped)
        assert await asyncio.create_task(_later(), name="wrapped") == 2

    wrapped = task_named(record(tmp_path, main), "wrapped")
    assert (wrapped.state, wrapped.coroutine, wrapped.step_count) == (State.RETURNED, "_later", 2)


class _Result:
    """What a factory may give for a task: nothing can refer to it weakly, nor ask whether it is over."""

    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Any) -> None:
        self.coroutine = coroutine
        coroutine.close()

    def set_name(self, name: object) -> None: ...


class _WeaklyHeldResult(_Result):
    """The same, to which anything can refer weakly."""


@on_every_loop
@pytest.mark.parametrize("result", [_Result, _WeaklyHeldResult])
def test_a_factory_may_make_what_is_no_task_at_all(tmp_path: Path, run: Any, result: type[_Result]) -> None:
    def factory(loop: Any, coroutine: Any, **_keywords: Any) -> Any:
        return result(coroutine)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        usual = loop.get_task_factory()
        loop.set_task_factory(factory)
        made: Any = loop.create_task(_later())
        assert type(made) is result
        loop.set_task_factory(usual)
        await asyncio.create_task(_later(), name="after")

    assert task_named(record(tmp_path, main, run), "after").state == State.RETURNED


@pytest.mark.parametrize("run", [RUNNERS["plain"], RUNNERS["uvloop"]], ids=["plain", "uvloop"])
def test_a_wait_for_a_task_that_has_just_ended_names_it(tmp_path: Path, run: Any) -> None:
    async def main() -> None:
        _name_this("main")
        inner = asyncio.create_task(_at_once(), name="inner")
        shielded = asyncio.shield(inner)
        await asyncio.sleep(0)
        await shielded
        await asyncio.wait_for(inner, 60)  # suspends before Python 3.12

    trace = record(tmp_path, main, run)
    waits = [step for step in steps_of(trace, "main") if step.end not in (StepEnd.YIELDED, StepEnd.RETURNED)]
    assert len(waits) == (2 if sys.version_info < (3, 12) else 1)
    assert {step.target for step in waits} == {task_named(trace, "inner").number}


def test_a_task_made_without_the_loop_is_known_from_its_first_step(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.Task(_later(), loop=asyncio.get_running_loop(), name="constructed")

    trace = record(tmp_path, main)
    task = task_named(trace, "constructed")
    assert task.state == State.RETURNED
    assert [step.end for step in steps_of(trace, "constructed")] == [StepEnd.YIELDED, StepEnd.RETURNED]


@eager_only
def test_an_eager_tasks_first_step_lies_within_its_creators(tmp_path: Path) -> None:
    async def main() -> None:
        _name_this("main")
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        at_once = asyncio.create_task(_at_once(), name="at once")
        later = asyncio.create_task(_later(), name="later")
        assert at_once.done()
        await later

    trace = record(tmp_path, main)
    parent = task_named(trace, "main")
    for name, ends in {"at once": [StepEnd.RETURNED], "later": [StepEnd.YIELDED, StepEnd.RETURNED]}.items():
        steps, task = steps_of(trace, name), task_named(trace, name)
        assert [step.end for step in steps] == ends
        assert task.eager
        assert trace.parent(task) == parent.number
        assert parent.state_at(steps[0].start_ns) == parent.state_at(steps[0].end_ns) == State.RUNNING
        assert next(task.spans()).state == State.RUNNING


@eager_only
def test_an_eager_task_inside_an_eager_task_has_that_as_its_creator(tmp_path: Path) -> None:
    async def outer() -> None:
        await asyncio.create_task(_later(), name="inner")
        asyncio.create_task(_at_once(), name="second inner")  # noqa: RUF006

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        await asyncio.create_task(outer(), name="outer")

    trace = record(tmp_path, main)
    outer_number = task_named(trace, "outer").number
    assert trace.parent(task_named(trace, "inner")) == outer_number
    assert trace.parent(task_named(trace, "second inner")) == outer_number


@eager_only
def test_an_eager_task_that_no_loop_is_asked_for_is_known_as_soon_as_it_is_awaited(tmp_path: Path) -> None:
    """As aiohttp's server makes one for each request."""

    async def handle(request: int) -> int:
        await asyncio.sleep(0.001)
        return request

    def start(coroutine: Any, name: str) -> asyncio.Task[Any]:
        loop = asyncio.get_running_loop()
        return asyncio.Task(coroutine, loop=loop, name=name, eager_start=True)  # type: ignore[call-arg]

    async def outer() -> int:
        return await start(handle(3), "inner")  # type: ignore[no-any-return]

    async def main() -> None:
        _name_this("main")
        assert await start(outer(), "outer") == 3

    trace = record(tmp_path, main)
    main_task, outer_task, inner_task = (task_named(trace, name) for name in ("main", "outer", "inner"))
    assert (outer_task.creator, inner_task.creator) == (main_task.number, outer_task.number)
    first = [steps_of(trace, task.name)[0] for task in (main_task, outer_task, inner_task)]
    waits = [wait.words for step in first if (wait := wait_of(trace, step)) is not None]
    assert waits == ["task outer", "task inner", "sleep(0.001)"]
    assert len({(step.start_ns, step.end_ns) for step in first}) == 1
    assert inner_task.created_ns == first[0].start_ns
    births = {raw.who: Flag(raw.flags) for raw in records_of(trace, RecordKind.TASK_CREATED)}
    assert births[inner_task.number] == Flag.EAGER | Flag.INFERRED
    assert [task.state for task in (main_task, outer_task, inner_task)] == 3 * [State.RETURNED]


@on_every_loop
def test_a_task_that_no_loop_is_asked_for_is_known_as_soon_as_it_is_awaited(tmp_path: Path, run: Any) -> None:
    async def main() -> None:
        _name_this("main")
        assert await asyncio.Task(_later(), name="constructed") == 2

    trace = record(tmp_path, main, run)
    constructed = task_named(trace, "constructed")
    wait = wait_of(trace, steps_of(trace, "main")[0])
    assert wait is not None
    assert (wait.words, wait.task) == ("task constructed", constructed.number)
    assert [span.state for span in constructed.spans()][:3] == [State.READY, State.RUNNING, State.READY]


@eager_only
def test_what_leaves_through_an_eager_task_ends_it(tmp_path: Path) -> None:
    async def leave() -> None:
        raise SystemExit(3)

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        try:
            asyncio.create_task(leave(), name="leaves")  # noqa: RUF006
        except SystemExit:
            await asyncio.create_task(_later(), name="goes on")

    trace = record(tmp_path, main)
    assert task_named(trace, "goes on").state == State.RETURNED


def test_the_await_chain_goes_through_an_async_generator(tmp_path: Path) -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(2):
            await asyncio.sleep(0.0001)
            yield number

    async def consume() -> None:
        _name_this("consumer")
        async for _ in numbers():
            pass

    trace = record(tmp_path, consume)
    chains = [
        [frame.name.rpartition(".")[2] for frame in trace.definitions.chain(step.site)]
        for step in steps_of(trace, "consumer")
        if step.end == StepEnd.ON_FUTURE
    ]
    assert chains == [["consume", "numbers", "sleep"]] * 2


def test_an_async_generator_that_is_dropped_is_closed_by_a_task_of_the_loops(tmp_path: Path) -> None:
    closed = asyncio.Event()

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            closed.set()

    async def main() -> None:
        async for _ in numbers():
            break
        gc.collect()
        async with asyncio.timeout(60):
            await closed.wait()

    trace = record(tmp_path, main)
    (closer,) = (task for task in trace.tasks.values() if task.coroutine.endswith("numbers"))
    assert closer.state == State.RETURNED


def test_a_bare_yield_leaves_the_task_ready_and_never_suspended(tmp_path: Path) -> None:
    async def main() -> None:
        _name_this("yields")
        for _ in range(3):
            await asyncio.sleep(0)

    trace = record(tmp_path, main)
    states = {span.state for span in task_named(trace, "yields").spans()}
    assert states == {State.READY, State.RUNNING}
    assert len(steps_of(trace, "yields")) == 4


@pytest.mark.parametrize("outcome", [StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED])
def test_a_task_ends_as_it_ended(tmp_path: Path, outcome: StepEnd) -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        if outcome == StepEnd.RAISED:
            raise ValueError("why")
        if outcome == StepEnd.CANCELLED:
            raise asyncio.CancelledError
        return 42

    async def main() -> None:
        await asyncio.gather(asyncio.create_task(work(), name="it"), return_exceptions=True)

    trace = record(tmp_path, main)
    assert steps_of(trace, "it")[-1].end == outcome
    results = {StepEnd.RETURNED: "42", StepEnd.RAISED: "ValueError: why", StepEnd.CANCELLED: None}
    assert task_named(trace, "it").result == results[outcome]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(names=st.lists(NAMES, min_size=1, max_size=5))
def test_any_text_at_all_is_kept_as_name_argument_and_result(tmp_path: Path, names: list[str]) -> None:
    async def work(word: str) -> str:
        return word

    async def main() -> None:
        for name in names:
            await asyncio.create_task(work(name), name=name)

    trace = record(tmp_path, main)
    tasks = [task for task in trace.tasks.values() if task.coroutine.endswith("work")]
    assert [task.name for task in tasks] == names
    for task, name in zip(tasks, names, strict=True):
        assert task.arguments == task.result == repr(name)


def test_a_task_renamed_while_it_runs_has_its_last_name(tmp_path: Path) -> None:
    async def work() -> None:
        _name_this("last")

    async def main() -> None:
        task = asyncio.create_task(work(), name="first")
        task.set_name("second")
        await task

    trace = record(tmp_path, main)
    assert task_named(trace, "last").coroutine.endswith("work")
    assert any(raw.who == task_named(trace, "last").number for raw in records_of(trace, RecordKind.TASK_RENAMED))


def test_no_code_of_the_programs_is_run_to_describe_its_values(tmp_path: Path) -> None:
    class Meta(type):
        def __getattribute__(cls, name: str) -> Any:
            ran.append(f"metaclass {name}")
            return super().__getattribute__(name)

    class Touchy(metaclass=Meta):
        def __getattribute__(self, name: str) -> Any:
            ran.append(name)
            return super().__getattribute__(name)

        __repr__ = __str__ = __len__ = __bool__ = __hash__ = lambda self: ran.append("method") or 1  # type: ignore

        def __eq__(self, other: object) -> bool:
            ran.append("eq")
            return False

        def __call__(self) -> None: ...

    class TouchyError(Exception):
        @property
        def args(self) -> Any:  # type: ignore[override]
            ran.append("args")
            return ()

    async def give(value: Any, *, keyword: Any) -> Any:
        await asyncio.sleep(0)
        if isinstance(value, BaseException):
            raise value
        return value

    async def main() -> None:
        touchy, error = Touchy(), TouchyError()
        ran.clear()
        task = asyncio.create_task(give(touchy, keyword=[touchy]))
        failing = asyncio.create_task(give(error, keyword=touchy))
        await asyncio.sleep(0.001)
        asyncio.get_running_loop().call_soon(touchy)
        await asyncio.sleep(0.001)
        assert failing.exception() is error
        seen.extend(ran)
        del task

    ran: list[str] = []
    seen: list[str] = []
    asyncio.run(main())
    without, seen = seen, []
    record(tmp_path, main)
    assert seen == without


def test_nothing_that_the_recorder_saw_is_kept_alive_by_it(tmp_path: Path) -> None:
    class Thing:
        pass

    async def use(thing: Thing) -> Thing:
        await asyncio.sleep(0)
        return thing

    async def fail(thing: Thing) -> None:
        await use(thing)
        raise ValueError(thing)

    async def main() -> None:
        refs: dict[str, weakref.ref[Any]] = {}
        gc.disable()
        try:
            thing = Thing()
            task: Any = asyncio.create_task(use(thing))
            refs |= {"thing": weakref.ref(thing), "task": weakref.ref(task), "coroutine": weakref.ref(task.get_coro())}
            await task
            del task
            task = asyncio.create_task(fail(thing))
            refs |= {"failed": weakref.ref(task)}
            await asyncio.wait([task])
            task.exception()
            del task
            handle = asyncio.get_running_loop().call_later(60, print, thing)
            handle.cancel()
            refs |= {"handle": weakref.ref(handle)}
            del handle, thing
            await asyncio.sleep(0)
            alive.extend(name for name, ref in refs.items() if ref() is not None)
        finally:
            gc.enable()

    alive: list[str] = []
    record(tmp_path, main)
    assert not alive


@on_every_loop
def test_what_a_task_waited_for_is_let_go_before_the_next_step(tmp_path: Path, run: Any) -> None:
    async def main() -> None:
        async def waits() -> None:
            await futures.pop()

        async def looks() -> None:
            alive.append(awaited() is not None)

        futures = [asyncio.get_running_loop().create_future()]
        awaited = weakref.ref(futures[0])
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
        future = awaited()
        assert future is not None
        future.set_result(None)
        del future
        asyncio.get_running_loop().call_soon(lambda: alive.append(awaited() is not None))
        await asyncio.gather(waiting, asyncio.Task(looks()))

    alive: list[bool] = []
    record(tmp_path, main, run)
    assert alive == [False, False]


def test_arguments_and_results_are_named_without_asking_their_classes_anything(tmp_path: Path) -> None:
    async def use(thing: _Unfriendly) -> list[_Unfriendly]:
        return [thing]

    async def main() -> None:
        await asyncio.create_task(use(_Unfriendly()), name="user")

    task = task_named(record(tmp_path, main), "user")
    assert (task.arguments, task.result) == ("<_Unfriendly>", "[<_Unfriendly>]")


def test_flags_of_a_creation_are_those_of_the_task(tmp_path: Path) -> None:
    async def main() -> None:
        await asyncio.create_task(_later(), name="plain")

    trace = record(tmp_path, main)
    created = {raw.who: Flag(raw.flags) for raw in records_of(trace, RecordKind.TASK_CREATED)}
    assert created[task_named(trace, "plain").number] == Flag.NONE
