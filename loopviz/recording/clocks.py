"""The recording's clock: real, N times as fast, or virtual.

Decides what time it is for the loop and for the record alike. A clock has ``now_ns`` (called once per recorded fact)
and says how long a select may really block.

- *Real*: the monotonic clock, which is also the loop's own, so that timers and facts share one scale.
- *N x*: loop time runs N times as fast from the recording's start; a select blocks for an N-th of what is asked.
- *Virtual*: nothing blocks. Each fact advances it by one tick; an idle loop jumps to its next timer.

Awkward case: the virtual clock is read by the loop's thread and by threads that the program started; a read advances
it, so their order decides the stamps. ``virtual.py`` makes that order the program's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TICK_NS = 1_000


class Clock:
    """The real clock, and what the others share: a name for the header, ``now_ns`` and the speed."""

    __slots__ = ("name", "now_ns", "speed")

    def __init__(
        self, name: str = "real", speed: float = 1.0, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self.name = name
        self.speed = speed
        self.now_ns = now_ns

    def loop_time(self) -> float:
        """What ``loop.time()`` says, in seconds, where the clock is not the loop's own."""
        return self.now_ns() / 1e9


def real() -> Clock:
    return Clock()


def faster(times: float) -> Clock:
    """Loop time runs ``times`` as fast as real time, from now on."""
    origin_ns = time.monotonic_ns()

    def now_ns(monotonic_ns: Callable[[], int] = time.monotonic_ns) -> int:
        return origin_ns + int((monotonic_ns() - origin_ns) * times)

    return Clock(f"{times:g}x", times, now_ns)


class VirtualTime:
    """The virtual clock's reading. ``tick`` is its ``now_ns``: each fact takes one tick."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 0

    def tick(self) -> int:
        self.now += TICK_NS
        return self.now

    def advance_to(self, time_ns: int) -> None:
        """Jump; never back."""
        self.now = max(self.now, time_ns)


class VirtualClock(Clock):
    """Starts at zero, moves by ticks and jumps."""

    __slots__ = ("time",)

    def __init__(self) -> None:
        self.time = VirtualTime()
        super().__init__("virtual", now_ns=self.time.tick)

    def loop_time(self) -> float:
        return self.time.now / 1e9


def parse(text: str) -> Clock:
    """``real``, ``virtual`` or ``4x``. Raises ValueError for anything else, and for a speed that is not above zero."""
    if text == "real":
        return real()
    if text == "virtual":
        return VirtualClock()
    times = float(text.removesuffix("x")) if text.endswith("x") else 0.0
    if not 0 < times < float("inf"):
        raise ValueError(f"unknown clock {text!r}: real, virtual, or a speed such as 4x")
    return faster(times)
