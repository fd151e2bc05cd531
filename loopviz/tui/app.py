"""The app: its screens, its themes, and the session that is on show.

Decides who owns what: the app owns the session, so a rerun, a pick from the scenarios and the end of the app all end
the program that runs. The timeline screen is told which watch to show and never starts anything itself.

Awkward case: a program that ignores SIGTERM takes a second to end, and the screen must not freeze meanwhile.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from loopviz.errors import LoopvizError
from loopviz.tui import garbage
from loopviz.tui.clocks import CLOCKS, clocked
from loopviz.tui.endings import end_with_signals, end_with_terminal
from loopviz.tui.key_commands import key_commands
from loopviz.tui.session import Launch, Offer, Session
from loopviz.tui.settings import Settings
from loopviz.tui.starting import Refusal, refusal_of
from loopviz.tui.themes import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from loopviz.tui.compare_view import CompareView
    from loopviz.tui.screens.compare import CompareScreen
    from loopviz.tui.screens.picker import PickerScreen
    from loopviz.tui.screens.run_dialog import RunDialog
    from loopviz.tui.screens.timeline import TimelineScreen
    from loopviz.tui.watch import Watch


class LoopvizApp(App[None]):
    """Shows ``session``, or ``comparing``; without either, the picker opens.

    ``offer`` is what the command layer lets the user do, ``settings`` what is remembered; without them, nothing.
    """

    TITLE = "loopviz"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "suspend_process", "suspend", show=False, priority=True)]
    CSS = """
    * { scrollbar-size-vertical: 1; scrollbar-color: $foreground 30%; scrollbar-background: $background; }
    Screen { background: $background; color: $foreground; }
    """

    def __init__(
        self,
        session: Session | None = None,
        offer: Offer | None = None,
        comparing: CompareView | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self.settings = settings or Settings(None)
        self.offer = offer or Offer()
        #: The last comparison shown: it is kept, so that one can come and go.
        self.comparing = comparing
        #: The clock that programs chosen on the screen are started under, one of ``CLOCKS``.
        self.clock = CLOCKS[0]
        #: The words that programs were given by filling in a form, to be found there again.
        self.given: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._timeline: TimelineScreen | None = None
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        # Textual reads this variable before our themes are known, and looks again only where the name changes.
        wanted = (os.environ.get("TEXTUAL_THEME", ""), self.settings.theme, DARK.name)
        self.theme = next(name for name in wanted if name in self.available_themes)

    @property
    def palette(self) -> Palette:
        """The present theme's palette."""
        return Palette.of(self.get_css_variables(), self.current_theme.dark)

    async def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._change_theme)
        end_with_signals(self)
        end_with_terminal(self)
        if self.session is not None:
            await self.push_screen(self._timeline_of(_watch(self.session)))
        elif self.comparing is not None:
            self._show_comparison(self.comparing)
        else:
            self.pick()
        self.call_after_refresh(garbage.go_on)

    async def on_unmount(self) -> None:
        if self.session is not None:
            self.session.close()
        if self.comparing is not None:
            self.comparing.contest.close()

    def _change_theme(self, theme: Theme) -> None:
        self.settings.remember_theme(theme.name)
        if self._timeline is not None:
            self._timeline.set_palette(self.palette)

    # -- what is shown ---------------------------------------------------------------------------------------------

    @work(exclusive=True)
    async def start(self, launch: Launch, anew: bool = False) -> None:
        """End the program on show and start another; ``anew`` says that it is the same, so the view stays what it
        was.
        """
        await self._end_session()
        try:
            self.session = Session.live(launch)
        except LoopvizError as error:
            self._tell(str(error))
            return
        before = self._timeline.watched if self._timeline is not None and anew else None
        watch = _watch(self.session, before)
        if self._timeline is None:
            await self.switch_screen(self._timeline_of(watch))
        else:
            self._timeline.set_watch(watch)

    async def _end_session(self) -> None:
        """End the program on show; the screen goes on meanwhile, and reads its trace."""
        if self.session is not None:
            await asyncio.to_thread(self.session.end)
            self.session.close()

    @work(exclusive=True)
    async def begin(self, words: Sequence[str], asker: PickerScreen | RunDialog) -> None:
        """Start what ``words`` name, as after ``loopviz run``, and show it once it has something to show.

        Where it fails before, ``asker``, the screen that it was chosen on, is told why.
        """
        try:
            launch = self.offer.launch(clocked(words, self.clock))
            await self._end_session()
            self.session = Session.live(launch)
        except (LoopvizError, LookupError) as error:
            self._refuse(asker, Refusal(str(error)))
            return
        watch = _watch(self.session)
        refusal = await refusal_of(self.session)
        if self._timeline is not None:
            self._timeline.set_watch(watch)
        if refusal is not None:
            self._refuse(asker, refusal)
            return
        while len(self.screen_stack) > 1 and self.screen is not self._timeline:
            await self.pop_screen()
        if self._timeline is None:
            await self.push_screen(self._timeline_of(watch))

    def _refuse(self, asker: PickerScreen | RunDialog | CompareScreen, refusal: Refusal) -> None:
        if asker in self.screen_stack:
            asker.refuse(refusal)
        else:
            self._tell(refusal.why)

    def _tell(self, error: str) -> None:
        if self._timeline is not None:
            self._timeline.tell(error, is_error=True)
        else:
            self.notify(error, severity="error", markup=False)

    def launch(self, words: Sequence[str], anew: bool = False) -> str | None:
        """Start what ``words`` name, as after ``loopviz run``; an error in words where that can't begin."""
        try:
            self.start(self.offer.launch(clocked(words, self.clock)), anew)
        except (LoopvizError, LookupError) as error:
            return str(error)
        return None

    def rerun(self) -> None:
        """Run the program again, with a trace of its own."""
        if self.session is None or self.session.launch is None:
            self._tell("this trace was opened from a file: there is no program to run again")
        else:
            self.start(self.session.launch, anew=True)

    def run_method(self, number: int) -> None:
        """Run the nth of the ways to do ten things, counted from 1."""
        try:
            cards = [card for card in self.offer.cards() if card.is_method]
        except LoopvizError as error:
            self._tell(str(error))
            return
        if number > len(cards):
            self._tell(f"there are {len(cards)} ways to choose from" if cards else "there are no scenarios here")
            return
        card = cards[number - 1]
        if card.unavailable:
            self._tell(f"{card.name} {card.unavailable}")
        elif (refusal := self.launch([card.name])) is not None:
            self._tell(refusal)

    # -- the screens, imported when asked for: the first frame needs but one of them -------------------------------

    def _timeline_of(self, watch: Watch) -> TimelineScreen:
        """The timeline's screen, made to show ``watch``."""
        from loopviz.tui.screens.timeline import TimelineScreen

        self._timeline = TimelineScreen(watch, self.palette)
        return self._timeline

    def pick(self) -> None:
        """Choose what to run."""
        from loopviz.tui.screens.picker import PickerScreen

        launch = self.session.launch if self.session is not None else None
        on_show = next(iter(launch.words), "") if launch is not None else ""
        try:
            self.push_screen(PickerScreen(self.offer.cards(), self.palette, on_show=on_show))
        except LoopvizError as error:
            self.push_screen(PickerScreen((), self.palette, error=str(error)))

    def back_to_timeline(self) -> None:
        """Back to the timeline; out of loopviz where there is none."""
        if self._timeline is not None:
            self.pop_screen()
        else:
            self.exit()

    def compare(self) -> None:
        """Compare the ways to do ten things: those of the program on show, or the comparison shown before."""
        launch = self.session.launch if self.session is not None else None
        contest, before = self.offer.compare(launch), self.comparing
        if before is not None and (launch is None or contest is None or contest.arguments == before.contest.arguments):
            self._show_comparison(before)
        elif contest is None:
            self._tell("there is nothing here to compare")
        else:
            from loopviz.tui.compare_view import CompareView

            if before is not None:
                before.contest.close()
            self._show_comparison(CompareView(contest))

    def _show_comparison(self, view: CompareView) -> None:
        from loopviz.tui.screens.compare import CompareScreen

        self.comparing = view
        self.push_screen(CompareScreen(view, self.palette))

    @work(exclusive=True)
    async def look_at(self, path: Path, asker: PickerScreen | CompareScreen) -> None:
        """Show a trace in the timeline, in place of what was there; ``asker`` is the screen that it was chosen on."""
        try:
            session = Session.opened(path)
        except LoopvizError as error:
            self._refuse(asker, Refusal(str(error)))
            return
        await self._end_session()
        self.session = session
        if self._timeline is None:
            await self.switch_screen(self._timeline_of(_watch(session)))
        else:
            self._timeline.set_watch(_watch(session))
            self.pop_screen()

    def show_help(self) -> None:
        """Every key."""
        from loopviz.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.palette))

    def export(self) -> None:
        """Write the timeline to a file."""
        from loopviz.tui.screens.export import ExportDialog, Subject

        formats, timeline = self.offer.formats(), self._timeline
        if timeline is None or not formats:
            self._tell("there is no format to export to")
            return
        view = timeline.watched.view
        stem = Path(timeline.watched.session.title).name.removesuffix(".py").removesuffix(".loopviz")
        subject = Subject("the timeline", stem, view.axis_name, view.trace, timeline)
        self.push_screen(ExportDialog(formats, subject, self.palette))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand(
            "Screenshot", "Save this screen as an SVG", lambda: self.set_timer(0.1, self.deliver_screenshot)
        )
        yield from key_commands(self, screen)


def _watch(session: Session, before: Watch | None = None) -> Watch:
    from loopviz.tui.watch import Watch  # imported late, too: it is of the timeline alone

    return Watch(session, before)
