"""The bands of the compare screen: an axis line, and below it the lines of all programs.

Decides when lines are made: when something has changed, and only those in view.
"""

from __future__ import annotations

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from loopviz.tui.compare_view import CompareView, LineKind
from loopviz.tui.text import width
from loopviz.tui.themes import Palette
from loopviz.tui.widgets.compare_lines import LinePainter

_WHEEL_LINES = 3
#: Least and most cells of the labels; they never take more than a third of the screen.
_LEAST_LABELS, _MOST_LABELS = 22, 44


class CompareBands(Widget):
    """The bands of one view."""

    DEFAULT_CSS = "CompareBands { width: 100%; height: 1fr; }"
    ALLOW_SELECT = False

    class Chosen(Message):
        """A band was clicked; ``on_name`` says that its name was."""

        def __init__(self, band: int, on_name: bool) -> None:
            super().__init__()
            self.band = band
            self.on_name = on_name

    def __init__(self, palette: Palette, view: CompareView) -> None:
        super().__init__()
        self.view = view
        self._strips: list[Strip] = []
        self._frame: object = None
        self.set_palette(palette)

    def set_palette(self, palette: Palette) -> None:
        """Paint in other colours from the next frame on."""
        self.palette = palette
        self._painter = LinePainter(palette, self.view)
        self._frame = None

    @property
    def labels(self) -> int:
        """The cells left of the bands, with the rule between."""
        longest = max(width(band.label) for band in self.view.bands) + 4
        return min(max(longest, _LEAST_LABELS, self.size.width // 5), _MOST_LABELS, max(1, self.size.width // 3))

    def update_lines(self) -> None:
        """Make the lines of a frame, if anything has changed."""
        if not self.size.height or not self.size.width:
            return
        view, labels, height = self.view, self.labels, max(1, self.size.height - 1)
        if (view.columns, view.height) != (max(1, self.size.width - labels), height):
            view.resize(self.size.width - labels, height)
        frame = (self.size, *view.frame)
        if frame == self._frame:
            return
        self._painter.labels = labels
        lines = view.lines()[view.top : view.top + height]
        self._strips = [self._painter.ruler(), *map(self._painter.strip, lines)]
        self._frame = frame
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = self._strips[crop.y : crop.bottom]
        strips += [Strip.blank(self.size.width, self.palette.background)] * (crop.height - len(strips))
        return [strip.crop(crop.x, crop.right) for strip in strips]

    # -- the mouse -------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        lines = self.view.lines()
        index = self.view.top + event.y - 1
        if event.y > 0 and index < len(lines):
            line = lines[index]
            is_name = line.place == 0 and line.kind in (LineKind.TITLE, LineKind.DOTS)
            self.post_message(self.Chosen(line.band, is_name and event.x < self.labels))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(_WHEEL_LINES)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(-_WHEEL_LINES)
        event.stop()

    def _wheel(self, lines: int) -> None:
        self.view.scroll(lines)
        self.update_lines()
