"""The Source panel: the line that the selected span is at, marked, with the lines around it that the recording kept.

Decides what is shown where lines are missing: a gap in the kept lines is a gap on the screen, and a file of which the
recording kept nothing is said to be that, with the place, so that it can be looked up elsewhere.
"""

from __future__ import annotations

from loopviz.trace.definitions import Frame
from loopviz.tui.highlight import highlighted
from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.places import coroutine_place, place_of_span
from loopviz.tui.watch import Watch


class SourcePanel(Panel):
    """Writes the panel for one palette."""

    label = "Source"

    def title(self, watch: Watch) -> Line:
        """The file and line."""
        place = _place(watch)
        return Line(place.place, self.palette.accent) if place is not None else Line()

    def lines(self, watch: Watch, width: int, height: int) -> list[Line]:
        """All that was kept of the file. What lies around the place is in view: it is the panel's anchor."""
        place = _place(watch)
        if place is None:
            return [Line("Select a task to see its line.", self.palette.dim)]
        kept = watch.view.trace.definitions.sources.get(place.file, {})
        if place.line not in kept:
            return [
                Line("The recording kept no source of", self.palette.dim),
                Line().add(place.place, self.palette.text),
            ]
        # The whole file is coloured, not the part in view: that may begin within a string.
        top, end = min(kept), max(kept)
        code = highlighted("\n".join(kept.get(number, "") for number in range(top, end + 1)), self.palette)
        digits = len(str(end))
        return [self._line(number, digits, text, number == place.line) for number, text in enumerate(code, top)]

    def anchor(self, watch: Watch) -> int | None:
        """The marked line."""
        place = _place(watch)
        kept = watch.view.trace.definitions.sources.get(place.file, {}) if place is not None else {}
        return place.line - min(kept) if place is not None and place.line in kept else None

    def _line(self, number: int, digits: int, code: Line, marked: bool) -> Line:
        line = Line().right(str(number), digits, self.palette.accent if marked else self.palette.faint)
        line.add(" ▶ " if marked else "   ", self.palette.accent)
        line.pieces += code.pieces
        return line


def _place(watch: Watch) -> Frame | None:
    task = watch.selection.task
    if task is None:
        return None
    trace, index = watch.view.trace, watch.selection.span_index(watch.shown_ns)
    return place_of_span(trace, task, index) if index is not None else coroutine_place(trace, task)
