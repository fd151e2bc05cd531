"""Frames come at their time; where one takes longer than that, the next begins as soon as it is drawn. Where nothing
happens they come seldom, until something does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from loopviz.tui import rhythm
from loopviz.tui.rhythm import Rhythm


class Clock:
    """The time that frames and pauses take; ``pauses_s`` are those that were made. It ends with the last of ``most``
    frames.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.now_s = 100.0
        self.pauses_s: list[float] = []
        self._most = most
        monkeypatch.setattr(rhythm, "monotonic", lambda: self.now_s)
        monkeypatch.setattr(Rhythm, "_pause", self._pass)

    async def _pass(self, seconds: float) -> None:
        if len(self.pauses_s) == self._most:
            raise asyncio.CancelledError
        self.pauses_s.append(seconds)
        self.now_s += seconds


def beat(made: Rhythm) -> None:
    """Make frames until the clock ends them."""
    begun: list[asyncio.Task[None]] = []
    node = SimpleNamespace(display=True, run_worker=lambda work, group: begun.append(asyncio.ensure_future(work)))

    async def main() -> None:
        made.begin(node)  # type: ignore[arg-type]
        with suppress(asyncio.CancelledError):
            await begun[0]

    asyncio.run(main())


@pytest.mark.parametrize(("takes_s", "rests_s"), [(0.0, 0.1), (0.03, 0.07), (0.099, 1 / 60), (0.5, 1 / 60)])
def test_a_frame_s_time_is_part_of_the_rhythm(takes_s: float, rests_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, most=3)

    def frame() -> bool:
        clock.now_s += takes_s
        return False

    beat(Rhythm(frame, 10))
    assert clock.pauses_s == pytest.approx([0.1, rests_s, rests_s])


def pauses_of(quiet: Callable[[int], bool], monkeypatch: pytest.MonkeyPatch, most: int) -> list[float]:
    """The pauses between frames of which the nth is quiet or not, counted from 0."""
    clock = Clock(monkeypatch, most)
    beat(Rhythm(lambda: quiet(len(clock.pauses_s) - 1), 8))
    return [round(seconds, 6) for seconds in clock.pauses_s]


def test_a_screen_that_has_been_quiet_for_a_second_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses_of(lambda frame: True, monkeypatch, 15) == [0.125] * 8 + [0.25] * 7


def test_a_frame_that_was_not_quiet_ends_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses_of(lambda frame: frame != 12, monkeypatch, 16) == [0.125] * 8 + [0.25] * 5 + [0.125] * 3


async def test_who_changes_what_is_shown_need_not_wait_for_the_rest_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rhythm, "_QUIET_FOR_S", 0.0)
    monkeypatch.setattr(rhythm, "_REST_S", 3600.0)
    frames: list[bool] = []
    resting = asyncio.Event()

    def frame() -> bool:
        frames.append(True)
        asyncio.get_running_loop().call_soon(resting.set)
        return True

    made = Rhythm(frame, 1000)
    node = SimpleNamespace(display=True)
    beats = asyncio.ensure_future(made._keep(node))  # type: ignore[arg-type]
    for rests in range(1, 4):
        await resting.wait()
        resting.clear()
        assert len(frames) == rests
        made.wake()
    beats.cancel()


class LeavingSlowly(Widget):
    async def on_unmount(self) -> None:
        await asyncio.sleep(0.05)


class Leaving(Screen[None]):
    """A screen of two widgets. ``found`` is how many of them each frame finds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[int] = []

    def compose(self) -> ComposeResult:
        yield Widget()
        yield LeavingSlowly()

    def on_mount(self) -> None:
        Rhythm(self._frame, 1000).begin(self)

    def _frame(self) -> bool:
        self.found.append(len(self.query("*")))
        return False


async def test_a_screen_that_is_being_removed_makes_no_more_frames() -> None:
    leaving = Leaving()
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(leaving)
        while not leaving.found:
            await pilot.pause()
    assert set(leaving.found) == {2}
