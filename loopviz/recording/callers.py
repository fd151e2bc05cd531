"""Which line of the program asked: the frame behind a call into asyncio.

Decides whose line a creation is. The innermost frame of the user's own code counts; where a library creates tasks by
itself (a server taking a connection), the innermost frame outside asyncio does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from types import CodeType, FrameType

from loopviz.recording.definitions import Definitions

_OWN_AND_ASYNCIO = (os.path.dirname(__file__) + os.sep, os.path.dirname(asyncio.__file__) + os.sep)
_DEEPEST = 60
_ASYNCIO, _LIBRARY, _USER = 1, 2, 3


def creation_site(definitions: Definitions) -> int:
    """The site of the frame that asked for what is now being recorded; 0 where nobody but asyncio did."""
    origins = definitions.origins
    frame: FrameType | None = sys._getframe(1)
    outside_asyncio: FrameType | None = None
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        origin = origins.get(id(code)) or _origin(definitions, code)
        if origin == _USER:
            return definitions.site(definitions.root, frame).number
        if origin == _LIBRARY:
            outside_asyncio = outside_asyncio or frame
        frame = frame.f_back
    return definitions.site(definitions.root, outside_asyncio).number if outside_asyncio is not None else 0


def _origin(definitions: Definitions, code: CodeType) -> int:
    """Whose a function is; remembered by the identity of its code, which a defined function keeps."""
    if code.co_filename.startswith(_OWN_AND_ASYNCIO):
        origin = _ASYNCIO
        definitions.keep(code)
    else:
        origin = _LIBRARY if definitions.code(code)[1] else _USER
    definitions.origins[id(code)] = origin
    return origin


def calling_place() -> str:
    """``function (file:line)`` of the innermost frame outside asyncio and loopviz, for a message."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OWN_AND_ASYNCIO):
        frame = frame.f_back
    if frame is None:
        return "the program"
    return f"{frame.f_code.co_qualname} ({os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno})"
