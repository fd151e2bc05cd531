"""Contests that are made up: programs that end when they are told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from building import Recording
from loopviz.timeline.comparison import Entrant
from loopviz.timeline.outcomes import Outcome, not_run, outcome_of, pending
from loopviz.trace.files import load
from loopviz.tui.app import LoopvizApp
from loopviz.tui.compare_view import CompareView
from loopviz.tui.session import Offer
from tui.driver import MEDIUM, Driver

FAILED = Outcome("exit status 1", "exit status 1: ValueError: boom", False, 1)


class MadeUp:
    """Programs by name, each with its recording; None for one that can't be run. ``end`` ends the next of them."""

    def __init__(
        self, folder: Path, recordings: dict[str, Recording | None], arguments: Sequence[str] = (), failed: str = ""
    ) -> None:
        self.arguments = tuple(arguments)
        self.closed = False
        self._made_of = folder, recordings, arguments, failed
        self._done: list[Entrant] = []
        for name, recording in recordings.items():
            if recording is None:
                self._done.append(Entrant(name, not_run(f"no scenario or file is called '{name}'")))
                continue
            path = folder / f"{name if name.isidentifier() else 'program'}.loopviz"
            path.write_bytes(recording.file())
            trace = load(path)
            self._done.append(Entrant(name, FAILED if name == failed else outcome_of(trace, 0), trace, path))
        self._entrants = [Entrant(entrant.label, pending("recording")) for entrant in self._done]
        self._ended = 0

    def end(self, count: int = 100) -> MadeUp:
        """The next ``count`` programs end."""
        past = min(self._ended + count, len(self._done))
        self._entrants[self._ended : past] = self._done[self._ended : past]
        self._ended = past
        return self

    def note(self, words: str) -> None:
        """Something is wrong with every trace."""
        self._entrants = [replace(entrant, note=words) for entrant in self._entrants]

    @property
    def entrants(self) -> Sequence[Entrant]:
        return list(self._entrants)

    @property
    def is_done(self) -> bool:
        return self._ended == len(self._done)

    def poll(self) -> bool:
        return False

    def anew(self) -> MadeUp:
        return MadeUp(*self._made_of)

    def close(self) -> None:
        self.closed = True


@asynccontextmanager
async def comparing(
    contest: MadeUp, size: tuple[int, int] = MEDIUM, offer: Offer | None = None
) -> AsyncIterator[Driver]:
    """The app with a comparison on show."""
    app = LoopvizApp(None, offer, CompareView(contest))
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await until_shown(driver)
        yield driver


async def until_shown(driver: Driver) -> None:
    """Wait until every program that has ended is on show."""
    await driver.settle()
    await driver.until(lambda: driver.app.comparing is not None and not driver.app.comparing.stale())
    await driver.settle()
