"""Tasks: their numbers, how they came to be, and how a step of theirs ended.

Decides what is read off a task, always without changing it: ``exception()`` would mark an exception as retrieved, so
the slots behind the methods are read. A task is known by a counter; the table from its identity to that counter is
emptied by a weak reference, so nothing here keeps a task alive and a reused address is never mistaken.

Awkward cases: a task that was made without ``create_task`` or before the recording began is adopted when first seen; an
eager task may be over before its creator has it, its coroutine gone; a task-like object of a program's own factory may
lack any of the slots; a task may be renamed at any time, which is noticed soon after its creation (when its loop next
does nothing), at its end, and at the recording's.
"""

from __future__ import annotations

import asyncio
import weakref
from itertools import count
from types import AsyncGeneratorType, CoroutineType
from typing import Any

from loopviz.events import Flag, RecordKind, StepEnd, WakeKind
from loopviz.recording.buffers import RecordBuffer
from loopviz.recording.callers import creation_site
from loopviz.recording.chains import link
from loopviz.recording.definitions import Definitions, Site
from loopviz.recording.values import short_arguments, short_exception, short_repr, type_name

_MOST_GONE = 4096


_ALIVE_BEFORE = int(Flag.ALIVE_BEFORE)


class _TaskRef(weakref.ref[Any]):
    """Remembers under which identity its task was known."""

    __slots__ = ("identity",)
    identity: int


class TaskTable:
    """Which task has which number."""

    def __init__(self, definitions: Definitions) -> None:
        #: By a task's identity its number, and the sites of its coroutine's own frame by the offset of the instruction
        #: (None where its coroutine is none of Python's). Read by the hot path.
        self.known: dict[int, tuple[int, dict[int, Site] | None]] = {}
        #: Of each living task the calls of its own code that are open, outermost first; see ``steps``.
        self.open_calls: dict[int, list[tuple[weakref.ref[Any], int]]] = {}
        #: Of each living task the async generators it has awaited: they leave its await chain and come back.
        self.generators: dict[int, list[tuple[weakref.ref[Any], int]]] = {}
        #: Tasks that were collected lately, by identity: a destructor's complaint comes when they are forgotten.
        self.gone: dict[int, int] = {}
        self._refs: dict[int, _TaskRef] = {}
        self._names: dict[int, str] = {}
        self._counter = count(1)
        self._definitions = definitions

    def reserve(self) -> int:
        """The number of a task that is about to be made."""
        return next(self._counter)

    def know(self, task: Any, coroutine: Any, number: int) -> None:
        """From now on ``task``, which runs ``coroutine``, is ``number``."""
        identity = id(task)
        sites = self._definitions.sites_of(coroutine.cr_code) if type(coroutine) is CoroutineType else None
        ref = _TaskRef(task, self._forget)
        ref.identity = identity
        self.known[identity] = (number, sites)
        self._refs[identity] = ref
        self.gone.pop(identity, None)

    def forget(self, task: Any) -> None:
        """Know a task no more, until it is seen again."""
        identity = id(task)
        self._refs.pop(identity, None)
        number, _sites = self.known.pop(identity, (0, None))
        self._names.pop(number, None)

    def _forget(self, ref: _TaskRef) -> None:
        identity = ref.identity
        if self._refs.get(identity) is ref:
            del self._refs[identity]
            number = self.gone[identity] = self.known.pop(identity)[0]
            if len(self.gone) > _MOST_GONE:
                del self.gone[next(iter(self.gone))]
            self.open_calls.pop(number, None)
            self.generators.pop(number, None)
            self._names.pop(number, None)

    def alive(self) -> set[int]:
        """The numbers of the tasks that exist."""
        return {number for number, _sites in list(self.known.values())}

    def number_of(self, task: object) -> int:
        """The number of a living task; 0 for anything else."""
        known = self.known.get(id(task))
        return known[0] if known is not None else 0

    def number_of_dying(self, task: object) -> int:
        """The number of a task whose destructor may be running; 0 for anything else."""
        return self.number_of(task) or (self.gone.get(id(task), 0) if issubclass(type(task), asyncio.Task) else 0)

    def generator_call(self, number: int, generator: Any) -> int:
        """The call that an async generator is known as in a task; 0 where it is none or was not seen before."""
        if type(generator) is not AsyncGeneratorType or number not in self.generators:
            return 0
        alive = self.generators[number] = [known for known in self.generators[number] if known[0]() is not None]
        return next((call for ref, call in alive if ref() is generator), 0)

    def record_birth(
        self,
        buffer: RecordBuffer,
        task: Any,
        coroutine: Any,
        number: int,
        born_ns: int,
        by: tuple[int, int],
        flags: int = 0,
    ) -> None:
        """Write down that ``task`` was created to run ``coroutine``, when and by what."""
        code, arguments = self._describe(coroutine)
        name = self._names[number] = _name_of(task)
        site = 0 if flags & _ALIVE_BEFORE else creation_site(self._definitions)
        default = _default_number(name)
        buffer.emit(
            RecordKind.TASK_CREATED,
            number,
            0 if default is not None else self._text_of_name(name),
            by=by,
            flags=flags,
            site=site,
            count=default or 0,
            call=code,
            ready_ns=self._definitions.passing(arguments),
            start_ns=born_ns,
        )
        if name.startswith("Task-") or name == "None":  # its own name may come yet; "None" is a slip of 3.13.0's
            buffer.newborn.append((self._refs[id(task)], number))

    def _text_of_name(self, name: str) -> int:
        """The number of a name's text, also of an empty one, for which ``passing`` has none."""
        return self._definitions.passing(name) or self._definitions.name(name)

    def _describe(self, coroutine: Any) -> tuple[int, str]:
        """The number of a coroutine's code, and its arguments."""
        code = _code_of(coroutine)
        if code is None:
            return self._definitions.code_named(type_name(type(coroutine))), ""
        return self._definitions.code(code)[0], short_arguments(coroutine, code)

    def adopt(self, buffer: RecordBuffer, task: Any, ready_ns: int, by: tuple[int, int]) -> int:
        """Number a task whose creation was not seen: made by ``Task(...)`` just now, or alive before the recording."""
        number = self.reserve()
        coroutine = _coroutine_of(task)
        self.know(task, coroutine, number)
        fresh = has_started(task) is False
        self.record_birth(buffer, task, coroutine, number, ready_ns, by, 0 if fresh else _ALIVE_BEFORE)
        return number

    def finished(self, buffer: RecordBuffer, task: Any, number: int, at_ns: int) -> None:
        """Forget a finished task's calls; write down a name that was set after its creation."""
        self.open_calls.pop(number, None)
        self.generators.pop(number, None)
        self.renew_name(buffer, task, number, at_ns)

    def renew_names(self, buffer: RecordBuffer, everybody: bool = False) -> None:
        """Write down names that were set since: of the tasks created lately, or of all that live on the buffer's
        loop.
        """
        newborn, buffer.newborn = buffer.newborn, []
        refs = self._living() if everybody else newborn
        at_ns = buffer.now_ns()
        for ref, number in refs:
            task = ref()
            if task is not None and getattr(task.get_loop(), "_loopviz", None) is buffer:
                self.renew_name(buffer, task, number, at_ns)

    def _living(self) -> list[tuple[weakref.ref[Any], int]]:
        """All tasks with their numbers. The collector may run meanwhile and have any of them forgotten."""
        refs = list(self._refs.values())
        return [(ref, known[0]) for ref in refs if (known := self.known.get(ref.identity)) is not None]

    def renew_name(self, buffer: RecordBuffer, task: Any, number: int, at_ns: int, flags: int = 0) -> None:
        """Write down a task's name, if it is another by now."""
        name = _name_of(task)
        if name != self._names.get(number, name):
            self._names[number] = name
            buffer.emit(RecordKind.TASK_RENAMED, number, self._text_of_name(name), flags=flags, start_ns=at_ns)


def has_started(task: Any) -> bool | None:
    """Whether a task's coroutine has run at all; None where that can't be told."""
    if task.done():
        return True
    coroutine = _coroutine_of(task)
    if type(coroutine) is not CoroutineType:
        return None
    return coroutine.cr_frame is None or coroutine.cr_suspended or coroutine.cr_running


def _coroutine_of(task: Any) -> Any:
    """A living task's coroutine. Of a finished eager task it is gone, and asking for it crashes Python 3.12.1."""
    get_coro = getattr(task, "get_coro", None)
    return get_coro() if get_coro is not None else None


def _code_of(coroutine: Any) -> Any:
    for slot in ("cr_code", "gi_code", "ag_code"):
        code = getattr(coroutine, slot, None)
        if code is not None:
            return code
    frame, inside = link(coroutine)
    # The loop closes a dropped async generator by a task of ``aclose()``, which is a wrapper around it.
    return frame.f_code if frame is not None else getattr(inside, "ag_code", None)


def _default_number(name: str) -> int | None:
    """The n of the name "Task-n" that asyncio gives; None for any other."""
    digits = name[5:] if name.startswith("Task-") and len(name) < 15 else ""
    return int(digits) if digits.isdecimal() and str(int(digits)) == digits else None


def _name_of(task: Any) -> str:
    get_name = getattr(task, "get_name", None)
    name = get_name() if get_name is not None else ""
    return name if type(name) is str else type_name(type(task))


def end_of(task: Any, definitions: Definitions) -> tuple[StepEnd, int]:
    """How a finished task ended, and the text of its result or exception."""
    if task.cancelled():
        return StepEnd.CANCELLED, 0
    error = getattr(task, "_exception", None)
    if error is not None:
        return StepEnd.RAISED, definitions.passing(short_exception(error))
    result = getattr(task, "_result", None)
    return StepEnd.RETURNED, 0 if result is None else definitions.passing(short_repr(result))


OUTSIDE = (int(WakeKind.OUTSIDE), 0)
