"""The share of the processor's time that the screen takes while a key is held: ``held_key.py TRACE OUT``.

Runs the screen in the terminal that it is started in, lets it load the trace and put its events in order, zooms in and
pans, 30 times a second. Writes the share to the file OUT.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path

from textual import events

from loopviz.tui.app import LoopvizApp
from loopviz.tui.screens.timeline import FRAMES_PER_S, TimelineScreen
from loopviz.tui.session import Offer, Session

_PANS = 150
_ZOOMS = 6


def is_at_rest(app: LoopvizApp) -> bool:
    """Whether the trace is loaded and its events are in order."""
    watched = app.screen.watched if isinstance(app.screen, TimelineScreen) else None
    return watched is not None and not watched.session.is_loading and watched.history.is_whole


async def measured(app: LoopvizApp) -> float:
    """Hold the key; to be called while the app runs."""
    for _ in itertools.takewhile(lambda _: not is_at_rest(app), itertools.count()):
        await asyncio.sleep(0.1)
    for _ in range(_ZOOMS):
        app.post_message(events.Key("plus", "+"))
        await asyncio.sleep(0.1)
    began_s, used_s = time.monotonic(), time.process_time()
    for pan in range(1, _PANS + 1):
        # To and fro, so that the view never comes to an end.
        app.post_message(events.Key("right" if pan // (_PANS // 6) % 2 else "left", None))
        await asyncio.sleep(max(0.0, began_s + pan / FRAMES_PER_S - time.monotonic()))
    return (time.process_time() - used_s) / (time.monotonic() - began_s)


async def main() -> float:
    """Run the screen and hold the key in it."""
    with Session.opened(Path(sys.argv[1])) as session:
        app = LoopvizApp(session, Offer())
        running = asyncio.create_task(app.run_async())
        await asyncio.sleep(0.5)
        share = await measured(app)
        app.exit()
        await running
    return share


Path(sys.argv[2]).write_text(str(asyncio.run(main())))
