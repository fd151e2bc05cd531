"""What the keys and the mouse do with the story.

Decides that reading is no travelling: only a sentence that was chosen brings the whole screen to its moment. While the
story is read, the key bar tells its keys.
"""

from __future__ import annotations

from textual import events, on

from loopviz.tui.keys import STORY_BAR_ORDER, STORY_KEYS, Key, bar_keys
from loopviz.tui.panels.story import level_words
from loopviz.tui.screens.timeline_keys import TimelineKeys
from loopviz.tui.widgets.key_bar import KeyBar
from loopviz.tui.widgets.pane import Pane
from loopviz.tui.widgets.story_pane import StoryPane


def _story_keys(cells: int) -> list[Key]:
    return bar_keys(cells, STORY_KEYS, STORY_BAR_ORDER)


class TimelineStory(TimelineKeys):
    """The actions and messages of the story."""

    panes: dict[str, Pane]
    key_bar: KeyBar

    def action_story(self) -> None:
        self.panels_hidden = False
        if self.bring("story"):
            self.read_story()
        else:
            self.tell("the terminal is too low for the story: it takes 20 lines")

    def action_detail(self) -> None:
        self.tell(level_words(self.watched.reading.change_level()))
        self.bring("story")
        self.show_now()

    def read_story(self) -> None:
        """Let the keys be those of the story."""
        self.watched.reading.move(0, self.watched.shown_ns)
        self.set_focus(self.panes["story"])
        self.show_now()

    @on(StoryPane.Moved)
    def _read_on(self, event: StoryPane.Moved) -> None:
        self.watched.reading.move(event.count, self.watched.shown_ns)
        self.show_now()

    @on(StoryPane.Ended)
    def _read_end(self, event: StoryPane.Ended) -> None:
        self.watched.reading.go_to_end(event.last)
        self.show_now()

    @on(StoryPane.Chosen)
    def _go_to_sentence(self, event: StoryPane.Chosen) -> None:
        watch = self.watched
        place = event.place or watch.reading.place(watch.shown_ns)
        if place is not None:
            watch.travel.go_to(place[0])
            watch.reading.hold(place)
            self.show_now()

    @on(StoryPane.Left)
    def _leave_story(self) -> None:
        self.watched.reading.follow()
        self.set_focus(None)
        self.show_now()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._offer_keys()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self._offer_keys()

    def _offer_keys(self) -> None:
        """The key bar tells the keys of what has the focus."""
        self.key_bar.offer(_story_keys if self.panes["story"].has_focus else bar_keys)
