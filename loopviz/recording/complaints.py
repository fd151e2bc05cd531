"""What the runtime complains about: coroutines never awaited, exceptions never retrieved, tasks destroyed while
pending.

Decides how complaints are overheard without a change to what is printed, raised or handed to a program's handlers.

- *Never awaited.* The interpreter tells ``warnings._warn_unawaited_coroutine`` of each such coroutine, whatever the
  filters then make of it. A class takes that function's place: its ``__new__`` takes note, and its ``__init__`` is the
  function itself, called by the interpreter with no frame of ours in between, so that the warning points at the same
  line, and under ``-W error`` prints the same traceback. Where the coroutine was *created* is known only in debug mode;
  turning that on would change the warning's words. Where it was dropped is recorded always.
- *Never retrieved, destroyed pending,* and all else that goes to a loop's exception handler: the loop's
  ``call_exception_handler`` takes note first; see ``loop``.

Awkward cases: most of this happens in destructors, at any moment, so facts are deferred (see ``buffers``); the garbage
collector drops what it knows of a task before its destructor runs, hence ``TaskTable.gone``; a handler's context may
hold anything.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loopviz.events import WarningKind
from loopviz.recording.callers import creation_site
from loopviz.recording.values import short_exception

if TYPE_CHECKING:
    from loopviz.recording.recorder import Recorder

_FUNCTION = "_warn_unawaited_coroutine"
#: Our own: ``take_note`` and ``_never_awaited``.
_FRAMES_OF_COMPLAINT = 2


def overhear(recorder: Recorder) -> Callable[[], None]:
    """Take note of coroutines never awaited. Returns what undoes it."""
    original = getattr(warnings, _FUNCTION, None)
    if original is None:
        return lambda: None

    def take_note(kind: type, coroutine: Any) -> object:
        _never_awaited(recorder, coroutine)
        return object.__new__(kind)

    replacement = type(
        _FUNCTION,
        (),
        {"__new__": take_note, "__init__": staticmethod(original), "__module__": original.__module__},
    )
    setattr(warnings, _FUNCTION, replacement)

    def undo() -> None:
        if getattr(warnings, _FUNCTION) is replacement:
            setattr(warnings, _FUNCTION, original)

    return undo


def _never_awaited(recorder: Recorder, coroutine: Any) -> None:
    if not recorder.open:
        return
    try:
        words = f"coroutine '{coroutine.__qualname__}' was never awaited"
        if coroutine.cr_origin:
            file, line, _function = coroutine.cr_origin[0]
            words += f"; created at {recorder.definitions.short_file(file)}:{line}"
        code = recorder.definitions.code(coroutine.cr_code).number
        site = creation_site(recorder.definitions, _FRAMES_OF_COMPLAINT)
        recorder.warn(WarningKind.NEVER_AWAITED, words, site=site, call=code)
    except Exception as error:
        recorder.fail(error)


_KINDS = (
    ("exception was never retrieved", WarningKind.NEVER_RETRIEVED),
    ("Task was destroyed but it is pending!", WarningKind.DESTROYED_PENDING),
)


def told_to_handler(recorder: Recorder, context: Any) -> None:
    """A loop's exception handler is about to be told of ``context``, a dict by rule."""
    try:
        facts = context if type(context) is dict else {}
        message, error, task = facts.get("message"), facts.get("exception"), facts.get("task")
        words = message if type(message) is str else "unhandled exception in the event loop"
        kind = next((kind for ending, kind in _KINDS if words.endswith(ending)), WarningKind.OTHER)
        if issubclass(type(error), BaseException):
            words = f"{words}: {short_exception(error)}"  # type: ignore[arg-type]
        who = recorder.tasks.number_of_dying(facts.get("future") if task is None else task)
        recorder.warn(kind, words, who)
    except Exception as fault:
        recorder.fail(fault)
