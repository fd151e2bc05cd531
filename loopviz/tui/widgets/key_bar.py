"""The last line: the keys that matter now, as many as fit; a click presses the key. What there is to say is said
here, too.

Textual's own footer takes a widget per key and shows them in order until the line ends; here the most useful stay when
space is short. A message takes the line for some seconds, so that nothing pops up over the timeline.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from loopviz.tui.keys import Key, bar_cap, bar_keys, bar_width
from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette

_MESSAGE_S = 4.0


class KeyBar(Widget):
    """One line of keycaps and what they do."""

    DEFAULT_CSS = "KeyBar { height: 1; width: 100%; }"
    ALLOW_SELECT = False

    def __init__(self, palette: Palette, keys: Callable[[int], list[Key]] = bar_keys) -> None:
        super().__init__()
        self.palette = palette
        self._keys = keys
        self.message = ""
        self._is_error = False
        self._timer: Timer | None = None

    def offer(self, keys: Callable[[int], list[Key]]) -> None:
        """Show other keys from now on."""
        self._keys = keys
        self.refresh()

    def tell(self, message: str, is_error: bool = False) -> None:
        """Say something for some seconds."""
        if self._timer is not None:
            self._timer.stop()
        self.message, self._is_error = message, is_error
        self._timer = self.set_timer(_MESSAGE_S * (2 if is_error else 1), self.be_quiet)
        self.refresh()

    def be_quiet(self) -> None:
        """Show the keys again."""
        self.message = ""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        line = Line(" ")
        if self.message:
            line.add(self.message, self.palette.bad if self._is_error else self.palette.accent)
        else:
            for key in self._keys(self.size.width - 1):
                line.add(bar_cap(key), self.palette.key).add(f" {key.bar}  ", self.palette.dim)
        return line.strip(self.size.width, self.palette.background)

    def on_click(self, event: events.Click) -> None:
        if self.message:
            self.be_quiet()
            return
        column = 1
        for key in self._keys(self.size.width - 1):
            column += bar_width(key)
            if event.x < column:
                self.app.simulate_key(key.keys.split(",")[0])
                return
