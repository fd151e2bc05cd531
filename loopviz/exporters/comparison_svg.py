"""A comparison as one drawing that stands alone: a band for each program on one axis, and the table below.

Decides what is on the sheet and where; measures are in ``comparison_sheet``. A band has its name, a bar from its first
task to its last one's end (on the time axis) with the length and speed-up behind it, a row per task and call as in the
timeline, a mark for each line printed (filled: by the main task), and what the main task printed in its order. It is
written by strict templates: each piece of text passes ``escaping.xml``, each number is made here.

Awkward cases: a program that was not run has its reason in place of rows; marks closer than they can be told apart are
drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from loopviz.exporters.base import ExportOptions
from loopviz.exporters.comparison_sheet import (
    BEHIND,
    HEIGHTS,
    INDENT,
    MOST_WORDS,
    TABLE_ROW,
    TITLE,
    Block,
    ComparisonSheet,
)  # fmt: skip
from loopviz.exporters.escaping import cut, cut_label, visible, xml
from loopviz.exporters.facts import count
from loopviz.exporters.svg_lanes import Lane, bars, end_mark, number
from loopviz.exporters.svg_legend import legend, legend_x
from loopviz.exporters.svg_style import CHARACTER, CLASSES, MARGIN, MARKS, SMALL_CHARACTER, style_sheet
from loopviz.exporters.titles import Titles
from loopviz.timeline.cells import Cell
from loopviz.timeline.comparison import Comparison, PrintedLine
from loopviz.timeline.comparison_prints import main_words
from loopviz.timeline.comparison_table import Column, given, in_short, names, notes, summary
from loopviz.timeline.durations import exact
from loopviz.timeline.glyphs import GLYPHS
from loopviz.timeline.labels import task_label
from loopviz.timeline.rows import Row, RowKind
from loopviz.timeline.segments import Segment

_HEADLINE_CHARACTER = 10.0
_LEGEND_Y = 82
_AXIS_Y = 114
#: Marks closer than this are one.
_APART = 3.0
_RADIUS = 3
_AXES = {"time": "time", "steps": "steps"}
_EVERY_BAND = {
    "time": "time from left to right; every band begins with its program's first task",
    "steps": "every step equally wide; every band begins with its program's first task",
}


class ComparisonSvg:
    """The exporter. ``width`` is in pixels."""

    name = "svg"
    suffix = ".svg"
    summary = "a drawing that stands alone, for documents and web pages"
    has_axis = True

    def write(self, comparison: Comparison, out: TextIO, options: ExportOptions) -> None:
        """Write the sheet as one ``<svg>`` element."""
        out.writelines(_document(ComparisonSheet(comparison, options)))


def _document(sheet: ComparisonSheet) -> Iterator[str]:
    said = [visible(note) for note in notes(sheet.comparison)]
    height = sheet.table_bottom + 12 + len(said) * TABLE_ROW
    headline = xml(cut(visible(names(sheet.comparison)), int((sheet.width - 2 * MARGIN) / _HEADLINE_CHARACTER)))
    facts = [*([given(sheet.comparison)] if sheet.comparison.arguments else []), _EVERY_BAND[sheet.axis_name]]
    title = xml(visible(summary(sheet.comparison)))
    size = f'width="{number(sheet.width)}" height="{number(height)}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {number(sheet.width)} {number(height)}"'
        ' role="img" aria-labelledby="title desc">\n'
    )
    yield f'<title id="title">{title}</title>\n<desc id="desc">{xml(_description(sheet))}</desc>\n'
    yield f'<style>{style_sheet()}</style>\n<rect class="p" width="100%" height="100%"/>\n'
    yield f'<text class="h" x="{MARGIN}" y="40">{headline}</text>\n'
    yield f'<text class="d" x="{MARGIN}" y="60">{xml(visible(" · ".join(facts)))}</text>\n'
    yield from _legend(sheet)
    yield from _axis(sheet)
    for block, segments in zip(sheet.blocks, sheet.segments, strict=True):
        yield from _band(sheet, block, segments)
    yield from _tables(sheet)
    for place, note in enumerate(said):
        y = sheet.table_bottom + 8 + place * TABLE_ROW
        yield f'<text class="t" x="{MARGIN}" y="{number(y)}">{xml(note)}</text>\n'
    yield "</svg>\n"


def _description(sheet: ComparisonSheet) -> str:
    bands = [
        f"{band.label}: {in_short(sheet.comparison, band) or band.outcome.words}" for band in sheet.comparison.bands
    ]
    return visible(
        f"A band for each of {count(len(bands), 'program')}, on one axis: {', '.join(bands)}. From left to right:"
        f" {_AXES[sheet.axis_name]}. A row for each task and call. A high bar is a task that runs, a half-high one a"
        " task that is ready and waits for its turn, a thin line one that is suspended."
    )


def _legend(sheet: ComparisonSheet) -> Iterator[str]:
    yield from legend(sheet.occurring, _LEGEND_Y)
    if any(block.printed for block in sheet.blocks):
        x = legend_x(sheet.occurring, len(sheet.occurring))
        for by_main, words in ((True, "main prints"), (False, "another task prints")):
            yield _dot(x + 6, _LEGEND_Y, by_main, "")
            yield f'<text class="d" x="{number(x + 16)}" y="{_LEGEND_Y + 4}">{words}</text>\n'
            x += 36 + len(words) * CHARACTER


def _axis(sheet: ComparisonSheet) -> Iterator[str]:
    for block in sheet.blocks:
        size = f'width="{number(sheet.width - MARGIN)}" height="{number(block.bottom - block.top)}"'
        yield f'<rect class="z" x="{MARGIN / 2:g}" y="{number(block.top)}" {size} rx="4"/>\n'
    lines = [f"M{number(sheet.x(tick.position))} {_AXIS_Y + 6}V{number(sheet.bottom + 6)}" for tick in sheet.ticks]
    yield f'<path class="g" d="{"".join(lines)}"/>\n'
    for y in (_AXIS_Y, sheet.bottom + 18):
        yield f'<text class="d" x="{MARGIN}" y="{number(y)}">{_AXES[sheet.axis_name]}</text>\n'
        for tick in sheet.ticks:
            x = number(sheet.x(tick.position))
            yield f'<text class="d" x="{x}" y="{number(y)}" text-anchor="middle">{xml(tick.label)}</text>\n'


def _band(sheet: ComparisonSheet, block: Block, segments: Sequence[list[Segment]]) -> Iterator[str]:
    yield from _title(sheet, block)
    titles = Titles(block.band.trace, block.band.begin_ns)
    for place, (row, shapes) in enumerate(zip(block.rows, segments, strict=True)):
        middle = block.middle(place)
        yield _small(sheet.label_x(row), middle, cut_label(visible(row.label), sheet.label_columns(row)))
        lane = Lane(row, middle, sheet.left, sheet.scale, sheet.widest_untitled, HEIGHTS)
        yield from bars(lane, shapes, titles)
        yield from _end(sheet, block, row, middle)
    if block.more is not None:
        yield _small(MARGIN + INDENT, block.more, f"{count(block.left_out, 'more row')}, not drawn")
    if block.printed is not None:
        yield _small(MARGIN + INDENT, block.printed, "printed")
        yield from _marks(sheet, block, block.printed)
    if block.words is not None:
        room = int((sheet.width - MARGIN - sheet.left) / SMALL_CHARACTER)
        yield _small(sheet.left, block.words, cut(visible(f"main: {main_words(block.band)}"), room))


def _title(sheet: ComparisonSheet, block: Block) -> Iterator[str]:
    band, middle = block.band, block.top + TITLE / 2
    label = cut(visible(band.label), sheet.label_columns(Row(RowKind.LOOP, 0, "", "", 0)))
    yield f'<text class="l" x="{MARGIN}" y="{number(middle + 4)}">{xml(label)}</text>\n'
    if band.figures is not None:
        end = sheet.x(block.axis.extent)
        words = in_short(sheet.comparison, band)
        if sheet.axis_name == "time":
            size = f'width="{number(max(end - sheet.left, 2))}" height="6"'
            yield f'<rect class="w" opacity=".45" x="{number(sheet.left)}" y="{number(middle - 3)}" {size} rx="2"/>\n'
        yield f'<text class="l" x="{number(end + BEHIND / 2)}" y="{number(middle + 4)}">{xml(words)}</text>\n'
    if block.outcome is not None:
        at = f"translate({number(sheet.left + 5)} {number(block.outcome)})"
        yield f'<path class="{CLASSES[Cell.RAISED]}" transform="{at}" d="{MARKS[Cell.RAISED]}"/>\n'
        yield _small(sheet.left + 16, block.outcome, cut(visible(band.outcome.words), MOST_WORDS))


def _small(x: float, middle: float, text: str) -> str:
    return f'<text class="t" x="{number(x)}" y="{number(middle + 3.5)}">{xml(text)}</text>\n'


def _end(sheet: ComparisonSheet, block: Block, row: Row, middle: float) -> Iterator[str]:
    final = block.band.layout.track(row).final
    if final is not None and row.kind == RowKind.TASK:
        end_ns = block.band.trace.tasks[row.number].finished_ns or 0
        title = visible(f"{row.label}: {GLYPHS[final[1]].name} at {exact(end_ns - block.band.begin_ns)}")
        yield end_mark(final[1], sheet.x(block.axis.position(end_ns)), middle, title)


def _marks(sheet: ComparisonSheet, block: Block, middle: float) -> Iterator[str]:
    """A mark for each line; the main task's lie on top."""
    for by_main in (False, True):
        last = -_APART
        for line in block.band.printed:
            x = sheet.x(min(block.axis.position(line.t_ns), block.axis.extent))
            if line.by_main == by_main and x - last >= _APART:
                yield _dot(x, middle, by_main, _words(block, line))
                last = x


def _words(block: Block, line: PrintedLine) -> str:
    task = block.band.trace.tasks.get(line.task) if line.task is not None else None
    by = task_label(block.band.trace, task) if task is not None else "no task"
    return visible(f"{by} printed at {exact(line.t_ns - block.band.begin_ns)}: {line.text}")


def _dot(x: float, y: float, by_main: bool, title: str) -> str:
    letter, radius = ("w", _RADIUS) if by_main else ("a", _RADIUS - 0.5)
    told = f"<title>{xml(title)}</title>" if title else ""
    return f'<circle class="{letter}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}">{told}</circle>\n'


def _tables(sheet: ComparisonSheet) -> Iterator[str]:
    y = sheet.table_top
    for columns in sheet.tables:
        yield from _table(sheet, columns, y)
        y += (len(sheet.comparison.bands) + 1) * TABLE_ROW + 14


def _table(sheet: ComparisonSheet, columns: Sequence[Column], top: float) -> Iterator[str]:
    x, gap = float(MARGIN), sheet.column_gap(columns)
    right = MARGIN + sum(sheet.column_widths(columns)) + gap * (len(columns) - 1)
    yield f'<path class="g" d="M{MARGIN} {number(top + TABLE_ROW - 6)}H{number(right)}"/>\n'
    for column, width in zip(columns, sheet.column_widths(columns), strict=True):
        place = x if column.is_text else x + width
        anchor = "" if column.is_text else ' text-anchor="end"'
        meaning = f"<title>{xml(column.meaning)}</title>" if column.meaning else ""
        at = f'x="{number(place)}"{anchor}'
        yield f'<text class="d" {at} y="{number(top + 8)}">{xml(column.heading)}{meaning}</text>\n'
        for row, band in enumerate(sheet.comparison.bands, 1):
            letter = ' class="l"' if column is columns[0] else ""
            y = number(top + row * TABLE_ROW + 8)
            yield f'<text{letter} {at} y="{y}">{xml(sheet.cell(column, band))}</text>\n'
        x += width + gap
