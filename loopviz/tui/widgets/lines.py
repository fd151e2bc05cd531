"""A few lines of text that know when they have changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette


class Lines(Widget):
    """Shows lines one below the other, cut at its edges."""

    DEFAULT_CSS = "Lines { width: 100%; height: 1; }"
    ALLOW_SELECT = False

    def __init__(self, palette: Palette, name: str) -> None:
        super().__init__(id=name)
        self.palette = palette
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines from now on."""
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else Line()
        return line.strip(self.size.width, self.palette.background)
