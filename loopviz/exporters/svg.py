"""SVG: the timeline as one drawing that stands alone.

Decides what is on the sheet and where: a headline, a legend of what occurs, the axis, a row per loop, task and call,
and arrows for who made whom ready where they are few enough to be followed. It is written by strict templates: each
piece of text passes ``escaping.xml``, each number is made here, so it is well-formed whatever a task is called, and
the same trace gives the same bytes.

A large trace stays small: spans are merged on the grid of the sheet, and more coarsely the more of them there are
(``_MOST_BARS``); rows beyond ``_MOST_ROWS`` are left out, and the sheet says how many. Short traces on the step axis
make a narrower sheet, since a step needs no more than ``_WIDEST_STEP``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from loopviz.exporters.base import ExportOptions
from loopviz.exporters.escaping import cut_label, visible, xml
from loopviz.exporters.sheet import Sheet
from loopviz.exporters.svg_lanes import Lane, bars, end_mark, number, words
from loopviz.exporters.svg_legend import legend
from loopviz.exporters.svg_style import HEAD, INDENT, MARGIN, style_sheet
from loopviz.exporters.svg_wakes import wake_arrows
from loopviz.exporters.titles import Titles
from loopviz.timeline.durations import exact
from loopviz.timeline.glyphs import GLYPHS
from loopviz.timeline.rows import Row, RowKind
from loopviz.trace.garbage import no_collections
from loopviz.trace.trace import Trace


class Svg:
    """The exporter. ``width`` is in pixels."""

    name = "svg"
    suffix = ".svg"
    summary = "a drawing that stands alone, for documents and web pages"

    def write(self, trace: Trace, out: TextIO, options: ExportOptions) -> None:
        """Write the sheet as one ``<svg>`` element."""
        with no_collections():
            out.writelines(_document(Sheet(trace, options)))


def _document(sheet: Sheet) -> Iterator[str]:
    size = f'width="{number(sheet.width)}" height="{number(sheet.height)}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {number(sheet.width)} {number(sheet.height)}"'
        ' role="img" aria-labelledby="title desc">\n'
    )
    yield f'<title id="title">{xml(sheet.headline)}</title>\n<desc id="desc">{xml(sheet.description)}</desc>\n'
    yield f"<style>{style_sheet()}</style>\n"
    yield '<rect class="p" width="100%" height="100%"/>\n'
    yield from _head(sheet)
    yield from _axis(sheet)
    for row, middle in zip(sheet.rows, sheet.middles, strict=True):
        yield from _label(sheet, row, middle)
    yield f'<path class="g" d="{"".join(_branches(sheet))}"/>\n'
    yield from wake_arrows(sheet)
    titles = Titles(sheet.trace)
    for row, middle, segments in zip(sheet.rows, sheet.middles, sheet.segments, strict=True):
        lane = Lane(row, middle, sheet.left, sheet.scale, sheet.widest_untitled)
        yield from bars(lane, segments, titles)
        if sheet.is_readable:
            yield from words(lane, segments, titles)
        yield from _end(sheet, row, middle)
    yield from _foot(sheet)
    yield "</svg>\n"


def _head(sheet: Sheet) -> Iterator[str]:
    yield f'<text class="h" x="{MARGIN}" y="40">{xml(sheet.headline)}</text>\n'
    yield f'<text class="d" x="{MARGIN}" y="60">{xml(sheet.facts)}</text>\n'
    yield from legend(sheet.occurring, 82)


def _axis(sheet: Sheet) -> Iterator[str]:
    top, bottom = HEAD - 6, sheet.bottom
    for row, middle in zip(sheet.rows, sheet.middles, strict=True):
        if row.kind == RowKind.LOOP:
            height = sheet.height_of(row)
            place = f'y="{number(middle - height / 2)}" width="{number(sheet.width - MARGIN)}" height="{height}"'
            yield f'<rect class="z" x="{MARGIN / 2:g}" {place} rx="4"/>\n'
    lines = [f"M{number(sheet.x(tick.position))} {top}V{number(bottom)}" for tick in sheet.ticks]
    yield f'<path class="g" d="{"".join(lines)}"/>\n'
    for y in sheet.scale_heights:
        yield f'<text class="d" x="{MARGIN}" y="{number(y)}">{sheet.axis_words}</text>\n'
        for tick in sheet.ticks:
            x = number(sheet.x(tick.position))
            yield f'<text class="d" x="{x}" y="{number(y)}" text-anchor="middle">{xml(tick.label)}</text>\n'


def _label(sheet: Sheet, row: Row, middle: float) -> Iterator[str]:
    letter = {RowKind.LOOP: ' class="l"', RowKind.TASK: "", RowKind.CALL: ' class="d"'}[row.kind]
    label = visible(row.label)
    text = cut_label(label, sheet.label_columns(row))
    whole = f"<title>{xml(label)}</title>" if text != label else ""
    yield f'<text{letter} x="{number(sheet.label_x(row))}" y="{number(middle + 4)}">{xml(text)}{whole}</text>\n'


def _branches(sheet: Sheet) -> Iterator[str]:
    """The lines of the tree: of each level's two characters, the first says what is drawn there."""
    for row, middle in zip(sheet.rows, sheet.middles, strict=True):
        half = sheet.height_of(row) / 2
        for level, sign in enumerate(row.guide[::2]):
            x = number(MARGIN + level * INDENT + INDENT / 2)
            if sign in "│├":
                yield f"M{x} {number(middle - half)}v{number(2 * half)}"
            if sign == "└":
                yield f"M{x} {number(middle - half)}v{number(half)}"
            if sign in "├└":
                yield f"M{x} {number(middle)}h{INDENT / 2:g}"


def _end(sheet: Sheet, row: Row, middle: float) -> Iterator[str]:
    final = sheet.layout.track(row).final
    if final is not None and row.kind == RowKind.TASK:
        task = sheet.trace.tasks[row.number]
        end_ns = task.finished_ns or 0
        title = visible(f"{row.label}: {GLYPHS[final[1]].name} at {exact(end_ns)}")
        if task.result:
            title += "\n" + visible(task.result)
        yield end_mark(final[1], sheet.x(sheet.axis.position(end_ns)), middle, title)


def _foot(sheet: Sheet) -> Iterator[str]:
    if sheet.left_out:
        words = f"{sheet.left_out:,} more rows are not drawn; a filter chooses which are"
        yield f'<text class="d" x="{MARGIN}" y="{number(sheet.height - MARGIN)}">{words}</text>\n'
