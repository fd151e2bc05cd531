"""What a task waits for, in the user's words: recorded on this very Python, on plain loops and on uvloop.

Each program suspends for good; the words are those of the wait that it ends up in.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import socket
import sys
import threading
import types
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from loopviz.events import RecordKind
from loopviz.trace.waits import Wait, wait_of
from recording.inprocess import RUNNERS, Main, record, records_of, steps_of, task_named

Program = Callable[[], Coroutine[Any, Any, Any]]
BEFORE_3_12 = sys.version_info < (3, 12)

#: A program, and the words of its wait: before Python 3.12 and from it on, where they differ.
TABLE: list[tuple[Program, str]] = []


def words(since_3_12: str, before: str | None = None) -> Callable[[Program], Program]:
    """The decorated program is expected to wait in these words."""

    def add(program: Program) -> Program:
        TABLE.append((program, before if before is not None and BEFORE_3_12 else since_3_12))
        return program

    return add


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


def forever_task(name: str = "inner") -> asyncio.Task[None]:
    return asyncio.create_task(forever(), name=name)


async def stream() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection whose other end says nothing and reads nothing."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    KEPT.extend([theirs.close, writer.transport.abort])
    return reader, writer


#: What a program's wait needs, to be closed by these when the program has ended and not before.
KEPT: list[Callable[[], object]] = []


def deaf_address() -> tuple[str, int]:
    """An address where connections are neither accepted nor refused: the queue of its listener is full."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    address: tuple[str, int] = listener.getsockname()
    waiting = [socket.socket() for _ in range(4)]
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(address)
    KEPT.extend(each.close for each in (listener, *waiting))
    return address


@words("sleep(12.5)")
async def sleeps() -> None:
    await asyncio.sleep(12.5, result=1)


@words("sleep(0)")
async def sleeps_for_nothing() -> None:
    while True:
        await asyncio.sleep(0)


@words("yield")
async def yields() -> None:
    while True:
        await bare_yield()


@words("Lock.acquire")
async def acquires_a_lock() -> None:
    lock = asyncio.Lock()
    await lock.acquire()
    await lock.acquire()


@words("Lock.acquire")
async def enters_a_lock() -> None:
    lock = asyncio.Lock()
    async with lock, lock:
        pass


@words("Event.wait")
async def waits_for_an_event() -> None:
    await asyncio.Event().wait()


@words("Condition.wait")
async def waits_for_a_condition() -> None:
    condition = asyncio.Condition()
    async with condition:
        await condition.wait()


@words("Condition.wait_for")
async def waits_for_what_a_condition_guards() -> None:
    condition = asyncio.Condition()
    async with condition:
        await condition.wait_for(lambda: False)


@words("Lock.acquire")
async def enters_a_condition() -> None:
    condition = asyncio.Condition()
    async with condition, condition:
        pass


@words("Semaphore.acquire")
async def acquires_a_semaphore() -> None:
    await asyncio.Semaphore(0).acquire()


@words("Semaphore.acquire")
async def enters_a_bounded_semaphore() -> None:
    semaphore = asyncio.BoundedSemaphore(1)
    async with semaphore, semaphore:
        pass


@words("Barrier.wait")
async def waits_at_a_barrier() -> None:
    await asyncio.Barrier(2).wait()


@words("Barrier.wait")
async def enters_a_barrier() -> None:
    async with asyncio.Barrier(2):
        pass


@words("Queue.get")
async def gets_from_a_queue() -> None:
    await asyncio.Queue[int]().get()


@words("Queue.get")
async def gets_from_a_priority_queue() -> None:
    await asyncio.PriorityQueue[int]().get()


@words("Queue.put")
async def puts_into_a_full_queue() -> None:
    queue = asyncio.Queue[int](1)
    await queue.put(1)
    await queue.put(2)


@words("Queue.join")
async def joins_a_queue() -> None:
    queue = asyncio.Queue[int]()
    queue.put_nowait(1)
    await queue.join()


@words("gather of 3")
async def gathers() -> None:
    await asyncio.gather(forever(), forever(), forever())


@words("wait of 3")
async def waits_for_all() -> None:
    await asyncio.wait([forever_task(), forever_task(), forever_task()])


@words("wait of 2")
async def waits_for_the_first() -> None:
    await asyncio.wait({forever_task(), forever_task()}, timeout=9, return_when=asyncio.FIRST_COMPLETED)


@words("as_completed of 2")
async def takes_as_they_complete() -> None:
    for completed in asyncio.as_completed([forever(), asyncio.sleep(0.001), forever()]):
        await completed


@words("wait_for(task inner)")
async def waits_for_a_task_for_a_time() -> None:
    await asyncio.wait_for(forever_task(), 9)


@words("wait_for(Future)")
async def waits_for_a_future_for_a_time() -> None:
    await asyncio.wait_for(asyncio.get_running_loop().create_future(), 9)


@words("wait_for(Queue.get)", before="wait_for(task implicit)")
async def waits_for_a_queue_for_a_time() -> None:
    await asyncio.wait_for(asyncio.Queue[int]().get(), 9)


@words("Event.wait", before="wait_for(task implicit)")
async def waits_for_its_own_coroutine_for_a_time() -> None:
    await asyncio.wait_for(waits_for_an_event(), 9)


@words("Queue.get")
async def gets_within_a_timeout() -> None:
    async with asyncio.timeout(9):
        await asyncio.Queue[int]().get()


@words("shield(task inner)")
async def shields_a_task() -> None:
    await asyncio.shield(forever_task())


@words("Future")
async def awaits_what_another_function_shielded() -> None:
    outer = shielded(forever_task())
    await outer


def shielded(task: asyncio.Task[None]) -> asyncio.Future[None]:
    return asyncio.shield(task)


@words("TaskGroup exit of 2")
async def leaves_a_task_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(forever())
        group.create_task(forever())


@words("task fun_b")
async def awaits_a_task() -> None:
    await forever_task("fun_b")


@words("Future")
async def awaits_a_future() -> None:
    await asyncio.get_running_loop().create_future()


@words("Future")
async def awaits_a_future_of_a_class_of_its_own() -> None:
    class Mine(asyncio.Future[None]):
        pass

    await Mine()


@words("executor")
async def runs_in_an_executor() -> None:
    done = threading.Event()
    try:
        await asyncio.get_running_loop().run_in_executor(None, done.wait)
    finally:
        done.set()


@words("to_thread")
async def runs_in_a_thread() -> None:
    done = threading.Event()
    try:
        await asyncio.to_thread(done.wait)
    finally:
        done.set()


@words("Future")
async def awaits_a_concurrent_future() -> None:
    await asyncio.wrap_future(concurrent.futures.Future[None]())


@words("Process.wait")
async def waits_for_a_process() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    try:
        await process.wait()
    finally:
        process.kill()
        await process.wait()


@words("Process.communicate")
async def communicates_with_a_process() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(9)", stdout=-1)
    try:
        await process.communicate()
    finally:
        process.kill()
        await process.wait()


@words("StreamReader.read")
async def reads() -> None:
    reader, _writer = await stream()
    await reader.read(100)


@words("StreamReader.readline")
async def reads_a_line() -> None:
    reader, _writer = await stream()
    await reader.readline()


@words("StreamReader.readline")
async def reads_line_by_line() -> None:
    reader, _writer = await stream()
    async for _line in reader:
        pass


@words("StreamReader.readuntil")
async def reads_until() -> None:
    reader, _writer = await stream()
    await reader.readuntil(b".")


@words("StreamReader.readexactly")
async def reads_exactly() -> None:
    reader, _writer = await stream()
    await reader.readexactly(3)


@words("StreamWriter.drain")
async def drains() -> None:
    _reader, writer = await stream()
    writer.write(bytes(8_000_000))
    await writer.drain()


@words("connect")
async def connects() -> None:
    await asyncio.open_connection(*deaf_address())


@words("connect")
async def creates_a_connection() -> None:
    await asyncio.get_running_loop().create_connection(asyncio.Protocol, *deaf_address())


@words("connect")
async def connects_a_socket() -> None:
    with socket.socket() as unconnected:
        unconnected.setblocking(False)
        await asyncio.get_running_loop().sock_connect(unconnected, deaf_address())


@words("accept")
async def accepts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        await asyncio.get_running_loop().sock_accept(listener)


@words("sock_recv")
async def receives_from_a_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        await asyncio.get_running_loop().sock_recv(ours, 1)


@words("serve_forever")
async def serves() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, sock=socket.create_server(("127.0.0.1", 0)))
    await server.serve_forever()


@words("sleep(5)")
async def awaits_an_awaitable_of_its_own() -> None:
    class Awaitable:
        def __await__(self) -> Generator[Any, None, None]:
            return (yield from asyncio.sleep(5).__await__())

    await Awaitable()


@types.coroutine
def generator_based() -> Generator[Any, None, None]:
    yield from asyncio.sleep(4).__await__()


@types.coroutine
def bare_yield() -> Generator[Any, None, None]:
    yield


@words("sleep(4)")
async def awaits_a_generator_based_coroutine() -> None:
    await generator_based()


async def numbers() -> AsyncIterator[int]:
    await asyncio.sleep(7)
    yield 1


@words("sleep(7)")
async def iterates_over_an_async_generator() -> None:
    async for _number in numbers():
        pass


@words("sleep(7)")
async def takes_the_next_of_an_async_generator() -> None:
    await anext(numbers(), None)


@words("Event.wait")
async def enters_a_context_manager() -> None:
    @asynccontextmanager
    async def manager() -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    async with manager():
        pass


@words("Event.wait")
async def leaves_an_exit_stack() -> None:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(waits_for_an_event)


@words("ClientSession.request")
async def requests_by_aiohttp() -> None:
    aiohttp = pytest.importorskip("aiohttp")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/")


@words("ClientSession.request")
async def enters_a_request_by_aiohttp() -> None:
    aiohttp = pytest.importorskip("aiohttp")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/"),
        ):
            pass


@words("sleep(5)")
async def sleeps_by_anyio() -> None:
    await pytest.importorskip("anyio").sleep(5)


@words("TaskGroup exit")
async def leaves_a_task_group_of_anyio() -> None:
    async with pytest.importorskip("anyio").create_task_group() as group:
        group.start_soon(forever)


@words("MemoryObjectReceiveStream.receive")
async def receives_by_anyio() -> None:
    sending, receiving = pytest.importorskip("anyio").create_memory_object_stream()
    with sending, receiving:
        await receiving.receive()


async def a_while() -> None:
    """Some time, and enough turns of the loop even where the machine stood still for that time."""
    for _ in range(10):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


def last_wait(tmp_path: Path, program: Program, run: Callable[[Main], Any]) -> Wait:
    """The wait that a program ends up in, before it is cancelled."""

    async def main() -> None:
        waiting = asyncio.create_task(program(), name="waiting")
        for _ in range(3):
            future = None
            while waiting._fut_waiter is not future or future is None:  # type: ignore[attr-defined]
                future = waiting._fut_waiter  # type: ignore[attr-defined]
                await a_while()
                if waiting.done() or program in (sleeps_for_nothing, yields):
                    break
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task() and task.get_name().startswith("Task-"):
                task.set_name("implicit")
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        while KEPT:
            KEPT.pop()()
        await asyncio.sleep(0.01)

    trace = record(tmp_path, main, run)
    waiting = task_named(trace, "waiting")
    request_ns = next(
        raw.start_ns for raw in records_of(trace, RecordKind.CANCEL_REQUESTED) if raw.who == waiting.number
    )
    before = [step for step in steps_of(trace, "waiting") if step.end_ns <= trace.records.since_start(request_ns)]
    wait = wait_of(trace, before[-1])
    assert wait is not None
    assert wait.user is not None
    return wait


@pytest.mark.parametrize("run", [RUNNERS["plain"], RUNNERS["uvloop"]], ids=["plain", "uvloop"])
@pytest.mark.parametrize(("program", "expected"), TABLE, ids=[program.__name__ for program, _words in TABLE])
def test_a_wait_is_told_in_the_users_words(
    tmp_path: Path, program: Program, expected: str, run: Callable[[Main], Any]
) -> None:
    assert last_wait(tmp_path, program, run).words == expected


@pytest.mark.skipif(sys.version_info < (3, 13), reason="as_completed can be iterated over asynchronously from 3.13 on")
def test_as_completed_iterated_asynchronously_counts_too(tmp_path: Path) -> None:
    async def program() -> None:
        completed: Any = asyncio.as_completed([forever(), forever()])
        async for _completed in completed:
            pass

    assert last_wait(tmp_path, program, RUNNERS["plain"]).words == "as_completed of 2"


def test_the_users_own_line_is_told_beside_the_innermost(tmp_path: Path) -> None:
    wait = last_wait(tmp_path, reads_a_line, RUNNERS["plain"])
    assert wait.user is not None
    assert wait.innermost is not None
    assert (wait.user.name, wait.user.line) == ("reads_a_line", reads_a_line.__code__.co_firstlineno + 3)
    assert wait.innermost.name == "StreamReader._wait_for_data"


def test_no_locals_of_the_program_are_asked_for(tmp_path: Path) -> None:
    """Before 3.13 asking leaves a dict of strong references in the frame, which keeps what the program has dropped."""
    dropped: list[bool] = []

    class Resource:
        def __del__(self) -> None:
            dropped.append(True)

    async def program() -> None:
        resource = Resource()
        await asyncio.wait([forever_task()], timeout=0.001)
        del resource
        assert dropped
        await asyncio.wait([forever_task()])

    assert last_wait(tmp_path, program, RUNNERS["plain"]).words == "wait of 1"


def test_the_standard_librarys_private_names_are_still_the_ones_that_are_looked_into() -> None:
    probes = importlib.import_module("loopviz.recording.probes")
    assert len(probes._PROBES) >= 3
    assert probes._MIRRORING
    assert probes._SHIELDING
