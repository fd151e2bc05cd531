"""The bars of one row of the SVG timeline.

Decides how segments become shapes. Heights and colours tell the state (``svg_style``). Merged steps are paler, the less
of the time they run. A step that is narrower than can be seen is widened until it can, since no step must disappear.
Each shape has a title. A long suspension has what it waits on written along its line, since print has no titles.

What only rests (suspended, idle) is drawn first, so that nothing lies on top of a step but the next step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loopviz.exporters.escaping import cut, visible, xml
from loopviz.exporters.facts import count
from loopviz.exporters.svg_style import BAR_HEIGHTS, CLASSES, MARKS, SMALL_CHARACTER
from loopviz.exporters.titles import Titles
from loopviz.timeline.cells import Cell
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.segments import Segment
from loopviz.trace.lifecycle import State

_LEAST_WIDTH = 2.0
#: Of several steps drawn as one: from which share of running time on which shade.
_SHADES = ((0.6, "m3"), (0.25, "m2"), (0.0, "m1"))
_RESTING = frozenset({Cell.SUSPENDED, Cell.IDLE, Cell.UNKNOWN})
#: How far right of a task's end its mark stands, so that it covers nothing.
_MARK_DISTANCE = 8
#: Line left free on either side of words, and the longest words.
_FREE_LINE = 12
_MOST_WORDS = 40


def number(value: float) -> str:
    """A coordinate: a tenth of a pixel is as fine as can be seen."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a row's shapes go: around the height ``middle``, a position p at ``left + p * scale``.

    Bars no wider than ``widest_untitled``, in axis units, share one shape and its title. ``heights`` are those of bars.
    """

    row: Row
    middle: float
    left: float
    scale: float
    widest_untitled: float
    heights: Mapping[Cell, int] = field(default_factory=lambda: BAR_HEIGHTS)


def bars(lane: Lane, segments: list[Segment], titles: Titles) -> Iterator[str]:
    """The shapes of a row."""
    label = visible(lane.row.label)
    for layer in _layers(segments):
        titled = [segment for segment in layer if segment.right - segment.left > lane.widest_untitled]
        if len(titled) < len(layer):
            yield from _shared(lane, label, layer)
        for segment in titled:
            title = xml(titles.of(lane.row, label, segment))
            yield f'<rect class="{_letters(segment)}" {_place(lane, segment)}><title>{title}</title></rect>\n'


def _place(lane: Lane, segment: Segment) -> str:
    height = lane.heights[segment.cell]
    left, top = lane.left + segment.left * lane.scale, lane.middle - height / 2
    width = max((segment.right - segment.left) * lane.scale, _LEAST_WIDTH)
    return f'x="{number(left)}" y="{number(top)}" width="{number(width)}" height="{height}"'


def _layers(segments: list[Segment]) -> tuple[list[Segment], list[Segment]]:
    """What is shown of what rests, and of the others."""
    resting: list[Segment] = []
    others: list[Segment] = []
    for segment in segments:
        left, right, _start_ns, _end_ns, cell, _spans, steps, _span, _lengths = segment
        if cell and (right > left or steps or cell == Cell.CALLBACK):
            (resting if cell in _RESTING else others).append(segment)
    return resting, others


def _letters(segment: Segment) -> str:
    """The classes of a segment's shape: merged steps are the paler the less of their time they run."""
    letter = CLASSES[segment.cell]
    if segment.steps < 2:
        return letter
    share = segment.lengths_ns[State.RUNNING] / max(1, segment.end_ns - segment.start_ns)
    return f"{letter} {next(shade for least, shade in _SHADES if share >= least)}"


def _shared(lane: Lane, label: str, layer: list[Segment]) -> Iterator[str]:
    """The narrow bars of a layer: one shape per class. What rests has one line, since steps lie on top of it."""
    narrow = [segment for segment in layer if segment.right - segment.left <= lane.widest_untitled]
    pieces: dict[str, list[str]] = defaultdict(list)
    # Most of thousands of bars differ in nothing but where they begin.
    outlines: dict[tuple[Cell, str], str] = {}
    zero, scale = lane.left, lane.scale
    for segment in _lines(narrow) if narrow[0].cell in _RESTING else narrow:
        left, right, _start_ns, _end_ns, cell, _spans, _steps, _span, _lengths = segment
        width = (right - left) * scale
        told = cell, f"{width:.1f}" if width > _LEAST_WIDTH else f"{_LEAST_WIDTH:.1f}"
        if told not in outlines:
            outlines[told] = _outline(lane, *told)
        pieces[_letters(segment)].append(f"M{zero + left * scale:.1f} {outlines[told]}")
    title = f"{xml(label)}: {count(sum([segment.steps for segment in narrow]), 'step')}"
    for letters, shapes in pieces.items():
        yield f'<path class="{letters}" d="{"".join(shapes)}"><title>{title}</title></path>\n'


def _outline(lane: Lane, cell: Cell, width: str) -> str:
    """A bar's shape as part of a path, but for where it begins."""
    height = lane.heights[cell]
    return f"{lane.middle - height / 2:g}h{width}v{height}h-{width}z"


def _lines(resting: list[Segment]) -> list[Segment]:
    """Of each resting state one segment, from where it occurs first to where it ends last."""
    first = {segment.cell: segment for segment in reversed(resting)}
    last = {segment.cell: segment for segment in resting}
    return [segment._replace(right=last[cell].right) for cell, segment in first.items()]


def words(lane: Lane, segments: list[Segment], titles: Titles) -> Iterator[str]:
    """What a task's long suspensions wait on, written over their lines."""
    if lane.row.kind != RowKind.TASK:
        return
    for segment in segments:
        room = (segment.right - segment.left) * lane.scale - 2 * _FREE_LINE
        if segment.cell != Cell.SUSPENDED or segment.spans > 1 or room < 4 * SMALL_CHARACTER:
            continue
        text = cut(titles.wait(lane.row, segment), _MOST_WORDS)
        if text and len(text) * SMALL_CHARACTER <= room:
            x = lane.left + segment.left * lane.scale + _FREE_LINE
            ground = number(len(text) * SMALL_CHARACTER + 6)
            place = f'x="{number(x - 3)}" y="{number(lane.middle - 6)}" width="{ground}"'
            yield f'<rect class="p" {place} height="12"/>'
            yield f'<text class="t" x="{number(x)}" y="{number(lane.middle + 3)}">{xml(text)}</text>\n'


def end_mark(cell: Cell, place: float, middle: float, title: str) -> str:
    """The mark of how a task ended, right of where it did."""
    at = f"translate({number(place + _MARK_DISTANCE)} {number(middle)})"
    return f'<path class="{CLASSES[cell]}" transform="{at}" d="{MARKS[cell]}"><title>{xml(title)}</title></path>\n'
