"""How a program ended, in words.

Decides what counts as having gone well: a program that was run here, by its exit status; one that is known from its
trace alone, by its main task. A trace without a task has nothing to show, and is no success either.

Awkward case: a program may catch what its main task raised and end with status 0; then it went well, and the words are
still those of the task.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass

from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Outcome:
    """``word`` is short enough for a table, ``words`` is the whole sentence.

    ``is_pending`` says that it has not ended yet, ``status`` is the exit status of its process (negative: the number of
    the signal that ended it), None where there was none.
    """

    word: str
    words: str
    is_good: bool
    status: int | None = None
    is_pending: bool = False


def pending(words: str) -> Outcome:
    """The outcome of what is still under way."""
    return Outcome(words, words, False, None, True)


def not_run(why: str) -> Outcome:
    """The outcome of what could not begin, or can't be read."""
    return Outcome("not run", why, False)


def outcome_of(trace: Trace | None, status: int | None = None, last_line: str = "") -> Outcome:
    """How the program of a trace ended. ``last_line`` is the last that its process printed, the reason as a rule."""
    if status:
        word = exit_words(status)
        return Outcome(word, f"{word}: {last_line}" if last_line else word, False, status)
    main = main_task(trace) if trace is not None else None
    if main is None:
        return Outcome("no tasks", "it ran no asyncio task", False, status)
    words = _WORDS.get(main.state, "unfinished")
    told = f"{main.coroutine} {words}" + (f": {main.result}" if main.result and main.state != State.RETURNED else "")
    return Outcome(words, told, status == 0 or main.state == State.RETURNED, status)


_WORDS = {State.RETURNED: "returned", State.RAISED: "raised", State.CANCELLED: "cancelled"}


def main_task(trace: Trace) -> Task | None:
    """The program's first task; None where it had none."""
    return next(trace.own_tasks, None)


def exit_words(status: int | None) -> str:
    """``exit status 1``, ``killed by SIGKILL``."""
    if status is None or status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
