"""Exact spans of a row, for painters that are not bound to cells.

Decides what is drawn by itself and what together: a span that is wide enough stands alone; narrower ones merge with
their neighbours until one can stand alone again, or what they make up is wide enough to be told from what follows.
Each segment knows how long each state lasted in it, so nothing is lost by merging: over all segments of a row, the
time per state is that of its spans, at every scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loopviz.timeline.axes import Axis
from loopviz.timeline.cells import Cell
from loopviz.timeline.tracks import STEP, Paint, Track
from loopviz.trace.tasks import STATE_BITS, STATE_MASK

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


class _Spans(NamedTuple):
    """A stretch of a row's spans, cut at its ends: span i has a state, and lasts from time and place i to i + 1."""

    paint: Paint
    first: int
    states: list[int]
    times: list[int]
    places: Sequence[float]

    def single(self, place: int) -> Segment:
        state, left, right = self.states[place], self.times[place], self.times[place + 1]
        steps = int(state == STEP)
        return Segment(
            self.places[place], self.places[place + 1], left, right,
            self.paint.whole[state], 1, steps, self.first + place, {state: right - left},
        )  # fmt: skip

    def merged(self, begin: int, end: int) -> Segment:
        if end - begin == 1:
            return self.single(begin)
        states, times, places = self.states, self.times, self.places
        lengths_ns, widths = dict.fromkeys(states[begin:end], 0), dict.fromkeys(states[begin:end], 0.0)
        for place in range(begin, end):
            state = states[place]
            lengths_ns[state] += times[place + 1] - times[place]
            widths[state] += places[place + 1] - places[place]
        steps = states[begin:end].count(STEP) if STEP in lengths_ns else 0
        cell = self.paint.cell(widths, places[end] - places[begin])
        only = self.first + states.index(STEP, begin) if steps == 1 else -1
        return Segment(
            places[begin], places[end], times[begin], times[end],
            cell, end - begin, steps, only, lengths_ns,
        )  # fmt: skip


def segments_of(track: Track, start_ns: int, end_ns: int, axis: Axis, narrowest: float) -> list[Segment]:
    """The segments of a track between two moments, in order, without gaps or overlaps."""
    spans = _spans(track, start_ns, end_ns, axis)
    places = spans.places
    segments: list[Segment] = []
    widest = narrowest * _WIDEST_MERGED
    begin = 0
    for place in range(len(spans.states)):
        right = places[place + 1]
        alone = right - places[place] >= narrowest
        if begin < place and (alone or right - places[begin] >= widest):
            segments.append(spans.merged(begin, place))
            begin = place
        if alone:
            segments.append(spans.single(place))
            begin = place + 1
    if begin < len(spans.states):
        segments.append(spans.merged(begin, len(spans.states)))
    return segments


def _spans(track: Track, start_ns: int, end_ns: int, axis: Axis) -> _Spans:
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
    return _Spans(track.paint, first, [boundary & STATE_MASK for boundary in taken], times, axis.positions(times))
