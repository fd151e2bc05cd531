"""A busy loop lets the watchdog have the interpreter when that is going to look, and to none that is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loopviz.recording import session
from loopviz.recording.state import LoopState
from recording.inprocess import Main, on_every_loop


@pytest.fixture
def given_way(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that a loop gave way."""
    found: list[bool] = []
    give_way = LoopState.give_way

    def overheard(state: LoopState) -> None:
        found.append(True)
        give_way(state)

    monkeypatch.setattr(LoopState, "give_way", overheard)
    return found


@on_every_loop
def test_a_busy_loop_gives_way_when_the_watchdog_is_due(
    tmp_path: Path, run: Callable[[Main], Any], given_way: list[bool]
) -> None:
    async def main() -> None:
        deadline_s = time.monotonic() + 60
        while len(given_way) < 3 and time.monotonic() < deadline_s:
            await asyncio.sleep(0)

    recorder = session.begin(tmp_path / "out.loopviz")
    try:
        run(main)
    finally:
        recorder.end()
    assert len(given_way) >= 3


@on_every_loop
def test_nobody_gives_way_to_a_watchdog_that_is_gone(
    tmp_path: Path, run: Callable[[Main], Any], given_way: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopviz.recording.watchdog._PATIENCE_S", 60)

    async def main() -> None:
        watchdog: Any = recorder.watchdog
        watchdog.stop()
        given_way.clear()
        ends_s = time.monotonic() + 0.1
        while time.monotonic() < ends_s:
            await asyncio.sleep(0)
        assert recorder.look_due_ns == 0
        assert given_way == []

    recorder = session.begin(tmp_path / "out.loopviz")
    try:
        run(main)
    finally:
        recorder.end()
