"""The rhythm of a screen: so many frames a second, or as many as there is time for; few where nothing happens.

Decides when the next frame begins: at its time, and not before there was time to draw the last one and to take keys.
A screen whose frames have been quiet for a while rests: a look now and then is enough to see a file grow. Whoever
changes what it shows wakes it.

Awkward case: a screen that is being removed loses its widgets one by one while it still runs, and none of its frames
would find what it looks for.

Textual's own interval waits up to twice as long as it should after each frame that took too long, with nothing to do;
and each of its timers costs more than a frame that finds nothing new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from textual.dom import DOMNode

#: Textual draws what has changed after a sixtieth of a second.
_BREATH_S = 1 / 60
#: What grows in bursts is not to be met at rest between two of them.
_QUIET_FOR_S = 1.0
_REST_S = 0.25


class Rhythm:
    """Makes frames. ``frame`` tells whether it was quiet: it found nothing new, and nothing will change by itself."""

    def __init__(self, frame: Callable[[], bool], frames_per_s: int) -> None:
        self._frame = frame
        self._period_s = 1 / frames_per_s
        self._stirred_s = monotonic()
        self._rests = False
        self._due = asyncio.Event()

    def begin(self, node: DOMNode) -> None:
        """Make frames from now on, until ``node`` is removed."""
        node.run_worker(self._keep(node), group="rhythm")

    def wake(self) -> None:
        """Something was changed: make frames in full again, the next one at once if there was a rest."""
        self._stirred_s = monotonic()
        if self._rests:
            self._due.set()

    async def _keep(self, node: DOMNode) -> None:
        await self._pause(self._period_s)
        while node.display:  # not once its removal has begun
            began_s = monotonic()
            if not self._frame():
                self._stirred_s = began_s
            self._rests = began_s - self._stirred_s >= _QUIET_FOR_S
            lasts_s = _REST_S if self._rests else self._period_s
            await self._pause(max(_BREATH_S, began_s + lasts_s - monotonic()))

    async def _pause(self, seconds: float) -> None:
        self._due.clear()
        alarm = asyncio.get_running_loop().call_later(seconds, self._due.set)
        try:
            await self._due.wait()
        finally:
            alarm.cancel()
