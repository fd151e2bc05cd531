"""The trace file below the sink: its descriptor, and bytes written whole.

Decides which number the descriptor has: one out of the way of those that the program gets for its own files.

Awkward cases: ``write`` may take less than it is given; a program, a test of one as a rule, may put something else in
place of ``os.write`` for a while, which is not meant for us.
"""

from __future__ import annotations

import os
from contextlib import suppress

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_LOWEST_DESCRIPTOR = 500
_write = os.write


def create(path: str, access: int) -> int:
    """A new or emptied file's descriptor. Raises OSError."""
    fd = os.open(path, access | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
    high = duplicate(fd)
    os.close(fd)
    return high


def duplicate(fd: int) -> int:
    """Another descriptor of the same file, out of the way. Raises OSError."""
    if fcntl is not None:
        with suppress(OSError):  # the process may not have so many
            return int(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR))
    return os.dup(fd)


def write_all(fd: int, data: bytes) -> int:
    """Write all of it, and return how much that was. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[_write(fd, view) :]
    return len(data)
