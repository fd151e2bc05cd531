"""The main screen: title, timeline, panels, key bar, and the rhythm of all of them.

Decides what a frame is: one rhythm drives all. It polls the trace, lets time pass for what plays, makes the lines of
a frame and repaints what differs; no event of the program becomes a message. Panels are written less often than the
timeline moves, unless a key was pressed. Where nothing but time passes, a few frames a second show that; where not even
that does, there is next to nothing to do.

Awkward cases: while an export walks the trace it is not read on (``holding``); a screen that is covered by another
goes on reading, so that nothing piles up.
"""

from __future__ import annotations

from time import monotonic, thread_time

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from loopviz.tui.arrangement import Arrangement, arrange, page_with
from loopviz.tui.panels.loop import LoopPanel
from loopviz.tui.panels.output import OutputPanel
from loopviz.tui.panels.panel import Panel
from loopviz.tui.panels.source import SourcePanel
from loopviz.tui.panels.span import SpanPanel
from loopviz.tui.panels.story import StoryPanel
from loopviz.tui.rhythm import Rhythm
from loopviz.tui.screens.timeline_story import TimelineStory
from loopviz.tui.session import Phase
from loopviz.tui.themes import Palette
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.filter_line import FilterLine
from loopviz.tui.widgets.gantt import Gantt
from loopviz.tui.widgets.key_bar import KeyBar
from loopviz.tui.widgets.pane import Pane
from loopviz.tui.widgets.story_pane import StoryPane
from loopviz.tui.widgets.title_line import TitleLine

FRAMES_PER_S = 30
_PANELS_PER_S = 10
#: So often the screen shows that time has passed within a cell, and nothing else has happened.
_CLOCK_PER_S = 4
#: A program's first tasks have come by then.
_SETTLED_AFTER_S = 0.5
#: With thousands of tasks alive the panels cost milliseconds; they get no more than this share of the time.
_PANELS_SHARE = 0.05
#: So much of it goes to all of the screen while a file loads.
_LOADING_SHARE = 0.1
_LONGEST_PAUSE_S = 1.0
_PANEL_CLASSES: dict[str, type[Panel]] = {
    "story": StoryPanel,
    "span": SpanPanel,
    "loop": LoopPanel,
    "source": SourcePanel,
    "output": OutputPanel,
}


def _pane_class(panel: str) -> type[Pane]:
    return StoryPane if panel == "story" else Pane


class TimelineScreen(TimelineStory):
    """The timeline of one watch, which ``set_watch`` replaces."""

    CSS = """
    TimelineScreen { layout: vertical; }
    #panels { height: 8; width: 100%; }
    #story { width: 7fr; }
    #span { width: 7fr; }
    #loop { width: 6fr; }
    #source, #output { width: 7fr; }
    """

    def __init__(self, watch: Watch, palette: Palette) -> None:
        super().__init__()
        self.watched = watch
        self.holding = False
        self._arrangement: Arrangement | None = None
        self._listed = 0
        self._on_show_since = monotonic()
        self._ticked = self._panels_due = monotonic()
        self._clock_due = self._ticked
        self._outline: object = None
        self._panels_frame: object = None
        self._panels_outline: object = None
        self._rhythm = Rhythm(self.tick, FRAMES_PER_S)
        self.title_line = TitleLine(palette)
        self.gantt = Gantt(palette, watch)
        self.filter_line = FilterLine()
        self.panes = {name: _pane_class(name)(name, panel(palette)) for name, panel in _PANEL_CLASSES.items()}
        self.key_bar = KeyBar(palette)

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.gantt
        yield self.filter_line
        with Horizontal(id="panels"):
            yield from self.panes.values()
        yield self.key_bar

    def on_mount(self) -> None:
        self._rhythm.begin(self)

    def set_watch(self, watch: Watch) -> None:
        """Show another session."""
        self.watched = watch
        self._listed, self._on_show_since = 0, monotonic()
        self.gantt.set_watch(watch)
        self.filter_line.value = ""
        self.filter_line.action_keep()
        self.key_bar.be_quiet()
        self.show_now()

    def set_palette(self, palette: Palette) -> None:
        """Paint in other colours."""
        self.title_line.palette = self.key_bar.palette = palette
        self.gantt.set_palette(palette)
        for pane in self.panes.values():
            pane.set_palette(palette)
        self._panels_frame = None
        self.show_now()
        self.refresh()

    # -- the rhythm ------------------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """One frame; True where it was quiet."""
        now = monotonic()
        passed, self._ticked = now - self._ticked, now
        grew = not self.holding and self.watched.poll(passed)
        self.take_waiting_step()
        self.place_panels()
        self._update(now)
        is_quiet = self.watched.is_at_rest and self._panels_frame == self.watched.panels_frame
        return is_quiet and not grew and not self.holding

    def _update(self, now: float) -> None:
        """Show what has changed, as far as it is due."""
        are_panels_due, is_loading, worked = now >= self._panels_due, self.watched.session.is_loading, thread_time()
        outline = self.watched.outline
        is_seen = outline != self._outline or now >= self._clock_due
        if is_seen and (are_panels_due or not is_loading):
            self._outline, self._clock_due = outline, now + 1 / _CLOCK_PER_S
            self.gantt.update_lines()
            self.title_line.show(self.watched)
        if are_panels_due and (is_seen or self.watched.panels_outline != self._panels_outline):
            self._update_panels()
        if are_panels_due and is_loading:
            # Of a file that loads each frame is all new, and the time is better spent on loading it.
            pause = (thread_time() - worked) / _LOADING_SHARE
            self._panels_due = max(self._panels_due, now + min(pause, _LONGEST_PAUSE_S))

    def show_now(self) -> None:
        """Bring everything up to date at once: a key was pressed."""
        self._rhythm.wake()
        self.gantt.update_lines()
        self.title_line.show(self.watched)
        self._update_panels()

    def _update_panels(self) -> None:
        """Write the panels where what they tell of has changed; they cost more than the timeline, which may just have
        moved.
        """
        if self.watched.panels_frame != self._panels_frame:
            self._write_panels()

    def _write_panels(self) -> None:
        began, worked = monotonic(), thread_time()
        shown = [pane for pane in self.panes.values() if pane.display]
        # A panel that has just got its place has no size yet, and is written with the next frame.
        are_placed = all(pane.size.height for pane in shown)
        self._panels_frame = self.watched.panels_frame if are_placed else None
        self._panels_outline = self.watched.panels_outline if are_placed else None
        for pane in shown:
            if pane.size.height:
                pane.write(self.watched)
        pause = (thread_time() - worked) / _PANELS_SHARE
        self._panels_due = began + min(max(1 / _PANELS_PER_S, pause), _LONGEST_PAUSE_S)

    # -- arrangement -----------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self.place_panels()
        self._panels_frame = None
        self.call_after_refresh(self.show_now)

    def place_panels(self) -> None:
        """Give each panel its place for the present size."""
        arrangement = arrange(self.size.width, self.size.height, self.page, self.panels_hidden, self._rows_to_list())
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        if "story" not in arrangement.shown and self.panes["story"].has_focus:
            self.set_focus(None)
        holder = self.query_one("#panels")
        holder.display = arrangement.rows > 0
        holder.styles.height = arrangement.rows
        for name, pane in self.panes.items():
            pane.display = name in arrangement.shown
            pane.divided = pane.display and name != arrangement.shown[0]
        for place, name in zip(arrangement.places, arrangement.shown, strict=True):
            self.panes[name].tabs = tuple((sharing, _PANEL_CLASSES[sharing].label) for sharing in place)
            self.panes[name].refresh()
        self._panels_frame = None
        self.call_after_refresh(self.show_now)

    def _rows_to_list(self) -> int | None:
        """How many rows the timeline has had so far; None as long as that is too early to tell."""
        session = self.watched.session
        settled = session.phase is Phase.OPENED or monotonic() - self._on_show_since > _SETTLED_AFTER_S
        # It only grows: a place that comes and goes with each filter would make the panels jump.
        self._listed = max(self._listed, len(self.watched.view.rows))
        return self._listed if settled and self._listed else None

    def turn_page(self, count: int) -> None:
        """Turn the pages of the panels' shared places."""
        if self._arrangement is None or not self._arrangement.is_shared:
            self.tell(
                "every panel is on show" if self._arrangement and self._arrangement.shown else "b shows the panels"
            )
            return
        self.page += count
        self.place_panels()

    @on(Pane.Turned)
    def _turn_to(self, event: Pane.Turned) -> None:
        self.bring(event.panel)

    def answer_about_span(self) -> None:
        arrangement = self._arrangement
        places = zip(arrangement.places, arrangement.shown, strict=True) if arrangement is not None else ()
        if any(shown == "story" and "span" in panels for panels, shown in places):
            self.bring("span")

    def bring(self, panel: str) -> bool:
        """Show a panel; False where there is no room for any."""
        self.page = page_with(self.size.width, self.page, panel)
        self.place_panels()
        return self._arrangement is not None and panel in self._arrangement.shown

    # -- what widgets tell -----------------------------------------------------------------------------------------

    @on(Gantt.Chosen)
    def _chosen(self, event: Gantt.Chosen) -> None:
        if event.again:
            self.action_lanes()
        if self.watched.selection.place.span is not None:
            self.answer_about_span()
        self.show_now()

    @on(Gantt.Moved)
    def _moved(self) -> None:
        self.show_now()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self.watched.view.filter(event.value)
        self.show_now()

    @on(FilterLine.Left)
    def _leave_filter(self) -> None:
        self.set_focus(None)
        self.call_after_refresh(self.show_now)

    def tell(self, message: str, is_error: bool = False) -> None:
        self.key_bar.tell(message, is_error)
