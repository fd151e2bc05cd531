"""Whether a program that was started gets as far as having something to show.

Decides when that is known: with its first event loop it has begun. One that ends before has nothing to draw, and what
it said is told in place of a timeline: its usage where its words were wrong, its exception where an import failed, its
help where that was asked for.

Awkward case: a program may take its time before its loop, and is shown as it is once patience is at an end.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from loopviz.timeline.outcomes import exit_words
from loopviz.tui.session import Phase, Session

_PATIENCE_S = 3.0
_POLL_S = 0.02
_LAST_LINES = 40
#: What the recorder says on its own account.
_OURS = "loopviz: "
#: What Python's complaint begins with where a program asks and its standard input is empty.
_END_OF_INPUT = "EOFError"
_ASK_ELSEWHERE = "it asks for input, which is empty here; 'loopviz record' lets it ask"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was started: ``why`` in a line, ``said`` all that the program printed, if it was one."""

    why: str
    said: tuple[str, ...] = ()


async def refusal_of(session: Session) -> Refusal | None:
    """Wait until the session's program has begun; what it said where it ended before."""
    until = time.monotonic() + _PATIENCE_S
    while not has_begun(session) and time.monotonic() < until:
        if session.phase is Phase.FINISHED:
            return _refusal(session)
        await asyncio.sleep(_POLL_S)
    return None


def ended_before_it_began(session: Session, patience_s: float) -> bool:
    """Whether the session's program ends without a loop, as far as is known after ``patience_s`` at the latest."""
    until = time.monotonic() + patience_s
    while not has_begun(session) and session.phase is not Phase.FINISHED and time.monotonic() < until:
        time.sleep(_POLL_S)
    return session.phase is Phase.FINISHED and not has_begun(session)


def has_begun(session: Session) -> bool:
    """Whether there is something to show by now: a loop, or a trace that can't be read."""
    session.poll()
    return bool(session.trace.definitions.loops) or session.unreadable is not None


def advice(session: Session) -> str | None:
    """What to do about an end before the loop, where that is known: nobody answers a program that asks here."""
    return _ASK_ELSEWHERE if _last_of(_said(session)).startswith(_END_OF_INPUT) else None


def _refusal(session: Session) -> Refusal:
    said = _said(session)
    status = session.exit_status or 0
    why = f"{exit_words(status)}: {advice(session) or _last_of(said)}" if status else "it ended without an event loop"
    return Refusal(why, tuple(said))


def _said(session: Session) -> list[str]:
    """The last lines of the program's own, or of ours where it printed none."""
    lines = session.child.tail(_LAST_LINES) if session.child is not None else []
    return [line for line in lines if not line.startswith(_OURS)] or lines


def _last_of(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
