"""The place of the Story panel: the one that can be read with the keyboard, and whose lines lead to their moments.

Decides that it scrolls by sentences, not lines: only those in view exist. While it has the focus its keys are those of
``STORY_KEYS``; all others are the screen's. A click goes to a moment and leaves the keyboard where it is.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from loopviz.tui.keys import STORY_KEYS, bindings
from loopviz.tui.panels.story import StoryLine
from loopviz.tui.reading import Place
from loopviz.tui.widgets.pane import Pane


class StoryPane(Pane, can_focus=True):
    """Shows a part of the story. What somebody wants of it, it tells the screen."""

    pages = 1
    FOCUS_ON_CLICK = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STORY_KEYS)]

    class Moved(Message):
        """Read so many sentences further on."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class Ended(Message):
        """Read the first sentence, or the ``last``."""

        def __init__(self, last: bool) -> None:
            super().__init__()
            self.last = last

    class Chosen(Message):
        """Go to the moment of a place; None is the one that is read."""

        def __init__(self, place: Place | None = None) -> None:
            super().__init__()
            self.place = place

    class Left(Message):
        """The reader is done."""

    def scroll_lines(self, count: int) -> None:
        self.post_message(self.Moved(count))

    def action_sentence(self, count: int) -> None:
        self.scroll_lines(count)

    def action_page(self, count: int) -> None:
        in_view = {line.place for line in self._lines if isinstance(line, StoryLine)}
        self.scroll_lines(count * max(1, len(in_view) - 1))

    def action_end(self, last: bool) -> None:
        self.post_message(self.Ended(last))

    def action_choose(self) -> None:
        self.post_message(self.Chosen())

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        if 0 < event.y <= len(self._lines):
            line = self._lines[event.y - 1]
            if isinstance(line, StoryLine):
                self.post_message(self.Chosen(line.place))
