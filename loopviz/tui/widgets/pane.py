"""What the panels below the timeline have in common: a title on a thin rule, lines below it, a scroll of their own.

Decides when a panel paints: ``write`` is called as often as the screen likes and repaints only where something differs.
Where panels share a place, the title line holds all their names, the present one strong; a click on a name turns to it.

Awkward cases: fewer lines than before pull the scroll back; a panel that follows (``follows_end``) stays at its last
line unless the user scrolled up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.themes import Palette
from loopviz.tui.watch import Watch

#: How much of the panel is above the line that it shows.
_ABOVE_ANCHOR = 0.4


class Pane(Widget):
    """The place of one panel.

    ``tabs`` are the panels that share it, by name and label; ``divided`` draws a rule on its left.
    """

    DEFAULT_CSS = "Pane { width: 1fr; height: 100%; }"
    ALLOW_SELECT = False
    #: How many times its height a panel is asked for lines: what a scroll can reach.
    pages: ClassVar[int] = 4

    class Turned(Message):
        """Somebody clicked on the name of another panel that shares the place."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(id=name)
        self.panel = panel
        self.panel_name = name
        self.tabs: tuple[tuple[str, str], ...] = ()
        self.divided = False
        self._title = Line()
        self._lines: Sequence[Line] = ()
        self._anchor: int | None = None
        #: How far from home somebody has scrolled, in lines.
        self._scrolled = 0

    def set_palette(self, palette: Palette) -> None:
        """Write in other colours from now on."""
        self.panel = type(self.panel)(palette)
        self.refresh()

    @property
    def text_width(self) -> int:
        """The cells that a line of the panel has."""
        return max(1, self.size.width - 2 - self.divided)

    @property
    def text_height(self) -> int:
        """The lines that the panel shows at once."""
        return max(0, self.size.height - 1)

    def write(self, watch: Watch) -> None:
        """Write the panel for the present state of the watch; repaint it if that differs."""
        height = self.text_height * self.pages
        title, lines = self.panel.title(watch), self.panel.lines(watch, self.text_width, height)
        anchor = self.panel.anchor(watch)
        before = self._in_view()
        self._scrolled = 0 if anchor != self._anchor else self._scrolled
        self._title, self._lines, self._anchor = title, lines, anchor
        differ = [y for y, (old, new) in enumerate(zip(before, self._in_view(), strict=True)) if old != new]
        if differ:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in differ))

    def _in_view(self) -> list[Line | None]:
        """The title and the lines below it, None where there is none."""
        first = self._first()
        lines = self._lines[first : first + self.text_height]
        return [self._title, *lines, *[None] * (self.text_height - len(lines))]

    def _first(self) -> int:
        """The first line in view."""
        return min(max(0, self._home() + self._scrolled), self._last_first())

    def _home(self) -> int:
        """The first line in view as long as nobody scrolls."""
        if self._anchor is not None:
            return min(max(0, self._anchor - int(self.text_height * _ABOVE_ANCHOR)), self._last_first())
        return self._last_first() if self.panel.follows_end else 0

    def _last_first(self) -> int:
        return max(0, len(self._lines) - self.text_height)

    def scroll_lines(self, count: int) -> None:
        """Scroll by lines; above zero goes down."""
        self._scrolled = min(max(0, self._first() + count), self._last_first()) - self._home()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.panel.palette.background
        line = Line()
        if self.divided:
            line.add("│" if y else "┬", self.panel.palette.faint)
        if y == 0:
            self._paint_title(line, width)
        else:
            line.add(" ", Style.null())
            index = self._first() + y - 1
            if index < len(self._lines):
                line.pieces += self._lines[index].pieces
        return line.strip(width, base)

    def _paint_title(self, line: Line, width: int) -> None:
        line.add("─", self.panel.palette.faint)
        for number, (name, label) in enumerate(self.tabs or ((self.panel_name, self.panel.label),)):
            line.add(" " if number == 0 else " · ", self.panel.palette.faint)
            line.add(label, self._label_style if name == self.panel_name else self.panel.palette.dim)
        if self._title.pieces:
            line.add(" ─ " if len(self.tabs) > 1 else " ", self.panel.palette.faint)
            line.pieces += self._title.pieces
        line.add(" ", self.panel.palette.faint)
        line.add("─" * max(0, width - line.cells), self.panel.palette.faint)

    @property
    def _label_style(self) -> Style:
        palette = self.panel.palette
        return palette.accent + Style(bold=True, reverse=True) if self.has_focus else palette.strong

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.scroll_lines(2)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.scroll_lines(-2)
        event.stop()

    def on_click(self, event: events.Click) -> None:
        if event.y != 0:
            return
        column = 2 + self.divided
        for name, label in self.tabs:
            if column <= event.x < column + len(label):
                self.post_message(self.Turned(name))
            column += len(label) + 3
