"""The frame that another thread is in.

Decides how the interpreter is asked for it. ``sys._current_frames`` holds a lock of the interpreter's while it makes
objects. Up to Python 3.11.8 that may set off the garbage collector, and with it code of the program's; if another
thread starts or ends meanwhile, it waits for that lock, and keeps the one that the code needs: nothing moves any more.
So the collector is off while these versions are asked.

Awkward cases: a collector that the program has turned off stays off; nobody sees it off, since the three calls are made
by code of the interpreter's own, in the midst of which no other thread gets its turn; an audit hook of the program's
may refuse the call.
"""

from __future__ import annotations

import gc
import operator
import sys
from types import FrameType

_MAY_COLLECT = sys.version_info < (3, 11, 9)
_UNDISTURBED = (gc.disable, sys._current_frames, gc.enable)


def frame_of(thread: int) -> FrameType | None:
    """The innermost frame of the thread of that identity; None if it has none."""
    frames = _frames_undisturbed() if _MAY_COLLECT and gc.isenabled() else sys._current_frames()
    return frames.get(thread)


def _frames_undisturbed() -> dict[int, FrameType]:
    try:
        _, frames, _ = map(operator.call, _UNDISTURBED)
    except BaseException:
        gc.enable()
        raise
    return frames  # type: ignore[return-value]
