"""The Output panel: what the program had printed by the shown moment, each line with the task that wrote it.

Decides that a line tells its writer in a column of its own, that stderr is told from stdout by a mark as well as by
its colour, and that the selected task's lines stand out.

Awkward case: a line that is longer than the panel is folded; what the program printed outside of its tasks has no
writer.
"""

from __future__ import annotations

from loopviz.timeline.labels import task_label
from loopviz.trace.output import OutputLine
from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.text import fit_label, fold
from loopviz.tui.text import width as text_width
from loopviz.tui.units import count
from loopviz.tui.watch import Watch

_MARK = 3
_WIDEST_WRITER = 14


class OutputPanel(Panel):
    """Writes the panel for one palette."""

    label = "Output"
    follows_end = True

    def title(self, watch: Watch) -> Line:
        """How many lines."""
        lines = watch.output.count_until(watch.shown_ns)
        return Line(count(lines, "line"), self.palette.dim) if lines else Line()

    def lines(self, watch: Watch, width: int, height: int) -> list[Line]:
        """The newest lines, the last one last."""
        until = watch.output.count_until(watch.shown_ns)
        if not until:
            return [Line("Nothing printed by now." if watch.output.lines else "Nothing printed.", self.palette.dim)]
        told = watch.output.lines[max(0, until - height) : until]
        writers = [_writer(watch, line) for line in told]
        cells = min(max(map(text_width, writers)), _WIDEST_WRITER, width // 3)
        lines: list[Line] = []
        for line, writer in zip(told, writers, strict=True):
            lines += self._line(watch, line, writer, cells, width)
        return lines

    def _line(self, watch: Watch, told: OutputLine, writer: str, cells: int, width: int) -> list[Line]:
        palette, task = self.palette, watch.selection.task
        own = task is not None and told.task == task.number
        style = palette.warn if told.is_stderr else palette.text
        lines: list[Line] = []
        for text in fold(told.text_at(watch.shown_ns), width - cells - _MARK):
            by = "" if lines else fit_label(writer, cells)
            line = Line().column(by, cells, palette.key if own else palette.dim)
            lines.append(line.add(" ! " if told.is_stderr else "   ", palette.bad).add(text, style))
        return lines


def _writer(watch: Watch, told: OutputLine) -> str:
    task = watch.view.trace.tasks.get(told.task) if told.task is not None else None
    return task_label(watch.view.trace, task) if task is not None else ""
