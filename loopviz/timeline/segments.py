"""Exact spans of a row, for painters that are not bound to cells.

Decides what is drawn by itself and what together: a span that is wide enough stands alone; narrower ones merge with
their neighbours until one can stand alone again, or what they make up is wide enough to be told from what follows.
Each segment knows how long each state lasted in it, so nothing is lost by merging: over all segments of a row, the
time per state is that of its spans, at every scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple, TypeVar

from loopviz.timeline.axes import Axis
from loopviz.timeline.cells import Cell
from loopviz.timeline.tracks import STEP, Paint, Track
from loopviz.trace.tasks import STATE_BITS, STATE_MASK

N = TypeVar("N", int, float)

#: Makes a segment of a tuple: calling it by name takes twice as long, and of a large trace there are 100,000.
_made = tuple.__new__

#: How many times ``narrowest`` a merged segment grows at most.
_WIDEST_MERGED = 4


class Segment(NamedTuple):
    """A span of a row, or several merged ones.

    ``left`` and ``right`` are positions on the axis. ``cell`` is the code of what is shown: of merged spans, the
    state that matters most, as in a cell of that width. ``spans`` counts them, ``steps`` those that are steps;
    ``span`` is the index of the row's span (of several: of the only step, else -1). ``lengths_ns`` is how long each
    state lasted in it, by state.
    """

    left: float
    right: float
    start_ns: int
    end_ns: int
    cell: Cell
    spans: int
    steps: int
    span: int
    lengths_ns: dict[int, int]


class Spans(NamedTuple):
    """A stretch of a row's spans, cut at its ends: span i has a state, and lasts from time and place i to i + 1."""

    paint: Paint
    first: int
    states: list[int]
    times: list[int]
    places: Sequence[float]

    def cuts(self, narrowest: float) -> list[int]:
        """The spans at which segments begin where those narrower than ``narrowest`` (in axis units) are merged."""
        found: list[int] = []
        begin, widest = 0, narrowest * _WIDEST_MERGED
        began = left = self.places[0] if self.states else 0.0
        for place, right in enumerate(islice(self.places, 1, None)):
            if right - left >= narrowest:
                if begin < place:
                    found.append(begin)
                found.append(place)
                begin, began = place + 1, right
            elif begin < place and right - began >= widest:
                found.append(begin)
                begin, began = place, left
            left = right
        if begin < len(self.states):
            found.append(begin)
        return found

    def segments(self, cuts: Sequence[int]) -> list[Segment]:
        """The segments that begin at these spans, in order, without gaps or overlaps."""
        _paint, first, states, times, places = self
        whole, found = self.paint.whole, list[Segment]()
        for begin, end in pairwise((*cuts, len(states))):
            if end - begin > 1:
                found.append(self._merged(begin, end))
                continue
            state, start_ns, end_ns = states[begin], times[begin], times[end]
            found.append(_made(Segment, (
                places[begin], places[end], start_ns, end_ns,
                whole[state], 1, 1 if state == STEP else 0, first + begin, {state: end_ns - start_ns},
            )))  # fmt: skip
        return found

    def _merged(self, begin: int, end: int) -> Segment:
        states, times, places = self.states[begin:end], self.times[begin : end + 1], self.places[begin : end + 1]
        lengths_ns = _sums(states, times)
        widths: Mapping[int, float] = lengths_ns if self.places is self.times else _sums(states, places)
        steps = states.count(STEP) if STEP in lengths_ns else 0
        cell = self.paint.cell(widths, places[-1] - places[0])
        only = self.first + begin + states.index(STEP) if steps == 1 else -1
        return _made(Segment, (
            places[0], places[-1], times[0], times[-1],
            cell, end - begin, steps, only, lengths_ns,
        ))  # fmt: skip


def _sums(states: list[int], edges: Sequence[N]) -> dict[int, N]:
    """How much each state fills, of states that last from one edge to the next."""
    left = edges[0]
    sums = dict.fromkeys(states, left - left)
    for state, right in zip(states, islice(edges, 1, None), strict=True):
        sums[state] += right - left
        left = right
    return sums


def spans_of(track: Track, start_ns: int, end_ns: int, axis: Axis) -> Spans:
    """The spans of a track between two moments."""
    boundaries = track.boundaries
    count = len(boundaries) - (track.final is not None)
    first = track.before(start_ns)
    if first == len(boundaries) or boundaries[first] >> STATE_BITS > start_ns:
        first = max(0, first - 1)
    past = max(first, min(count, track.before(end_ns + 1)))
    taken = boundaries[first:past]
    times = [boundary >> STATE_BITS for boundary in taken]
    if times:
        times[0] = max(times[0], start_ns)
        next_ns = boundaries[past] >> STATE_BITS if past < len(boundaries) else end_ns
        times.append(min(next_ns, end_ns))
    return Spans(track.paint, first, [boundary & STATE_MASK for boundary in taken], times, axis.positions(times))
