"""What a future stands for, where the frames of the await chain don't say.

Decides which suspensions are looked into, and what is read there: how many ``wait``, ``as_completed`` and the end of a
TaskGroup still wait for; what ``wait_for`` waits for where it has a future of its own (before 3.12); whether a bare
future is that of ``run_in_executor`` or the outer one of ``shield``, and of which task. A suspension is told by its
*site*: that of one of asyncio's own functions in ``_PROBES``, or of a function of the user's own that names ``shield``
or ``run_in_executor``. All other steps pay one look into a set.

What a coroutine holds is read from what the garbage collector would visit (see ``values``), never from ``f_locals``.

Awkward cases: a future that was made in one function and is awaited in another is a plain future, as far as this goes;
before 3.13 ``as_completed`` is a generator, found only where the awaiting function holds it, as a ``for`` loop does; a
subclass that keeps something else where asyncio keeps its tasks is not counted.
"""

from __future__ import annotations

import gc
from asyncio import futures, taskgroups, tasks
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, GeneratorType
from typing import Any

from loopviz.events import StepEnd
from loopviz.recording.chains import DEEPEST, link
from loopviz.recording.values import contents

#: End of the step, and its target: the number of the task within, or how many.
Found = tuple[int, int]
NumberOf = Callable[[Any], int]
#: Given what a coroutine holds, the coroutine that awaits it, and how tasks are numbered.
Probe = Callable[[list[Any], Any, NumberOf], Found]

_FUTURE: Found = (int(StepEnd.ON_FUTURE), 0)
#: Names by which a function of the user's own is known to make the futures that ``_by_callbacks`` knows.
_TELLING_NAMES = frozenset({"shield", "run_in_executor"})


def _so_many(waited_for: Any) -> Found:
    return int(StepEnd.ON_FUTURE), len(waited_for) if type(waited_for) in (set, list) else 0


def _of_wait(held: list[Any], _outer: Any, _number_of: NumberOf) -> Found:
    return _so_many(held[0])


def _of_wait_for(held: list[Any], _outer: Any, number_of: NumberOf) -> Found:
    number = number_of(held[0])
    return (int(StepEnd.ON_TASK), number) if number else _FUTURE


def _of_task_group(held: list[Any], _outer: Any, _number_of: NumberOf) -> Found:
    return _so_many(vars(held[0])["_tasks"])


def _of_as_completed(held: list[Any], _outer: Any, _number_of: NumberOf) -> Found:
    return _so_many(vars(held[0])["_todo"])


def _of_generator_as_completed(_held: list[Any], outer: Any, _number_of: NumberOf) -> Found:
    for seen in gc.get_referents(outer):
        if type(seen) is GeneratorType and seen.gi_code is tasks.as_completed.__code__:
            cells = [each.cell_contents for each in gc.get_referents(seen) if type(each) is CellType]
            return _so_many(next((content for content in cells if type(content) is set), None))
    return _FUTURE


def _inner_codes(function: Any, name: str) -> frozenset[CodeType]:
    return frozenset(
        each for each in function.__code__.co_consts if isinstance(each, CodeType) and each.co_name == name
    )


def _probes() -> Iterator[tuple[CodeType, Probe]]:
    yield tasks._wait.__code__, _of_wait  # type: ignore[attr-defined]
    if "waiter" in tasks.wait_for.__code__.co_varnames:
        yield tasks.wait_for.__code__, _of_wait_for
    for name in ("__aexit__", "_aexit"):
        if (method := vars(taskgroups.TaskGroup).get(name)) is not None:
            yield method.__code__, _of_task_group
    if (iterator := getattr(tasks, "_AsCompletedIterator", None)) is not None:
        yield iterator._wait_for_one.__code__, _of_as_completed
    for code in _inner_codes(tasks.as_completed, "_wait_for_one"):
        yield code, _of_generator_as_completed


#: By the identity of the code, which lives as long as asyncio.
_PROBES = {id(code): probe for code, probe in _probes()}
_MIRRORING = _inner_codes(futures._chain_future, "_call_check_cancel")  # type: ignore[attr-defined]
_SHIELDING = _inner_codes(tasks.shield, "_outer_done_callback")


def is_telling(code: CodeType, library: bool) -> bool:
    """Whether suspensions in a function of that code are worth a look."""
    return id(code) in _PROBES if library else not _TELLING_NAMES.isdisjoint(code.co_names)


def look(coroutine: Any, future: Any, number_of: NumberOf) -> Found:
    """What a task with that coroutine waits for, suspended on that future, at a site where ``is_telling`` said yes."""
    outer = None
    for _ in range(DEEPEST):
        frame, awaited = link(coroutine)
        probe = _PROBES.get(id(frame.f_code)) if frame is not None else None
        if frame is not None and probe is not None:
            held = contents(coroutine, frame.f_code)
            return probe(held, outer, number_of) if held else _FUTURE
        if awaited is None:
            break
        outer, coroutine = coroutine, awaited
    return _by_callbacks(future, number_of)


def _by_callbacks(future: Any, number_of: NumberOf) -> Found:
    for callback, _context in getattr(future, "_callbacks", None) or ():
        if type(callback) is FunctionType:
            if callback.__code__ in _MIRRORING:
                return int(StepEnd.ON_EXECUTOR), 0
            if callback.__code__ in _SHIELDING:
                return int(StepEnd.ON_SHIELD), number_of(_free_variable(callback, "inner"))
    return _FUTURE


def _free_variable(function: FunctionType, name: str) -> Any:
    return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents  # type: ignore[index]
