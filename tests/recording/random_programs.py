"""Random asyncio programs as plain data, one interpreter for them, and a loop on which they need no time.

Decides what a program may do: everything with which tasks meet (locks, queues, events, groups, timeouts, cancellation,
callbacks, exceptions), in any nesting. Every effect is noted in order, so two runs can be compared by what they noted.

Awkward cases: a program may wait for ever, so after ``HORIZON_S`` of the loop's time whatever is left is cancelled, in
order of creation; asyncio keeps the members of a TaskGroup in a set, whose order is that of addresses, so a program may
hold groups only where its tasks have a hash of their own (``own_tasks``).
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import strategies as st

HORIZON_S = 1000.0
Op = tuple[Any, ...]
Body = list[Op]


@dataclass(frozen=True)
class Program:
    """What ``main`` does, and by which kind of tasks. ``eager`` needs Python 3.12."""

    body: Body
    own_tasks: bool
    eager: bool
    debug: bool


def _with_bodies(bodies: st.SearchStrategy[Body], groups: bool) -> st.SearchStrategy[Body]:
    delays = st.sampled_from([0, 0.5, 1, 1, 2, 5])
    ops = [
        st.tuples(st.just("spawn"), bodies),
        st.tuples(st.just("lock"), st.integers(0, 1), bodies),
        st.tuples(st.just("timeout"), delays, bodies),
        st.tuples(st.just("wait_for"), delays, bodies),
        st.tuples(st.just("gather"), st.booleans(), st.lists(bodies, max_size=3)),
        st.tuples(st.just("shield"), bodies),
        st.tuples(st.just("catch"), bodies),
        st.tuples(st.just("finally"), bodies),
    ]
    if groups:
        ops += [
            st.tuples(st.just("group"), st.lists(bodies, max_size=3)),
            st.tuples(st.just("wait"), st.lists(bodies, max_size=3)),
        ]
    return st.lists(_leaves() | st.one_of(ops), max_size=4)


def _leaves() -> st.SearchStrategy[Op]:
    few = st.integers(0, 3)
    return st.one_of(
        st.tuples(st.just("yield")),
        st.tuples(st.just("sleep"), st.sampled_from([0, 0.25, 1, 1, 3])),
        st.tuples(st.just("await"), few),
        st.tuples(st.just("cancel"), few),
        st.tuples(st.just("uncancel")),
        st.tuples(st.just("put"), st.integers(0, 1), few),
        st.tuples(st.just("get"), st.integers(0, 1)),
        st.tuples(st.just("set"), st.integers(0, 1)),
        st.tuples(st.just("await event"), st.integers(0, 1)),
        st.tuples(st.just("raise"), st.sampled_from(["ValueError", "KeyError"])),
        st.tuples(st.just("call_soon"), few),
        st.tuples(st.just("call_later"), st.sampled_from([0, 1, 2]), few),
        st.tuples(st.just("cancel call"), few),
        st.tuples(st.just("generate"), few),
    )


def programs(eager: bool) -> st.SearchStrategy[Program]:
    """Programs; with eager tasks among them if asked for."""

    def of(groups: bool) -> st.SearchStrategy[Body]:
        return st.recursive(
            st.lists(_leaves(), max_size=3), lambda bodies: _with_bodies(bodies, groups), max_leaves=12
        )  # fmt: skip

    def program(own_tasks: bool) -> st.SearchStrategy[Program]:
        eagerness = st.booleans() if eager else st.just(False)
        return st.builds(Program, of(own_tasks), st.just(own_tasks), eagerness, st.sampled_from([False, False, True]))

    return st.booleans().flatmap(program)


class _OwnTask(asyncio.Task[Any]):
    """A task that finds the same place in a set in every run."""

    _serial = 0

    def __hash__(self) -> int:
        if not self._serial:
            self._serial = next(self.get_loop().serials)  # type: ignore[attr-defined]
        return self._serial


class PatientSelector(selectors.DefaultSelector):
    """Waits for nothing: the loop's time jumps instead."""

    loop: PatientLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.loop.now_s += timeout or 0
        return []


class PatientLoop(asyncio.SelectorEventLoop):
    """A loop of its own time."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.serials = count(1)
        selector = PatientSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now_s


@dataclass
class Run:
    """One run of a program: its effects in order, and everything that its tasks share."""

    effects: list[Any] = field(default_factory=list)
    tasks: list[asyncio.Task[Any] | None] = field(default_factory=list)
    handles: list[asyncio.Handle] = field(default_factory=list)

    def note(self, *effect: Any) -> None:
        self.effects.append((_own_name(), *effect))

    def spawn(self, body: Body, create: Callable[..., Any] = asyncio.create_task) -> asyncio.Task[Any]:
        place = len(self.tasks)
        name = f"t{place}"
        self.tasks.append(None)  # an eager one may spawn others at once
        coroutine = task_main(self, name, body)
        try:
            task: asyncio.Task[Any] = create(coroutine, name=name)
        except RuntimeError:  # a group that an eager member has aborted takes no more
            coroutine.close()
            raise
        self.tasks[place] = task
        return task

    @property
    def made(self) -> list[asyncio.Task[Any]]:
        """The tasks that there are; the others are being made, or could not be."""
        return [task for task in self.tasks if task is not None]

    def pick(self, number: int, later_than_own: bool = False) -> asyncio.Task[Any] | None:
        """One of the tasks; ``later_than_own`` those made after the current one, so that none awaits itself in a
        circle.
        """
        first = int(_own_name()[1:]) + 1 if later_than_own else 0
        return self.tasks[first + number % (len(self.tasks) - first)] if first < len(self.tasks) else None

    def report(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.effects.append(("handler", context["message"], repr(context.get("exception")), sorted(context)))


def perform(program: Program, watch: Callable[[], None] = lambda: None) -> list[Any]:
    """Run a program on a loop of its own; returns its effects, ended by its outcome."""
    run = Run()
    loop = PatientLoop()
    loop.set_debug(program.debug)
    loop.slow_callback_duration = 1e9
    loop.set_exception_handler(run.report)
    loop.set_task_factory(_factory(program))
    watch()
    try:
        run.effects.append(("end", repr(loop.run_until_complete(_main(run, program)))))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
    return run.effects


def _factory(program: Program) -> Any:
    def make(loop: Any, coro: Any, **keywords: Any) -> Any:
        return (_OwnTask if program.own_tasks else asyncio.Task)(coro, loop=loop, **keywords)

    if program.eager:
        return asyncio.create_eager_task_factory(_OwnTask if program.own_tasks else asyncio.Task)  # type: ignore[attr-defined]
    return make if program.own_tasks else None


def _own_name() -> str:
    task = asyncio.current_task()
    return task.get_name() if task is not None else "no task"


def _name_this(name: str) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)


async def _main(run: Run, program: Program) -> Any:
    _name_this("main")
    run.locks = [asyncio.Lock(), asyncio.Lock()]  # type: ignore[attr-defined]
    run.queues = [asyncio.Queue(1), asyncio.Queue()]  # type: ignore[attr-defined]
    run.events = [asyncio.Event(), asyncio.Event()]  # type: ignore[attr-defined]
    first = run.spawn(program.body)
    done, _ = await asyncio.wait([first], timeout=HORIZON_S)
    while left := [task for task in run.made if not task.done()]:  # one that refuses is asked again
        for task in left:
            run.note("left", task.get_name(), task.cancel("horizon"))
        await asyncio.sleep(10)
    return [_told(outcome) for outcome in await asyncio.gather(*run.made, return_exceptions=True)], len(done)


def _told(outcome: Any) -> Any:
    if isinstance(outcome, BaseExceptionGroup):
        return type(outcome).__name__, outcome.message, [_told(each) for each in outcome.exceptions]
    return (type(outcome).__name__, outcome.args) if isinstance(outcome, BaseException) else outcome


async def task_main(run: Run, name: str, body: Body) -> str:
    """The coroutine of every task of a program."""
    _name_this(name)  # an eager task has its name only after its first step
    run.note("begins")
    await _perform(run, body)
    return name


async def _perform(run: Run, body: Body) -> None:
    for op, *details in body:
        run.note(op)
        result = await _OPS[op](run, *details)
        run.note(op, "done", _told(result))


async def _yield(_run: Run) -> None:
    await asyncio.sleep(0)


async def _sleep(_run: Run, delay: float) -> float:
    return await asyncio.sleep(delay, delay)


async def _spawn(run: Run, body: Body) -> None:
    run.spawn(body)


async def _await(run: Run, number: int) -> Any:
    task = run.pick(number, later_than_own=True)
    return await task if task is not None else None


async def _cancel(run: Run, number: int) -> Any:
    task = run.pick(number)
    return task.cancel(f"cancelled {number}") if task is not None else None


async def _uncancel(_run: Run) -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.uncancel() if task.cancelling() else -1


async def _lock(run: Run, number: int, body: Body) -> None:
    async with run.locks[number]:  # type: ignore[attr-defined]
        await _perform(run, body)


async def _put(run: Run, number: int, value: int) -> None:
    await run.queues[number].put(value)  # type: ignore[attr-defined]


async def _get(run: Run, number: int) -> Any:
    return await run.queues[number].get()  # type: ignore[attr-defined]


async def _set(run: Run, number: int) -> None:
    run.events[number].set()  # type: ignore[attr-defined]


async def _await_event(run: Run, number: int) -> Any:
    return await run.events[number].wait()  # type: ignore[attr-defined]


async def _raise(_run: Run, kind: str) -> None:
    raise {"ValueError": ValueError, "KeyError": KeyError}[kind](kind)


async def _call_soon(run: Run, number: int) -> None:
    run.handles.append(asyncio.get_running_loop().call_soon(run.note, "called", number))


async def _call_later(run: Run, delay: float, number: int) -> None:
    run.handles.append(asyncio.get_running_loop().call_later(delay, run.note, "called later", number))


async def _cancel_call(run: Run, number: int) -> None:
    if run.handles:
        run.handles[number % len(run.handles)].cancel()


async def _generate(run: Run, last: int) -> list[int]:
    async def numbers() -> Any:
        try:
            for number in range(last):
                await asyncio.sleep(0)
                yield number
        finally:
            run.note("generator closed")

    return [number async for number in numbers()]


async def _timeout(run: Run, delay: float, body: Body) -> None:
    async with asyncio.timeout(delay):
        await _perform(run, body)


async def _wait_for(run: Run, delay: float, body: Body) -> Any:
    return await asyncio.wait_for(run.spawn(body), delay)


async def _gather(run: Run, return_exceptions: bool, bodies: list[Body]) -> Any:
    members = [run.spawn(body) for body in bodies]
    return [_told(each) for each in await asyncio.gather(*members, return_exceptions=return_exceptions)]


async def _shield(run: Run, body: Body) -> Any:
    return await asyncio.shield(run.spawn(body))


async def _group(run: Run, bodies: list[Body]) -> Any:
    async with asyncio.TaskGroup() as group:
        for body in bodies:
            run.spawn(body, group.create_task)
    return len(bodies)


async def _wait(run: Run, bodies: list[Body]) -> Any:
    if not bodies:
        return None
    done, pending = await asyncio.wait([run.spawn(body) for body in bodies], return_when=asyncio.FIRST_COMPLETED)
    return sorted(task.get_name() for task in done), len(pending)


async def _catch(run: Run, body: Body) -> Any:
    try:
        await _perform(run, body)
    except BaseException as error:
        if isinstance(error, GeneratorExit):
            raise
        return error


async def _finally(run: Run, body: Body) -> None:
    try:
        await asyncio.sleep(1)
    finally:
        await _perform(run, body)


_OPS: dict[str, Callable[..., Any]] = {
    "yield": _yield,
    "sleep": _sleep,
    "spawn": _spawn,
    "await": _await,
    "cancel": _cancel,
    "uncancel": _uncancel,
    "lock": _lock,
    "put": _put,
    "get": _get,
    "set": _set,
    "await event": _await_event,
    "raise": _raise,
    "call_soon": _call_soon,
    "call_later": _call_later,
    "cancel call": _cancel_call,
    "generate": _generate,
    "timeout": _timeout,
    "wait_for": _wait_for,
    "gather": _gather,
    "shield": _shield,
    "group": _group,
    "wait": _wait,
    "catch": _catch,
    "finally": _finally,
}
