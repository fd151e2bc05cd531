"""The rhythm of a screen: so many frames a second, or as many as there is time for.

Decides when the next frame begins: at its time, and not before there was time to draw the last one and to take keys.
Textual's own interval waits up to twice as long as it should after each frame that took too long, with nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual.message_pump import MessagePump

#: Textual draws what has changed after a sixtieth of a second.
_BREATH_S = 1 / 60


def keep_rhythm(pump: MessagePump, frame: Callable[[], object], frames_per_s: int) -> None:
    """Make frames from now on, for as long as ``pump`` lives."""

    def beat() -> None:
        began_s = monotonic()
        frame()
        pump.set_timer(max(_BREATH_S, began_s + 1 / frames_per_s - monotonic()), beat)

    pump.set_timer(1 / frames_per_s, beat)
