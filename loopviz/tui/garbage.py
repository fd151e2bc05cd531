"""The garbage collector, which stands aside while the screen comes up.

Decides from when to when: before textual is imported, until the first screen is drawn. What is made meanwhile stays;
to look through it again and again would take a tenth of that time. Later collections leave it out, too, so that none of
them makes a frame late.

Awkward case: a collector that nobody stopped is left alone, since a test has the screen in its own process.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def aside() -> Iterator[None]:
    """Have it stand aside until ``go_on``, and no longer than the block runs."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def go_on() -> None:
    """The first screen is drawn."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
