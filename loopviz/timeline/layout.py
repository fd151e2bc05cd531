"""The layout: which code each cell of a row has, kept for as long as it holds.

Decides what may be painted from memory. Cells are made and kept in *tiles* of 64, whose borders lie at multiples of
their width, so that panning finds them again. A tile is kept for good once nothing in it can change: its moments lie
before everything of the row that may still change, and its positions have not moved. Any other tile is kept as long
as the row's history, the trace's end and the axis are the same; then only those of its cells are painted that may
have changed.

Awkward cases: a late record moves positions on the step axis, and only tiles behind them are made anew; a row whose
task or call is not (or no longer) known is empty; cells past the end of the trace are empty even where a span is
still open.
"""

from __future__ import annotations

from bisect import bisect_right
from math import floor, inf
from typing import NamedTuple

from loopviz.timeline.axes import Axis
from loopviz.timeline.calls import CallTracks
from loopviz.timeline.cells import Cell, runs
from loopviz.timeline.loops import LoopTracks
from loopviz.timeline.painting import TILE, edges_of, paint_tile
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.segments import Segment, Spans, spans_of
from loopviz.timeline.tracks import TASK_PAINT, NoBoundaries, Track
from loopviz.timeline.viewport import Viewport
from loopviz.trace.trace import Trace

__all__ = ["Cell", "Layout", "Segment", "runs"]

#: Tiles and edges kept before all are dropped: some 20 MB.
_MOST_KEPT = 50_000


class _Tile(NamedTuple):
    """Cells, and what they depend on: ``version`` is None where only moved positions can spoil them; of the others,
    that is so for the first ``settled``.
    """

    cells: bytes
    version: tuple[int, int] | None
    revision: int
    settled: int


class Layout:
    """Cells of a growing trace. One Layout serves any number of axes (told apart by name) and viewports."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._loops = LoopTracks(trace)
        self._calls = CallTracks(trace)
        self._tasks: dict[int, Track] = {}
        self._tiles: dict[tuple[int, int, str, float, int], _Tile] = {}
        self._edges: dict[tuple[str, float, int], tuple[list[int], int]] = {}

    def cells(self, row: Row, viewport: Viewport, axis: Axis) -> bytes:
        """One ``Cell`` code per column of the viewport."""
        track = self.track(row)
        first = viewport.first_cell
        past = first + viewport.columns
        first_tile = first // TILE
        tiles = range(first_tile, (past - 1) // TILE + 1)
        painted = b"".join([self._tile(row, track, axis, viewport.per_column, tile) for tile in tiles])
        skipped = first - first_tile * TILE
        visible = painted[skipped : skipped + viewport.columns]
        ended = viewport.cells_to(axis.extent) - first
        return visible if ended >= viewport.columns else visible[: max(0, ended)].ljust(viewport.columns, b"\0")

    def segments(self, row: Row, start_ns: int, end_ns: int, axis: Axis, narrowest: float = 0.0) -> list[Segment]:
        """The row's exact spans between two moments, in order, without gaps or overlaps.

        Spans narrower than ``narrowest`` (in axis units) are merged with their neighbours; 0 keeps each by itself.
        """
        spans = self.spans(row, start_ns, end_ns, axis)
        return spans.segments(spans.cuts(narrowest))

    def spans(self, row: Row, start_ns: int, end_ns: int, axis: Axis) -> Spans:
        """What segments of any width are made of."""
        return spans_of(self.track(row), start_ns, end_ns, axis)

    def track(self, row: Row) -> Track:
        """The history of a row, up to date."""
        if row.kind == RowKind.LOOP:
            return self._loops.track(row.number)
        if row.kind == RowKind.CALL:
            return self._calls.track(row.number)
        track = self._tasks.get(row.number)
        if track is None:
            task = self.trace.tasks.get(row.number)
            track = Track(task or NoBoundaries(), TASK_PAINT)
            if task is not None:
                self._tasks[row.number] = track
        return track

    def _tile(self, row: Row, track: Track, axis: Axis, width: float, tile: int) -> bytes:
        key = (row.kind, row.number, axis.name, width, tile)
        kept = self._tiles.get(key)
        boundaries = track.boundaries
        version = (len(boundaries), boundaries[-1] if boundaries else 0)
        moved_at = axis.changed_since(kept.revision) if kept is not None and kept.revision != axis.revision else inf
        if kept is not None and moved_at >= (tile + 1) * TILE * width and kept.version in (None, version):
            return kept.cells
        edges = self._edges_of(axis, width, tile)
        known = kept.cells[: min(kept.settled, _cells_before(moved_at, tile, width))] if kept is not None else b""
        cells = paint_tile(track, axis, edges, tile, width, known)
        settled = TILE if track.final is not None else max(0, bisect_right(edges, track.settled_ns) - 1)
        self._make_room()
        self._tiles[key] = _Tile(cells, None if settled == TILE else version, axis.revision, settled)
        return cells

    def _edges_of(self, axis: Axis, width: float, tile: int) -> list[int]:
        key = (axis.name, width, tile)
        edges, revision = self._edges.get(key, ([], -1))
        if not edges or axis.changed_since(revision) < (tile + 1) * TILE * width:
            edges = edges_of(axis, tile, width)
            self._edges[key] = edges, axis.revision
        return edges

    def _make_room(self) -> None:
        if len(self._tiles) >= _MOST_KEPT:
            self._tiles.clear()
            self._edges.clear()


def _cells_before(position: float, tile: int, width: float) -> int:
    """How many cells of a tile lie before a position for certain: where borders lie is rounded."""
    return TILE if position == inf else max(0, floor(position / width) - 1 - tile * TILE)
