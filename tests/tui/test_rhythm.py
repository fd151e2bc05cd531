"""Frames come at their time; where one takes longer than that, the next begins as soon as it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loopviz.tui import rhythm
from loopviz.tui.rhythm import keep_rhythm


class Pump:
    """Notes what is to be called, and after how long."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def set_timer(self, delay_s: float, call: Callable[[], None]) -> None:
        self.due.append((delay_s, call))


@pytest.mark.parametrize(("takes_s", "rests_s"), [(0.0, 0.1), (0.03, 0.07), (0.099, 1 / 60), (0.5, 1 / 60)])
def test_a_frame_s_time_is_part_of_the_rhythm(takes_s: float, rests_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s, frames, pump = 100.0, [], Pump()
    monkeypatch.setattr(rhythm, "monotonic", lambda: now_s)

    def frame() -> None:
        nonlocal now_s
        frames.append(now_s)
        now_s += takes_s

    anything: Any = pump
    keep_rhythm(anything, frame, 10)
    for made in range(3):
        delay_s, beat = pump.due.pop()
        assert not pump.due and len(frames) == made
        assert delay_s == pytest.approx(rests_s if made else 0.1)
        beat()
