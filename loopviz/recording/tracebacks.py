"""Our own frames, cut out of the tracebacks and stacks that a program's people read.

Decides which frames are ours: those of this package, and what stands outside its ``__main__``, since there the program
begins. They are cut where a stack is printed or kept for printing: an uncaught exception, and the "created at" of debug
mode. A stack that is looked at while it stands (``inspect.stack()``) shows them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from traceback import StackSummary, walk_stack
from types import FrameType, TracebackType

_FOLDER = os.path.dirname(__file__) + os.sep
_MAIN = _FOLDER + "__main__.py"


def is_own(filename: str) -> bool:
    """Whether code of that file is this package's."""
    return filename.startswith(_FOLDER)


def creation_stack(deepest: int) -> StackSummary:
    """The program's ``deepest`` innermost frames at this moment, the innermost last, as debug mode keeps them."""
    stack = StackSummary.extract(_frames_of_program(sys._getframe(1)), limit=deepest, lookup_lines=False)
    stack.reverse()
    return stack


def _frames_of_program(innermost: FrameType) -> Iterator[tuple[FrameType, int]]:
    for frame, line in walk_stack(innermost):
        filename = frame.f_code.co_filename
        if filename == _MAIN:
            return
        if not is_own(filename):
            yield frame, line


def cut_own_frames(stack: StackSummary) -> None:
    """Cut our frames from a stack that somebody else took."""
    mains = [index for index, frame in enumerate(stack) if frame.filename == _MAIN]
    stack[:] = [frame for frame in stack[mains[-1] + 1 if mains else 0 :] if not is_own(frame.filename)]


def cut_own_frames_of(error: BaseException) -> None:
    """Cut our frames from the traceback of an exception and of those that it grew out of."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        link = pending.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            link.__traceback__ = _without_own_frames(link.__traceback__)
            pending += (link.__context__, link.__cause__)


def _without_own_frames(traceback: TracebackType | None) -> TracebackType | None:
    kept: list[TracebackType] = []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == _MAIN:
            kept.clear()
        elif not is_own(traceback.tb_frame.f_code.co_filename):
            kept.append(traceback)
        traceback = traceback.tb_next
    rest: TracebackType | None = None
    for link in reversed(kept):
        rest = TracebackType(rest, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return rest
