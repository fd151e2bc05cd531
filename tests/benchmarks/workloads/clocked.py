"""How every workload measures itself: the time on the loop, in seconds, printed last.

The programs beside this file are what a loop does all day, each at its fastest, so that the recorder has nowhere to
hide. Each takes a factor by which to do more or less.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable


def run(work: Callable[[float], Awaitable[None]]) -> None:
    """Run ``work`` with the factor of the command line, and print how long it took."""
    factor = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0

    async def main() -> float:
        started = time.perf_counter()
        await work(factor)
        return time.perf_counter() - started

    print(asyncio.run(main()))
