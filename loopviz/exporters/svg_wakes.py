"""Arrows from whoever made a task ready to that task.

Decides when they help: where they are few enough to be followed by the eye. With more of them than ``_MOST`` the
sheet shows none, and each span's title still tells by whom it was made ready. A creation is the first wake. A task
that woke itself (its own timer, a bare yield) needs no arrow.
"""

from __future__ import annotations

from collections.abc import Iterator

from loopviz.events import WakeKind
from loopviz.exporters.sheet import Sheet
from loopviz.exporters.svg_lanes import number
from loopviz.timeline.rows import RowKind
from loopviz.trace.lifecycle import State
from loopviz.trace.wakes import wake_of_span

_MOST = 80
#: From the middle of the waker's row, and to that of the woken one: the edges of their bars.
_FROM, _TO = 7, 5

Arrow = tuple[float, float, float]


def wake_arrows(sheet: Sheet) -> Iterator[str]:
    """One path for all shafts, one for all heads; nothing where there are too many."""
    arrows = _arrows(sheet)
    if not arrows:
        return
    shafts, heads = [], []
    for x, start, end in arrows:
        down = 1 if end > start else -1
        tip = end - down * _TO
        shafts.append(f"M{number(x)} {number(start + down * _FROM)}V{number(tip - down * 3)}")
        heads.append(f"M{number(x)} {number(tip)}l-2.5 {-5 * down}h5z")
    yield f'<path class="a" d="{"".join(shafts)}"/>\n<path class="w" d="{"".join(heads)}"/>\n'


def _arrows(sheet: Sheet) -> list[Arrow]:
    """``(x, from, to)`` of each arrow; empty where there are too many."""
    if not sheet.is_readable:
        return []
    middles = {
        row.number: middle
        for row, middle in zip(sheet.rows, sheet.middles, strict=True)
        if row.kind == RowKind.TASK
    }
    arrows: list[Arrow] = []
    for number_, middle in middles.items():
        for span in sheet.trace.tasks[number_].spans():
            wake = wake_of_span(sheet.trace, span) if span.state == State.READY else None
            if wake is None or wake.kind != WakeKind.TASK or wake.task == number_ or wake.task not in middles:
                continue
            arrows.append((sheet.x(sheet.axis.position(span.start_ns)), middles[wake.task], middle))
            if len(arrows) > _MOST:
                return []
    return arrows
