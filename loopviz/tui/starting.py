"""Whether a program that was started gets as far as having something to show.

Decides when that is known: with its first event loop it has begun. One that fails before is refused, and why is what
it said last: its usage where its words were wrong, its exception where an import failed.

Awkward cases: a program may take its time before its loop, and is shown as it is after ``_PATIENCE_S``; one that ends
well without a loop is no failure, and the timeline says what there is to say.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic

from loopviz.timeline.outcomes import exit_words
from loopviz.tui.session import Phase, Session

_PATIENCE_S = 3.0
_POLL_S = 0.02
_LAST_LINES = 40
#: What the recorder says on its own account.
_OURS = "loopviz: "


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was started: ``why`` in a line, ``said`` all that the program printed, if it was one."""

    why: str
    said: tuple[str, ...] = ()


async def refusal_of(session: Session) -> Refusal | None:
    """Wait until the session's program has begun; why it ended where it failed before."""
    until = monotonic() + _PATIENCE_S
    while monotonic() < until:
        session.poll()
        if session.trace.definitions.loops or session.unreadable is not None:
            return None
        if session.phase is Phase.FINISHED:
            return _refusal(session) if session.exit_status else None
        await asyncio.sleep(_POLL_S)
    return None


def _refusal(session: Session) -> Refusal:
    lines = session.child.tail(_LAST_LINES) if session.child is not None else []
    own = [line for line in lines if not line.startswith(_OURS)] or lines
    last = next((line.strip() for line in reversed(own) if line.strip()), "it printed nothing")
    return Refusal(f"{exit_words(session.exit_status or 0)}: {last}", tuple(own))
