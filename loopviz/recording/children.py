"""``--children``: the processes that the program starts are recorded too, each to a file of its own.

Decides which processes and when. A child by ``fork``, and one that multiprocessing starts in whatever way, begins a
recording when it first uses an event loop: one that never does writes no file. It is called like its parent's, with
the number of the process: ``out.1234.loopviz``. Programs that are started by name (``subprocess``) are not followed.

- *fork*: the child abandons its parent's recording and waits for a loop.
- *spawn, forkserver*: multiprocessing sends a new interpreter a dict of preparations. One more entry is put into it,
  which the child, when it reads the dict, evaluates: it imports this package and waits for a loop. Where that fails,
  the child goes on unrecorded. Nothing is imported later, nor from the working folder, where the program may have
  namesakes of what we import.

Awkward cases: a child of multiprocessing does not run ``atexit`` functions but has finalizers of its own kind; a loop
that was running as the process forked is recorded from then on; a file that can't be written is told once.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple

from loopviz.errors import LoopvizError
from loopviz.recording import active, libuv, loop
from loopviz.recording.imports import when_imported

_FOLDER_OF_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
#: What the child of ``spawn`` evaluates; no failure of it may reach the program.
_AWAKEN = """
import sys
kept = sys.path[:]
sys.path[:] = [folder, *filter(None, kept)]
try:
    from loopviz.recording import session
    session.await_loop(recipe)
except Exception:
    pass
finally:
    sys.path[:] = kept
"""


class Recipe(NamedTuple):
    """How children are to be recorded: what ``session.begin`` was called with for the first of all parents."""

    path: str
    clock: str
    max_bytes: int | None
    title: str
    folder: str
    arguments: tuple[str, ...]
    blocked_after_s: float

    def path_of_child(self) -> str:
        """The file of the process that asks."""
        return path_of_process(self.path, os.getpid())


def path_of_process(path: str, number: int | str) -> str:
    """The file of the child process of that number, beside its parent's ``path``."""
    stem, suffix = os.path.splitext(path)
    return f"{stem}.{number}{suffix}"


class _Awaken:
    """Pickled, it is a call that has the process that unpickles it wait for a loop."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (_AWAKEN, {"folder": _FOLDER_OF_PACKAGE, "recipe": tuple(self._recipe)})


def follow(recipe: Recipe) -> Callable[[], None]:
    """Have the children that multiprocessing starts anew record themselves. Returns what undoes it."""
    undone: list[Callable[[], None]] = []
    undone.append(when_imported("multiprocessing.spawn", lambda spawn: undone.append(_send_along(spawn, recipe))))

    def undo() -> None:
        for each in undone:
            each()

    return undo


def _send_along(spawn: Any, recipe: Recipe) -> Callable[[], None]:
    original = spawn.get_preparation_data

    @wraps(original)
    def get_preparation_data(name: str) -> dict[str, Any]:
        prepared: dict[str, Any] = original(name)
        prepared["loopviz"] = _Awaken(recipe)
        return prepared

    spawn.get_preparation_data = get_preparation_data

    def undo() -> None:
        if spawn.get_preparation_data is get_preparation_data:
            spawn.get_preparation_data = original

    return undo


def await_first_loop(recipe: Recipe, begin: Callable[[str, Recipe], Any]) -> None:
    """In a child: have ``begin`` called with the file's name when a loop is first used."""
    undo: list[Callable[[], None]] = []

    def first_loop() -> None:
        active.first_loop = None
        for each in undo:
            each()
        try:
            recorder = begin(recipe.path_of_child(), recipe)
        except Exception as error:
            _tell(error)
            return
        _end_with_process(recorder.end)

    active.first_loop = first_loop
    loop.install()
    undo.append(loop.uninstall)
    undo.append(when_imported("uvloop", lambda module: undo.append(libuv.instrument(module))))
    undo.append(follow(recipe))


def _tell(error: Exception) -> None:
    """Why this process is not recorded."""
    why = str(error) if isinstance(error, LoopvizError) else f"a fault of its own ({error!r})"
    message = f"loopviz: this process is not recorded: {why}; the program goes on\n"
    with suppress(OSError):
        os.write(2, message.encode("utf-8", "backslashreplace"))


def _end_with_process(end: Callable[[], None]) -> None:
    atexit.register(end)
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, end, exitpriority=-1000)
