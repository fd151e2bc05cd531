"""Which line of the program asked: the frame behind a call into asyncio.

Decides whose line a creation is. The innermost frame of the user's own code counts; where a library creates tasks by
itself (a server taking a connection), the innermost frame outside asyncio does. Beyond the frames of the step or
callback that is running (which one of our own runs) nobody is asked: who started the loop did not ask for this.
"""

from __future__ import annotations

import asyncio
import os
import sys
from types import CodeType, FrameType

from loopviz.recording.definitions import Definitions, Site

_OWN, _OF_ASYNCIO = (os.path.dirname(file) + os.sep for file in (__file__, asyncio.__file__))
_DEEPEST = 60
_RECORDER, _ASYNCIO, _LIBRARY = 1, 2, 3


def creation_site(definitions: Definitions, skipped: int = 0) -> int:
    """The site of the frame that asked for what is now being recorded; 0 where nobody but asyncio did. The ``skipped``
    innermost frames are known to be ours.
    """
    origins = definitions.origins
    frame: FrameType | None = sys._getframe(1 + skipped)
    outside_asyncio: FrameType | None = None
    left_recorder = False
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        origin = origins.get(id(code))
        if origin is None:
            origin = _origin(definitions, code)
        if type(origin) is dict:
            site = origin.get(frame.f_lasti)
            return (site if site is not None else definitions.site(definitions.root, frame)).number
        if origin == _LIBRARY:
            outside_asyncio = outside_asyncio or frame
        if origin != _RECORDER:
            left_recorder = True
        elif left_recorder:
            break
        frame = frame.f_back
    return definitions.site(definitions.root, outside_asyncio).number if outside_asyncio is not None else 0


def _origin(definitions: Definitions, code: CodeType) -> int | dict[int, Site]:
    """Whose a function is; remembered by the identity of its code, which a defined function keeps."""
    origin: int | dict[int, Site]
    if code.co_filename.startswith((_OWN, _OF_ASYNCIO)):
        origin = _RECORDER if code.co_filename.startswith(_OWN) else _ASYNCIO
        definitions.keep(code)
    else:
        known = definitions.code(code)
        origin = _LIBRARY if known.library else known.sites
    definitions.origins[id(code)] = origin
    return origin


def calling_place() -> str:
    """``function (file:line)`` of the innermost frame outside asyncio and loopviz, for a message."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((_OWN, _OF_ASYNCIO)):
        frame = frame.f_back
    if frame is None:
        return "the program"
    return f"{frame.f_code.co_qualname} ({os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno})"
