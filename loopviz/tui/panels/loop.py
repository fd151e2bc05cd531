"""The Loop panel: what has the thread, who queues for it and since when, which timers are set, who waits for what.

Decides the order, which is that of the loop's own round: running, ready, timers, waits. Numbers stand under each
other at the right. The loop shown is the selected row's; without a selection, the first.

Awkward cases: a trace of no loop has nothing to show; lists are cut to what a scroll can reach, their counts are
whole; an overdue timer says by how much.
"""

from __future__ import annotations

from typing import NamedTuple

from loopviz.timeline.cells import Cell
from loopviz.timeline.durations import rounded
from loopviz.timeline.labels import task_label
from loopviz.timeline.rows import Row, RowKind
from loopviz.trace.moments import Moment
from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.text import fit_label
from loopviz.tui.units import moment
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.cell_painter import state_style

#: What a loop does that runs nothing and of whose sleep no end is recorded yet, by the words of its row.
_OTHERWISE = {
    "idle": ("idle", "until something wakes it"),
    "busy": ("running", "the loop itself"),
    "stopped": ("stopped", "the loop runs nothing"),
}


class _Entry(NamedTuple):
    """One line: the group it begins (empty within a group), the colour of that, what, and a number."""

    label: str
    cell: Cell
    text: str
    number: str = ""


class LoopPanel(Panel):
    """Writes the state of one loop at the shown moment."""

    label = "Loop"

    def title(self, watch: Watch) -> Line:
        """The moment."""
        return Line(f"at {moment(watch.shown_ns)}", self.palette.dim) if watch.loop is not None else Line()

    def lines(self, watch: Watch, width: int, height: int) -> list[Line]:
        """One line per thing that runs, queues, is set or waits."""
        if watch.loop is None:
            return [Line("No loop yet.", self.palette.dim)]
        watch.history.is_wanted = True
        moments = watch.history.moments
        if words := watch.history.words(moments.taken):
            return [Line(f"{words}: what ran and what waited", self.palette.dim)]
        now = moments.known_at(watch.shown_ns, watch.loop, height)
        entries = [_running(watch, now), *_ready(watch, now), *_timers(watch, now), *_waits(watch, now)][:height]
        labels = max(len(entry.label) for entry in entries) + 2
        numbers = max(len(entry.number) for entry in entries) + 1
        return [self._line(entry, labels, max(1, width - labels - numbers), numbers) for entry in entries]

    def _line(self, entry: _Entry, labels: int, room: int, numbers: int) -> Line:
        line = Line().column(entry.label, labels, state_style(self.palette, entry.cell))
        if not entry.number:
            return line.column(entry.text, room + numbers, self.palette.dim)
        return line.column(fit_label(entry.text, room), room, self.palette.text).right(
            entry.number, numbers, self.palette.dim
        )


def _running(watch: Watch, now: Moment) -> _Entry:
    if now.running is not None:
        name = _name(watch, now.running.task, now.running.name)
        return _Entry("running", Cell.RUNNING, name, rounded(now.t_ns - now.running.since_ns))
    if now.idle is not None:
        asked = "until woken" if now.idle.timeout_ns is None else f"{rounded(now.idle.timeout_ns)} at most"
        return _Entry("idle", Cell.IDLE, asked, rounded(now.t_ns - now.idle.since_ns))
    _mark, words = watch.states.of(Row(RowKind.LOOP, now.loop, "", "", now.loop), now.t_ns)
    label, text = _OTHERWISE.get(words, ("running", "nothing"))
    return _Entry(label, Cell.IDLE, text)


def _ready(watch: Watch, now: Moment) -> list[_Entry]:
    if not now.ready:
        return [_Entry("ready", Cell.IDLE, "the queue is empty")]
    return _group("ready", Cell.READY, now.ready_count, [
        (f"{place} {_name(watch, queued.task, queued.name)}", rounded(now.t_ns - queued.since_ns))
        for place, queued in enumerate(now.ready, 1)
    ])  # fmt: skip


def _timers(watch: Watch, now: Moment) -> list[_Entry]:
    entries = []
    for timer in now.timers:
        left_ns = timer.due_ns - now.t_ns
        number = f"in {rounded(left_ns)}" if left_ns > 0 else f"late by {rounded(-left_ns)}"
        entries.append((_name(watch, timer.task, timer.callback or "?"), number))
    return _group("timers", Cell.CALLBACK, now.timer_count, entries)


def _waits(watch: Watch, now: Moment) -> list[_Entry]:
    entries = []
    for waiting in now.suspended:
        words = f" ─ {waiting.wait.words}" if waiting.wait is not None else ""
        entries.append((_name(watch, waiting.task, waiting.name) + words, rounded(now.t_ns - waiting.since_ns)))
    return _group("waiting", Cell.SUSPENDED, now.suspended_count, entries)


def _group(label: str, cell: Cell, count: int, entries: list[tuple[str, str]]) -> list[_Entry]:
    lines = [_Entry("" if at else f"{label} {count}", cell, text, number) for at, (text, number) in enumerate(entries)]
    return [*lines, _Entry("", cell, f"and {count - len(entries)} more")] if len(entries) < count else lines


def _name(watch: Watch, task: int | None, name: str) -> str:
    known = watch.view.trace.tasks.get(task) if task is not None else None
    return task_label(watch.view.trace, known) if known is not None else name
