"""Where a new trace goes, and whether it can.

Decides, before the program runs, that the file can be opened as the recorder will open it, and that nothing but an
older trace is replaced: ``loopviz record x.py -o x.py`` must not cost anyone their program.

Awkward cases: a pipe without a reader would block, so the file is opened without waiting; an empty file may be
replaced; ``-`` is refused, since standard output is the program's own; a rerun in the screen gets a file of its own
beside the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from loopviz.errors import OutputUnwritable
from loopviz.events import MAGIC

if TYPE_CHECKING:
    from pathlib import Path


def check(path: str) -> None:
    """Raises OutputUnwritable where a trace can't be written to ``path``. Leaves an empty file where there was none."""
    if path == "-":
        raise OutputUnwritable("standard output", "it is the program's own")
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o666)
    except FileNotFoundError:
        raise OutputUnwritable(path, "its directory does not exist" if path else "its name is empty") from None
    except (OSError, ValueError) as error:
        raise OutputUnwritable(path, getattr(error, "strerror", str(error)).lower()) from None
    try:
        if os.path.isfile(path) and os.read(fd, len(MAGIC)) not in (b"", MAGIC):
            raise OutputUnwritable(path, "there is a file, and it is not a trace")
    finally:
        os.close(fd)


def numbered(first: Path) -> Callable[[], Path]:
    """A function that gives ``first``, and then ``first-2``, ``first-3``, ... with the same suffix."""
    given = 0

    def next_path() -> Path:
        nonlocal given
        given += 1
        return first if given == 1 else first.with_stem(f"{first.stem}-{given}")

    return next_path
