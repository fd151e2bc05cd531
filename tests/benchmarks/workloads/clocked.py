"""How every workload measures itself: the processor's time that it takes, in seconds, printed last.

Not the clock on the wall, since a machine is never alone with a benchmark; no workload ever waits for long.

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
        started = time.process_time()
        await work(factor)
        return time.process_time() - started

    print(asyncio.run(main()))
