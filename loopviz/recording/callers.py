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

from loopviz.recording.definitions import Definitions
from loopviz.recording.sites import OF_ASYNCIO, OF_LIBRARY, OF_USER, OWN, Origin

_OWN_FOLDER, _ASYNCIO_FOLDER = (os.path.dirname(file) + os.sep for file in (__file__, asyncio.__file__))


def creation_site(definitions: Definitions, skipped: int) -> int:
    """The site of the frame that asked for what is now being recorded; 0 where nobody but asyncio did. The ``skipped``
    innermost frames are ours, that of the caller among them.
    """
    origin_of = definitions.origins.get
    frame: FrameType | None = sys._getframe(1 + skipped)
    asking = sites = None
    while frame is not None:
        origin = origin_of(id(frame.f_code)) or _define_origin(definitions, frame.f_code)
        whose = origin.whose
        if whose == OF_USER:
            asking, sites = frame, origin.sites
            break
        if whose == OWN:
            break
        if whose == OF_LIBRARY and asking is None:
            asking, sites = frame, origin.sites
        frame = frame.f_back
    if asking is None or sites is None:
        return 0
    site = sites.get(asking.f_lasti)
    return (site if site is not None else definitions.site(definitions.root, asking)).number


def _define_origin(definitions: Definitions, code: CodeType) -> Origin:
    """Whose a function is; remembered by the identity of its code, which a defined function keeps."""
    if code.co_filename.startswith((_OWN_FOLDER, _ASYNCIO_FOLDER)):
        origin = Origin(OWN if code.co_filename.startswith(_OWN_FOLDER) else OF_ASYNCIO)
        definitions.keep(code)
    else:
        known = definitions.code(code)
        origin = Origin(OF_LIBRARY if known.library else OF_USER, known.sites)
    definitions.origins[id(code)] = origin
    return origin


def calling_place() -> str:
    """``function (file:line)`` of the innermost frame outside asyncio and loopviz, for a message."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((_OWN_FOLDER, _ASYNCIO_FOLDER)):
        frame = frame.f_back
    if frame is None:
        return "the program"
    return f"{frame.f_code.co_qualname} ({os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno})"
