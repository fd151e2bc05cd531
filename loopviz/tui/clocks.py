"""The clocks that the screen offers, by the names that ``--clock`` takes."""

from __future__ import annotations

from collections.abc import Sequence

CLOCKS = ("real", "4x", "virtual")
#: What each means to the one who watches.
MEANINGS = {
    "real": "sleeps take their time",
    "4x": "loop time runs four times as fast",
    "virtual": "sleeps take no time",
}


def next_clock(clock: str) -> str:
    """The clock after this one, and the first after the last."""
    return CLOCKS[(CLOCKS.index(clock) + 1) % len(CLOCKS)]


def clocked(words: Sequence[str], clock: str) -> list[str]:
    """The words after ``loopviz run`` for a program under this clock; an option for it among them wins."""
    return list(words) if clock == CLOCKS[0] else ["--clock", clock, *words]
