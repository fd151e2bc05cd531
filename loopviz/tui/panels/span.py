"""The Span panel: what the selected task does in the selected span, since when, on what, at which line, woken by whom.

Decides how the facts are laid out: one below the other, and in two columns where the panel is wide and low. A loop's
row tells of the loop.
"""

from __future__ import annotations

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS
from loopviz.timeline.labels import call_label, task_label
from loopviz.timeline.rows import RowKind
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace
from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.panels.span_facts import Fact, loop_facts, span_facts
from loopviz.tui.row_states import cell_of
from loopviz.tui.text import ending, fold
from loopviz.tui.units import moment
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.cell_painter import state_style

_LABEL = 9
#: From so many cells on, facts stand in two columns.
_TWO_COLUMNS = 64


class SpanPanel(Panel):
    """Writes the panel for one palette."""

    label = "Span"

    def title(self, watch: Watch) -> Line:
        """Whether a span was chosen or the panel follows the shown moment."""
        chosen = watch.selection.place.span is not None
        return Line("chosen, esc lets it go", self.palette.accent) if chosen else Line()

    def lines(self, watch: Watch, width: int, height: int) -> list[Line]:
        """The facts of the selected row's span."""
        task, place = watch.selection.task, watch.selection.place.row
        if place is None:
            return [Line("↑ ↓ or a click selects a row,", self.palette.dim), Line("[ ] its spans.", self.palette.dim)]
        if task is None:
            return [*self._loop_head(watch, place[1]), *self._facts(loop_facts(watch, place[1]), width)]
        head = [self._task_head(watch.view.trace, task)]
        if place[0] is RowKind.CALL:
            head += self._facts([("lane", call_label(watch.view.trace, place[1]))], width)
        index = watch.selection.span_index(watch.shown_ns)
        if index is None:
            return [*head, *self._facts([_creation(task)], width)]
        state = task.span(index).state
        words = watch.states.words(task.number, index, state)
        return [*head, *self._state(state, words, width), *self._facts(span_facts(watch, task, index), width)]

    def _state(self, state: State, words: str, width: int) -> list[Line]:
        cell = cell_of(state)
        style = state_style(self.palette, cell)
        name, _, rest = ("suspended on", "", words) if state is State.SUSPENDED else words.partition(" ")
        first, *more = fold(f"{name} {rest}".rstrip(), width - 2)
        line = Line().add(f"{GLYPHS[cell].glyph} ", style).add(first[: len(name)], style)
        line.add(first[len(name) :], self.palette.text)
        return [line, *(Line("  ").add(text, self.palette.text) for text in more)]

    def _task_head(self, trace: Trace, task: Task) -> Line:
        return Line(task_label(trace, task), self.palette.strong).add(f"  task {task.number}", self.palette.dim)

    def _loop_head(self, watch: Watch, number: int) -> list[Line]:
        row = watch.selection.row
        mark, words = watch.states.of(row, watch.shown_ns) if row is not None else (Cell.EMPTY, "")
        state = Line().add(f"{GLYPHS[mark].glyph} {words}", state_style(self.palette, mark))
        return [Line().add(f"loop {number}", self.palette.strong), state]

    def _facts(self, facts: list[Fact], width: int) -> list[Line]:
        if width < _TWO_COLUMNS:
            return [self._fact(Line(), fact, width) for fact in facts]
        half = (len(facts) + 1) // 2
        lines = [self._fact(Line(), fact, width // 2) for fact in facts[:half]]
        for line, fact in zip(lines, facts[half:], strict=False):
            self._fact(line, fact, width // 2)
        return lines

    def _fact(self, line: Line, fact: Fact, width: int) -> Line:
        label, value = fact
        room = max(1, width - _LABEL)
        # Of a place its end says the most: file and line.
        value = ending(value, room - 1) if label == "line" else value
        return line.column(label, _LABEL, self.palette.dim).column(value, room, self.palette.text)


def _creation(task: Task) -> Fact:
    return ("created", "before the recording" if task.created_ns is None else f"at {moment(task.created_ns)}")
