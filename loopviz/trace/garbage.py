"""Work that makes very many objects and throws none away, spared from being searched for garbage.

Decides that the garbage collector rests meanwhile: each of its runs would look through the whole trace, and find
nothing. Whoever had turned it off finds it off.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the garbage collector from running."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
