"""One of a few, on one line: ``format   [svg]  json  text``; left and right choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from loopviz.tui.painting import Line
from loopviz.tui.text import width
from loopviz.tui.themes import Palette

_LABEL = 9


class Choice(Widget, can_focus=True):
    """``chosen`` is the index of the chosen option."""

    DEFAULT_CSS = "Choice { height: 1; width: 100%; }"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "before", show=False),
        Binding("right,l,space", "move(1)", "next", show=False),
    ]
    chosen: reactive[int] = reactive(0)

    class Changed(Message):
        """Another option was chosen."""

    def __init__(
        self, label: str, options: Sequence[str], palette: Palette, id: str, label_cells: int = _LABEL
    ) -> None:
        super().__init__(id=id)
        self.label = label
        self.options = options
        self.palette = palette
        self._label_cells = label_cells

    @property
    def cells(self) -> int:
        """The cells that all of it takes."""
        return self._label_cells + sum(width(option) + 3 for option in self.options)

    def action_move(self, count: int) -> None:
        self.chosen = (self.chosen + count) % len(self.options)

    def watch_chosen(self) -> None:
        self.post_message(self.Changed())

    def render_line(self, y: int) -> Strip:
        palette = self.palette
        line = Line().column(self.label, self._label_cells, palette.strong if self.has_focus else palette.dim)
        for at, option in enumerate(self.options):
            chosen = at == self.chosen
            style = (palette.accent if self.has_focus else palette.text) if chosen else palette.dim
            line.add(f"[{option}]" if chosen else f" {option} ", style).add(" ", style)
        return line.strip(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        column = self._label_cells
        for at, option in enumerate(self.options):
            if column <= event.x < column + width(option) + 2:
                self.chosen = at
            column += width(option) + 3
