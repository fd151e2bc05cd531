"""The life of a task: its states, and which may follow which.

Decides the only legal moves. The recorder's facts come in whole steps (ready, started, ended), so most illegal moves
can't be written; what remains (a lost chunk, a damaged file, a recorder at fault) is caught here and counted instead
of drawn.

Awkward cases: a task seen first in mid-life begins ``UNKNOWN``, and stays so until its first fact; an eager task runs
without having been ready; ``YIELDED`` goes from running to ready with no suspension between.
"""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """A task's state. The order is the order of painting where several share a cell: the later wins."""

    UNKNOWN = 0
    SUSPENDED = 1
    READY = 2
    RUNNING = 3
    RETURNED = 4
    RAISED = 5
    CANCELLED = 6


FINISHED = frozenset({State.RETURNED, State.RAISED, State.CANCELLED})

LEGAL_MOVES: dict[State, frozenset[State]] = {
    State.UNKNOWN: frozenset({State.READY, State.RUNNING, State.SUSPENDED}),
    State.READY: frozenset({State.RUNNING}),
    State.RUNNING: frozenset({State.SUSPENDED, State.READY}) | FINISHED,
    State.SUSPENDED: frozenset({State.READY, State.RUNNING}),
    State.RETURNED: frozenset(),
    State.RAISED: frozenset(),
    State.CANCELLED: frozenset(),
}


_LEGAL = tuple(tuple(after in LEGAL_MOVES[before] for after in State) for before in State)


def is_legal(before: int, after: int) -> bool:
    """Whether a task may go from state ``before`` to state ``after`` in one move."""
    return _LEGAL[before][after]
