"""The codes that a cell of the timeline can have.

Decides the vocabulary that the layout writes and every painter reads. What a code looks like is in ``glyphs``.
"""

from __future__ import annotations

from enum import IntEnum


class Cell(IntEnum):
    """What one cell shows.

    A task's cell (also a call's): its end if it ends there; else running, if it runs there at all, however short; else
    ready, if it waits for its turn there at all; else suspended. The ``_PART`` codes say: in half of the cell or less.
    A loop's cell: task steps if there are any, else callbacks, else idle.
    """

    #: Nothing exists here: before the creation, after the end, outside of the trace.
    EMPTY = 0
    #: The task was alive, and the recording did not see what it did.
    UNKNOWN = 1
    SUSPENDED = 2
    READY_PART = 3
    READY = 4
    RUNNING_PART = 5
    RUNNING = 6
    RETURNED = 7
    RAISED = 8
    CANCELLED = 9
    #: The loop sits in select, or is closed in on by nothing to do.
    IDLE = 10
    #: The loop runs plain callbacks, and no task, in this cell.
    CALLBACK = 11
    BUSY_PART = 12
    BUSY = 13


def runs(cells: bytes) -> list[tuple[int, int, int]]:
    """Merge equal neighbours: ``(start column, length, code)`` of each run, in order, covering all columns."""
    merged: list[tuple[int, int, int]] = []
    start, length = 0, len(cells)
    while start < length:
        code = cells[start]
        end = start + 1
        while end < length and cells[end] == code:
            end += 1
        merged.append((start, end - start, code))
        start = end
    return merged
