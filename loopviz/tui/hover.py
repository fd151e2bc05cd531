"""What the tooltip tells of the span under the pointer."""

from __future__ import annotations

from loopviz.timeline.durations import rounded
from loopviz.timeline.rows import RowKind
from loopviz.tui.text import safe
from loopviz.tui.units import moment
from loopviz.tui.watch import Watch


def hover_text(watch: Watch, index: int, column: int) -> str:
    """One or two lines of plain text; on the names the whole name. Empty where nothing is."""
    view = watch.view
    row = view.rows[index]
    if column < 0:
        return safe(row.label)
    time_ns = view.time_of(column)
    if time_ns > view.trace.end_ns:
        return ""
    mark, words = watch.states.of(row, time_ns)
    if not mark:
        return ""
    if row.kind is not RowKind.TASK:
        return f"{safe(row.label)}  {words}".rstrip()
    task = view.trace.tasks[row.number]
    at = task.span_index_at(time_ns)
    if at is None:
        return ""
    span = task.span(at)
    length = "" if span.end_ns is None else f", {rounded(span.end_ns - span.start_ns)}"
    return f"{safe(row.label)}  {safe(words)}{length}\nfrom {moment(span.start_ns)}"
