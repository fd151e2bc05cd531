"""Tasks: their numbers, and how they came to be.

Decides who is known. A task is known by a counter, from its creation to its end; or until it is gone, where there may
be a complaint of its exception, or it was over before its creator could name it. The table from its identity to that
counter is emptied by a weak reference, too, so nothing here keeps a task alive and a reused address is never mistaken.

Awkward cases: a task that was made without ``create_task`` or before the recording began is adopted when first seen; a
task may be renamed at any time before its end, which is noticed soon after its creation (when its loop next does
nothing), at its end, and at the recording's.
"""

from __future__ import annotations

import asyncio
import weakref
from itertools import count
from types import AsyncGeneratorType, CoroutineType
from typing import Any

from loopviz.events import Flag, RecordKind, WakeKind
from loopviz.recording.buffers import ASKED_EVERY, RecordBuffer
from loopviz.recording.callers import creation_site
from loopviz.recording.definitions import Definitions
from loopviz.recording.inspection import code_of, coroutine_of, has_started, name_of_task
from loopviz.recording.packing import pack_record
from loopviz.recording.sites import Code
from loopviz.recording.values import short_arguments, type_name

_MOST_GONE = 4096
_ALIVE_BEFORE = int(Flag.ALIVE_BEFORE)
#: Our own: ``create_task``, ``make_task``, ``TaskTable.created``.
_FRAMES_OF_CREATION = 3
_CREATED = int(RecordKind.TASK_CREATED)


#: A coroutine or async generator, and the call that it is known as.
Call = tuple[weakref.ref[Any], int]


class KnownTask(weakref.ref[Any]):
    """A task that has a number, held weakly, and what is remembered of it while it lives.

    ``code`` is that of the coroutine it runs, None where that is none of Python's. ``calls`` are the calls of its own
    code that are open, outermost first; see ``steps``. ``generators`` are the async generators it has awaited: they
    leave its await chain and come back.
    """

    __slots__ = ("calls", "code", "generators", "identity", "name", "number")
    calls: list[Call] | None
    code: Code | None
    generators: list[Call] | None
    identity: int
    name: str
    number: int

    def call_of(self, generator: Any) -> int:
        """The call that an async generator is known as in this task; 0 where it is none or was not seen before."""
        if type(generator) is not AsyncGeneratorType or not self.generators:
            return 0
        self.generators = [known for known in self.generators if known[0]() is not None]
        return next((call for ref, call in self.generators if ref() is generator), 0)


def unknown_task(task: Any) -> KnownTask:
    """A task without a number."""
    unknown = KnownTask(task)
    unknown.number = unknown.identity = 0
    unknown.code = unknown.calls = unknown.generators = None
    unknown.name = ""
    return unknown


class TaskTable:
    """Which task has which number."""

    def __init__(self, definitions: Definitions) -> None:
        #: By a task's identity. Read by the hot path.
        self.known: dict[int, KnownTask] = {}
        #: Tasks that ended or were collected lately, by identity: one that ended may still be waited for, and a
        #: destructor's complaint comes when its task is forgotten. When there are many, the ones before are dropped.
        self.gone: dict[int, int] = {}
        self._gone_before: dict[int, int] = {}
        self._forget_task = self.forget  # a bound method is made once
        #: The number of a task that is about to be made.
        self.reserve = count(1).__next__
        self._next_default = 1
        self._definitions = definitions
        self._codes = definitions.codes

    def know(self, task: Any, coroutine: Any, number: int) -> KnownTask:
        """From now on ``task``, which runs ``coroutine``, is ``number``."""
        known = KnownTask(task, self._forget_task)
        if type(coroutine) is CoroutineType:
            code = coroutine.cr_code
            known.code = self._codes.get(id(code)) or self._definitions.code(code)
        else:
            known.code = None
        known.number = number
        known.calls = known.generators = None
        known.name = name_of_task(task)
        known.identity = identity = id(task)
        self.known[identity] = known
        return known

    def created(
        self,
        buffer: RecordBuffer,
        task: Any,
        coroutine: Any,
        number: int,
        born_ns: int,
        waker_kind: int,
        waker: int,
        flags: int = 0,
    ) -> KnownTask:
        """``create_task`` made a task."""
        known = self.know(task, coroutine, number)
        try:
            site = creation_site(self._definitions, _FRAMES_OF_CREATION)
            self.record_birth(buffer, known, coroutine, born_ns, waker_kind, waker, flags, site)
        except RecursionError:
            del self.known[known.identity]  # it is adopted when it runs
            raise
        return known

    def note_wrapping(self, known: KnownTask, task: Any, coroutine: Any) -> None:
        """A task is called by the ``coroutine`` that it was made of, but suspends where that does which it runs."""
        inside = coroutine if task.done() else coroutine_of(task)
        if inside is not coroutine:
            known.code = self._definitions.code(inside.cr_code) if type(inside) is CoroutineType else None

    def forget(self, known: KnownTask) -> None:
        """A task has ended, or is gone."""
        identity = known.identity
        if self.known.get(identity) is known:
            del self.known[identity]
            self.gone[identity] = known.number
            if len(self.gone) > _MOST_GONE:
                self.gone, self._gone_before = {}, self.gone

    def alive(self) -> set[int]:
        """The numbers of the tasks that exist."""
        return {known.number for known in list(self.known.values())}

    def open_calls(self) -> set[int]:
        """The numbers of the calls that these are in, or may come back to."""
        calls = (list(each or ()) for known in list(self.known.values()) for each in (known.calls, known.generators))
        return {number for each in calls for _, number in each}

    def number_of(self, task: object) -> int:
        """The number of a living task; 0 for anything else."""
        known = self.known.get(id(task))
        return known.number if known is not None else 0

    def number_of_ended(self, task: Any) -> int:
        """The number of a living task, or of one that ended lately; 0 for anything else."""
        has_ended = issubclass(type(task), asyncio.Task) and asyncio.Task.done(task)
        return self.number_of_dying(task) if has_ended else self.number_of(task)

    def number_of_dying(self, task: object) -> int:
        """The same, also where the task's destructor may be running."""
        number = self.number_of(task)
        if number or not issubclass(type(task), asyncio.Task):
            return number
        return self.gone.get(id(task)) or self._gone_before.get(id(task), 0)

    def record_birth(
        self,
        buffer: RecordBuffer,
        known: KnownTask,
        coroutine: Any,
        born_ns: int,
        waker_kind: int,
        waker: int,
        flags: int = 0,
        site: int = 0,
    ) -> None:
        """Write down that a task was created to run ``coroutine``, when, by what and where."""
        name, code = known.name, known.code
        if code is not None:
            code_number, arguments = code.number, short_arguments(coroutine, code.code, code.arguments)
        else:
            code_number, arguments = self._describe(coroutine)
        default, target = self._next_default, 0
        if name != f"Task-{default}":  # as a rule, tasks with default names come in their order
            default = _default_number(name)
            target = 0 if default else self._text_of_name(name)
        if default:
            self._next_default = default + 1
        text = self._definitions.passing(arguments) if arguments else 0
        buffer.append(
            pack_record(
                _CREATED, waker_kind, 0, flags, known.number, text, born_ns, default,
                waker, target, site, code_number,
            )
        )  # fmt: skip
        if name.startswith("Task-") or name == "None":  # its own name may come yet; "None" is a slip of 3.13.0's
            buffer.newborn.append(known)
        if not known.number % ASKED_EVERY:
            buffer.turn_if_long()

    def _describe(self, coroutine: Any) -> tuple[int, str]:
        """The number of the code of what is no coroutine of Python's, and its arguments."""
        code = code_of(coroutine)
        if code is None:
            return self._definitions.code_named(type_name(type(coroutine))), ""
        known = self._definitions.code(code)
        return known.number, short_arguments(coroutine, code, known.arguments)

    def _text_of_name(self, name: str) -> int:
        """The number of a name's text, also of an empty one, for which ``passing`` has none."""
        return self._definitions.passing(name) or self._definitions.name(name)

    def adopt(self, buffer: RecordBuffer, task: Any, ready_ns: int, waker_kind: int, waker: int) -> KnownTask:
        """Number a task whose creation was not seen: made by ``Task(...)`` just now, or alive before the recording."""
        coroutine = coroutine_of(task)
        known = self.know(task, coroutine, self.reserve())
        fresh = has_started(task) is False
        flags = 0 if fresh else _ALIVE_BEFORE
        self.record_birth(buffer, known, coroutine, ready_ns, waker_kind, waker, flags)
        return known

    def renew_names(self, buffer: RecordBuffer, everybody: bool = False) -> None:
        """Write down names that were set since: of the tasks created lately, or of all that live on the buffer's
        loop.
        """
        newborn, buffer.newborn = buffer.newborn, []
        at_ns = buffer.now_ns()
        for known in list(self.known.values()) if everybody else newborn:
            task = known()
            if task is None or name_of_task(task) == known.name:
                continue
            if getattr(task.get_loop(), "_loopviz", None) is buffer:
                self.renew_name(buffer, task, known, at_ns)

    def renew_name(self, buffer: RecordBuffer, task: Any, known: KnownTask, at_ns: int, flags: int = 0) -> None:
        """Write down a task's name, if it is another by now."""
        name = name_of_task(task)
        if name != known.name:
            known.name = name
            target = self._text_of_name(name)
            buffer.emit(RecordKind.TASK_RENAMED, known.number, target, flags=flags, start_ns=at_ns)


def _default_number(name: str) -> int:
    """The n of the name "Task-n" that asyncio gives; 0 for any other."""
    digits = name[5:] if name.startswith("Task-") and len(name) < 15 else ""
    return int(digits) if digits.isdecimal() and str(int(digits)) == digits else 0


OUTSIDE = (int(WakeKind.OUTSIDE), 0)
