"""``--children``: processes that the program starts are recorded, each to a file of its own."""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loopviz.events import RecordKind
from loopviz.trace.trace import Trace
from recording.inprocess import records_of, whole
from recording.launching import Launcher

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

METHODS = multiprocessing.get_all_start_methods()

BEGINNING = """
import asyncio, concurrent.futures, multiprocessing, os, sys

async def work(number):
    await asyncio.sleep(0.001)
    return number

def with_a_loop(number):
    print(asyncio.run(work(number)), flush=True)
    return number

def without_a_loop():
    print("no loop", flush=True)

def fails():
    asyncio.run(work(1))
    raise SystemExit(3)

def with_a_child(method):
    asyncio.run(work(1))
    run(method, with_a_loop, 2)

def imports():
    known = set(sys.modules)
    asyncio.run(work(1))
    print([name for name in sys.modules.keys() - known if name.startswith("loopviz")], flush=True)

def spoils_the_recorder():
    if "loopviz" in sys.modules:
        def fails(*_, **__):
            raise ValueError("spoilt")
        sys.modules["loopviz.recording.session"].Recorder = fails
    print(asyncio.run(work(1)), flush=True)

def run(method, target, *args):
    process = multiprocessing.get_context(method).Process(target=target, args=args)
    process.start()
    process.join()
    print(process.exitcode, flush=True)

if __name__ == "__main__":
"""


@pytest.fixture
def following(launcher: Launcher) -> Launcher:
    return replace(launcher, options=("--children",))


def program(launcher: Launcher, *lines: str) -> Path:
    return launcher.write(BEGINNING + "".join(f"    {line}\n" for line in lines))


def children_of(path: Path) -> list[Trace]:
    """The traces of the children's files, which have to be whole."""
    return [whole(each) for each in path.parent.glob(f"{path.stem}.*{path.suffix}") if each != path]


def coroutines(trace: Trace) -> list[tuple[str, str]]:
    return [(task.coroutine, task.arguments) for task in trace.tasks.values() if "." not in task.coroutine]


def test_a_parent_without_a_loop_tells_where_its_childrens_traces_are(following: Launcher) -> None:
    path = program(following, f"run({METHODS[0]!r}, with_a_loop, 7)")
    recorded = following.recorded(path)
    named = recorded.path.with_name(f"{recorded.path.stem}.PID{recorded.path.suffix}")
    told = "loopviz: this program ran no asyncio event loop: its trace has no tasks; children that ran one have"
    assert recorded.outcome.stderr == f"{told} {named}\n"
    assert len(children_of(recorded.path)) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_child_of_multiprocessing_has_a_file_of_its_own(following: Launcher, method: str) -> None:
    path = program(following, f"run({method!r}, with_a_loop, 7)", "asyncio.run(work(8))")
    recorded = following.recorded(path)
    assert recorded.outcome == following.plain(path)
    assert coroutines(recorded.trace) == [("work", "8")]
    (child,) = children_of(recorded.path)
    assert coroutines(child) == [("work", "7")]
    said_last = [child.definitions.texts[raw.target] for raw in records_of(child, RecordKind.OUTPUT)]
    assert said_last == ["7\n"]  # as it is about to end, when its loop is over
    assert str(child.header["title"]).startswith("program.py, process ")
    assert child.header["pid"] != recorded.trace.header["pid"]


@pytest.mark.parametrize("method", METHODS)
def test_a_child_without_a_loop_writes_no_file(following: Launcher, method: str) -> None:
    path = program(following, f"run({method!r}, without_a_loop)", "asyncio.run(work(1))")
    recorded = following.recorded(path)
    assert recorded.outcome == following.plain(path)
    assert children_of(recorded.path) == []


@pytest.mark.parametrize("method", METHODS)
def test_a_childs_child_is_followed_too(following: Launcher, method: str) -> None:
    recorded = following.recorded(
        program(following, f"run({method!r}, with_a_child, {method!r})", "asyncio.run(work(3))")
    )
    assert sorted(map(coroutines, children_of(recorded.path))) == [[("work", "1")], [("work", "2")]]


@pytest.mark.parametrize("method", METHODS)
def test_a_childs_exit_status_is_its_own(following: Launcher, method: str) -> None:
    path = program(following, f"run({method!r}, fails)", "asyncio.run(work(1))")
    recorded = following.recorded(path)
    assert recorded.outcome == following.plain(path)
    assert recorded.stdout == "3\n"
    assert len(children_of(recorded.path)) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("option", [("--max-size", "1048576"), ("--clock", "virtual")], ids=" ".join)
def test_a_child_imports_nothing_of_the_recorders_when_its_program_runs(
    launcher: Launcher, method: str, option: tuple[str, str]
) -> None:
    """Or it would find what the program has of the same name."""
    path = program(launcher, f"run({method!r}, imports)", "asyncio.run(work(1))")
    recorded = replace(launcher, options=("--children", *option)).recorded(path)
    assert recorded.outcome == launcher.plain(path)
    assert len(children_of(recorded.path)) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_child_that_can_not_be_recorded_says_so_and_goes_on(launcher: Launcher, method: str) -> None:
    path = program(launcher, f"run({method!r}, spoils_the_recorder)", "asyncio.run(work(1))")
    recorded = replace(launcher, options=("--children",)).recorded(path)
    assert recorded.stdout == launcher.plain(path).stdout == "1\n0\n"
    why = "a fault of its own (ValueError('spoilt'))"
    assert recorded.stderr == f"loopviz: this process is not recorded: {why}; the program goes on\n"
    assert children_of(recorded.path) == []


def test_the_workers_of_a_pool_are_followed(following: Launcher) -> None:
    path = program(
        following,
        "with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool:",
        "    print(sum(pool.map(with_a_loop, range(4))))",
        "asyncio.run(work(9))",
    )
    recorded = following.recorded(path)
    assert recorded.status == 0
    done = sorted(each for child in children_of(recorded.path) for each in coroutines(child))
    assert done == [("work", str(number)) for number in range(4)]


def test_a_forked_child_that_ends_as_a_program_does_has_a_whole_file(following: Launcher) -> None:
    path = program(
        following,
        "if (child := os.fork()) == 0:",
        "    with_a_loop(1)",
        "    sys.exit(5)",
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
        "asyncio.run(work(2))",
    )
    recorded = following.recorded(path)
    assert recorded.outcome == following.plain(path)
    (child,) = children_of(recorded.path)
    assert coroutines(child) == [("work", "1")]


def test_a_child_that_is_forked_inside_a_task_leaves_its_parents_file_alone(following: Launcher) -> None:
    path = program(
        following,
        "async def forks():",
        "    await asyncio.sleep(0)",
        "    if (child := os.fork()) == 0:",
        "        os._exit(4)",
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
        "    await asyncio.sleep(0.001)",
        "asyncio.run(forks())",
    )
    recorded = following.recorded(path)
    assert recorded.outcome == following.plain(path)
    assert children_of(recorded.path) == []
    (task,) = (task for task in recorded.trace.tasks.values() if task.coroutine == "forks")
    assert task.step_count == 3


def test_without_the_option_no_child_is_followed(launcher: Launcher) -> None:
    path = program(launcher, *(f"run({method!r}, with_a_loop, 7)" for method in METHODS), "asyncio.run(work(8))")
    recorded = launcher.recorded(path)
    assert recorded.outcome == launcher.plain(path)
    assert children_of(recorded.path) == []


def test_a_childs_file_that_can_not_be_written_is_told_in_the_child_which_goes_on(following: Launcher) -> None:
    folder = following.folder / "gone"
    folder.mkdir()
    path = program(following, "import shutil; shutil.rmtree('gone')", "run('fork', with_a_loop, 7)")
    recorded = following.recorded(path, out="gone/out.loopviz")
    assert recorded.stdout == "7\n0\n"
    told = [line for line in recorded.stderr.splitlines() if "can't write" in line]
    assert len(told) == 1


def test_a_child_of_uvloop_is_followed(following: Launcher) -> None:
    pytest.importorskip("uvloop")
    path = program(
        following,
        "import uvloop",
        "def child():",
        "    uvloop.run(work(7))",
        "run('fork', child)",
    )
    (child,) = children_of(following.recorded(path).path)
    assert child.definitions.loops[1].kind == "uvloop"
    assert ("work", "7") in coroutines(child) or any("wrapper" in task.coroutine for task in child.tasks.values())
