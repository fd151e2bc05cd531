"""Driving the app in a terminal that is not there: press keys, click, read what the screen says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widget import Widget

from loopviz.tui.app import LoopvizApp
from loopviz.tui.painting import Line
from loopviz.tui.screens.timeline import TimelineScreen
from loopviz.tui.session import Offer, Session
from loopviz.tui.view import View
from loopviz.tui.watch import Watch

MEDIUM = (120, 36)
_POLL_S = 0.02
#: A test fails for what never comes, and not for what is late.
_PATIENCE_S = 60


class Driver:
    """A running app. ``lines`` are what its terminal shows."""

    def __init__(self, app: LoopvizApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other; returns when all that they lead to has been done.

        ``Pilot.press`` waits for the process to be idle after each, which a screen that ticks never quite is.
        """
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, " " if key == "space" else key if len(key) == 1 else None))
            await self.settle()

    async def settle(self) -> None:
        """Let all that is under way be done."""
        for _ in range(3):
            await self.pilot.pause(0)

    async def until(self, condition: Callable[[], object], what: str = "what was waited for") -> None:
        """Wait until something is so."""
        deadline_s = monotonic() + _PATIENCE_S
        while not condition():
            assert monotonic() < deadline_s, f"{what} never came:\n{self.text}"
            await self.pilot.pause(_POLL_S)

    async def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.until(lambda: text in self.text, repr(text))

    async def click(self, offset: tuple[int, int], widget: Widget | None = None) -> None:
        """Click at a place of the screen or of a widget; returns when all that it leads to has been done."""
        await self.pilot.click(widget, offset=offset)
        await self.settle()

    async def drag(self, widget: Widget, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press the button at one place of a widget and let it go at another, as ``click``."""
        await self.pilot.mouse_down(widget, offset=start)
        if end != start:
            await self.pilot.hover(widget, offset=end)
        await self.pilot.mouse_up(widget, offset=end)
        await self.settle()

    async def hover(self, widget: Widget, offset: tuple[int, int]) -> None:
        """Move the pointer to a place of a widget, as ``click``."""
        await self.pilot.hover(widget, offset=offset)
        await self.settle()

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def timeline(self) -> TimelineScreen:
        assert self.app._timeline is not None
        return self.app._timeline

    @property
    def watch(self) -> Watch:
        return self.timeline.watched

    @property
    def view(self) -> View:
        return self.watch.view

    def line_of(self, text: str) -> str:
        """The first line that holds a text."""
        return next(line for line in self.lines if text in line)

    def row_of(self, text: str) -> int:
        """The line number of the first line that holds a text."""
        return next(number for number, line in enumerate(self.lines) if text in line)

    @property
    def shown_panels(self) -> list[str]:
        """The panels on show, from left to right."""
        holder = self.timeline.query_one("#panels")
        return [name for name, pane in self.timeline.panes.items() if pane.display and holder.display]

    def panel(self, name: str) -> str:
        """What a panel says, without its place on the screen."""
        pane = self.timeline.panes[name]
        return "\n".join([pane.panel.title(self.watch).text, *(line.text for line in self._lines_of(name))])

    def _lines_of(self, name: str) -> list[Line]:
        pane = self.timeline.panes[name]
        return list(pane.panel.lines(self.watch, 60, 20))


@asynccontextmanager
async def driving(
    session: Session | None, size: tuple[int, int] = MEDIUM, offer: Offer | None = None
) -> AsyncIterator[Driver]:
    """The app with a session on show, in a terminal of ``size``."""
    app = LoopvizApp(session, offer)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        if session is not None:
            driver.timeline.tick()
            driver.timeline.show_now()
            await driver.settle()
        yield driver


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = MEDIUM, offer: Offer | None = None) -> AsyncIterator[Driver]:
    """The app with a recorded trace on show."""
    async with driving(Session.opened(path), size, offer) as driver:
        yield driver
