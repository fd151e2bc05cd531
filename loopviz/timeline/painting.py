"""From a track to cells: which code each cell of a tile gets.

Decides what a cell shows when several spans share it. The rule is the same at every scale (``tracks.Paint``): of the
states that occur in the cell, the one that matters most; and whether it fills more than half of the cell or less. So
a step of a microsecond is seen in a cell of an hour. A task's end is marked in the last cell that belongs to it.

A *tile* is a run of ``TILE`` cells, given by its *edges*: for each border of a cell the first moment that lies at it or
beyond. Cells hold the moments from their left edge up to, not including, their right one.

Awkward cases: a state that lasts no time (on the step axis, most waits for a turn) occurs in the cell of its moment
unless it only reaches in from the left; where many spans crowd a cell, sums made ahead stand in for a look at each.
"""

from __future__ import annotations

from bisect import bisect_right

from loopviz.timeline.axes import Axis
from loopviz.timeline.cells import Cell
from loopviz.timeline.tracks import ABSENT, STEP, Track
from loopviz.trace.tasks import STATE_BITS, STATE_MASK

TILE = 64

#: With more spans than this in one cell, adding up ahead is faster than looking at each.
_CROWD = 24


def edges_of(axis: Axis, tile: int, width: float) -> list[int]:
    """The edges of a tile: ``TILE + 1`` moments that never fall."""
    return [axis.reached_at(_left(tile, cell, width)) for cell in range(TILE + 1)]


def _left(tile: int, cell: int, width: float) -> float:
    """The position of a cell's left edge. Rounded: 15 * 0.2 would be a trifle past 3, and miss where a step begins."""
    return round((tile * TILE + cell) * width, 9)


def paint_tile(track: Track, axis: Axis, edges: list[int], tile: int, width: float, known: bytes = b"") -> bytes:
    """The codes of one tile, as if the trace never ended. ``known`` are those of its first cells."""
    final = track.final
    cells = bytearray(known.ljust(TILE, b"\0"))
    low = track.before(edges[len(known)])
    high = min(track.before(edges[-1]), len(track.boundaries) - (final is not None))
    cell = len(known)
    while low < high:
        here = bisect_right(edges, track.boundaries[low] >> STATE_BITS) - 1
        _fill(cells, track, low, cell, here)
        after = min(max(track.before(edges[here + 1]), low + 1), high)
        place = _left(tile, here, width), width
        cells[here] = _mixed(track, axis, low, after, edges[here : here + 2], place)
        low, cell = after, here + 1
    _fill(cells, track, low, cell, TILE)
    if final is not None:
        _mark_end(cells, edges, *final)
    return bytes(cells)


def _fill(cells: bytearray, track: Track, low: int, start: int, end: int) -> None:
    """Cells in which nothing begins: all show the span that reaches in, the one before boundary ``low``."""
    if low and start < end:
        code = track.paint.whole[track.boundaries[low - 1] & STATE_MASK]
        cells[start:end] = bytes((code,)) * (end - start)


def _mark_end(cells: bytearray, edges: list[int], last_ns: int, mark: Cell) -> None:
    cell = bisect_right(edges, last_ns) - 1
    if 0 <= cell < TILE:
        cells[cell] = mark
    after = min(max(0, cell + 1), TILE)
    cells[after:] = bytes(len(cells) - after)


def _mixed(
    track: Track, axis: Axis, low: int, high: int, edges_ns: list[int], place: tuple[float, float]
) -> Cell:
    """The code of a cell in which the spans ``low`` up to ``high`` begin. ``place`` is its left position and width."""
    if high - low > _CROWD and (code := _crowded(track, axis, low, high, edges_ns, place[1])) is not None:
        return code
    return track.paint.cell(_filled(track, axis, low, high, place), place[1])


def _filled(track: Track, axis: Axis, low: int, high: int, place: tuple[float, float]) -> dict[int, float]:
    """How much of the cell each state fills, in axis units; those that occur for no time are there with 0."""
    left, width = place
    boundaries = track.boundaries
    state = boundaries[low - 1] & STATE_MASK if low else ABSENT
    filled: dict[int, float] = {}
    for index in range(low, high):
        position = axis.position(boundaries[index] >> STATE_BITS)
        if index > low or position > left:
            filled[state] = filled.get(state, 0.0) + position - left
        state, left = boundaries[index] & STATE_MASK, position
    right = place[0] + width
    filled[state] = filled.get(state, 0.0) + max(0.0, right - left)
    return filled


def _crowded(track: Track, axis: Axis, low: int, high: int, edges_ns: list[int], width: float) -> Cell | None:
    """The code of a cell of many spans by the sums; None where no step is among them and a closer look is needed."""
    boundaries, active = track.boundaries, track.paint.active
    if not any(boundary & STATE_MASK == STEP for boundary in boundaries[low:high]):
        return None
    active_ns, steps = track.active_between(low, high - 1)
    if low and boundaries[low - 1] & STATE_MASK in active:
        active_ns += (boundaries[low] >> STATE_BITS) - edges_ns[0]
    if boundaries[high - 1] & STATE_MASK in active:
        active_ns += edges_ns[1] - (boundaries[high - 1] >> STATE_BITS)
        steps += 1
    rule = track.paint.rules[0]
    return rule.full if axis.share(active_ns, steps, width) > 0.5 else rule.part
