"""What the callback of a handle is: a task's own step, or a callable with a name.

Decides which callables are steps, so that a handle's turn counts as its task's, and what all others are called.

Awkward cases: the C task's step is of a type that has no name and is had only from a task; its wake-up is a builtin
method like others, known by its name; a Python task's are functions; a callable object has its type's name, and none of
its code is run to ask.
"""

from __future__ import annotations

import asyncio
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from loopviz.recording.values import type_name

if TYPE_CHECKING:
    from loopviz.recording.state import LoopState


def _types_of_steps() -> tuple[type, type]:
    """The C task's own callback types: its step, and the iterator that an awaited future gives (the end of every
    chain).

    The task made for it has a name, since an unnamed one would take "Task-1" from the program, and never runs.
    """

    class Loop:
        step_type: type = object

        def get_debug(self) -> bool:
            return False

        def call_soon(self, callback: Any, *args: Any, context: Any = None) -> None:
            self.step_type = type(callback)

    async def nothing() -> None: ...

    loop: Any = Loop()
    coroutine = nothing()
    task = asyncio.Task(coroutine, loop=loop, name="loopviz")
    coroutine.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    return loop.step_type, type(iter(asyncio.Future(loop=loop)))


def is_step(callback: Any) -> bool:
    """Whether a callback is a task's own step or wake-up, so that ``callback.__self__`` is the task."""
    kind = type(callback)
    if kind is TASK_STEP:
        return True
    if kind is BuiltinFunctionType:
        return callback.__name__ == TASK_WAKEUP and isinstance(callback.__self__, asyncio.Task)
    if kind is MethodType:
        return callback.__func__ in _PYTHON_STEPS
    return False


_step_type, FUTURE_ITERATOR = _types_of_steps()
#: None where asyncio's tasks are Python's, whose steps are methods like any other.
TASK_STEP = _step_type if _step_type is not MethodType else None
#: The name of the C task's wake-up.
TASK_WAKEUP = "task_wakeup"
_PythonTask = asyncio.tasks._PyTask  # type: ignore[attr-defined]
_PYTHON_STEPS = frozenset(
    function
    for name, function in vars(_PythonTask).items()
    if name in ("_PyTask__step", "_Task__step", "_PyTask__wakeup", "_Task__wakeup")
)
#: The loop's own wake-up pipe: it says that a thread or signal queued something, and that something is recorded.
READ_FROM_SELF = asyncio.selector_events.BaseSelectorEventLoop._read_from_self  # type: ignore[attr-defined]
#: asyncio's own methods, which a loop calls for I/O among others. They live as long as asyncio, so they may be kept.
_OF_ASYNCIO = frozenset(
    function
    for module in (asyncio.selector_events, getattr(asyncio, "unix_events", None))
    for kind in vars(module or object).values()
    if isinstance(kind, type)
    for function in vars(kind).values()
    if type(function) is FunctionType and function is not READ_FROM_SELF
)
#: Names of what is no plain callback, or may not be one.
_NOT_PLAIN = frozenset(function.__qualname__ for function in (READ_FROM_SELF, *_PYTHON_STEPS))


def is_function_of(function: object, module: ModuleType) -> bool:
    """Whether this is a function of that module's own; a wrapper may say so and not be one."""
    return type(function) is FunctionType and function.__globals__ is vars(module)


def name_of(state: LoopState, callback: Any) -> int:
    """The number of a callback's name; see ``LoopState.plain``."""
    function = callback.__func__ if type(callback) is MethodType else callback
    if type(function) is FunctionType and (known := state.plain.get(function.__qualname__)):
        return known
    name = callback_name(callback)
    number = state.definitions.name(name)
    if name not in _NOT_PLAIN:
        state.plain[name] = number
    if type(function) is FunctionType and function in _OF_ASYNCIO:
        state.io_names[id(function)] = number
    return number


def callback_name(callback: Any) -> str:
    """The qualified name of a callable; of a callable object, its type's. Runs no code of the program's."""
    while type(callback) is partial:
        callback = callback.func
    if type(callback) is MethodType:
        callback = callback.__func__
    # A C method that is told its class, as Future.set_result, is of a type derived from the usual one's.
    kind = type(callback)
    if issubclass(kind, (FunctionType, BuiltinFunctionType)) or type_name(kind) == "cython_function_or_method":
        return str(callback.__qualname__)
    return type_name(type(callback))
