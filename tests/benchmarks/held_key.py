"""The share of the processor's time that the screen takes while a key is held: ``held_key.py TRACE KEY OUT``.

Runs the screen in the terminal that it is started in, lets it load the trace and put its events in order, zooms in and
pans (KEY is ``pan``), or steps back from the middle of the run (``step``), 30 times a second. Writes the share to the
file OUT.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual import events

from loopviz.tui.app import LoopvizApp
from loopviz.tui.screens.timeline import FRAMES_PER_S, TimelineScreen
from loopviz.tui.session import Offer, Session

_TIMES = 150
_ZOOMS = 6


def _pan(time: int) -> events.Key:
    # To and fro, so that the view never comes to an end.
    return events.Key("right" if time // (_TIMES // 6) % 2 else "left", None)


def _step(_time: int) -> events.Key:
    return events.Key("comma", ",")


KEYS: dict[str, Callable[[int], events.Key]] = {"pan": _pan, "step": _step}


def is_at_rest(app: LoopvizApp) -> bool:
    """Whether the trace is loaded and its events are in order."""
    watched = app.screen.watched if isinstance(app.screen, TimelineScreen) else None
    return watched is not None and not watched.session.is_loading and watched.history.is_whole


async def measured(app: LoopvizApp, key: Callable[[int], events.Key]) -> float:
    """Hold the key; to be called while the app runs."""
    for _ in itertools.takewhile(lambda _: not is_at_rest(app), itertools.count()):
        await asyncio.sleep(0.1)
    for _ in range(_ZOOMS):
        app.post_message(events.Key("plus", "+"))
        await asyncio.sleep(0.1)
    if isinstance(app.screen, TimelineScreen):
        app.screen.watched.travel.go_to(app.screen.watched.view.trace.end_ns // 2)
    began_s, used_s = time.monotonic(), time.process_time()
    for pressed in range(1, _TIMES + 1):
        app.post_message(key(pressed))
        await asyncio.sleep(max(0.0, began_s + pressed / FRAMES_PER_S - time.monotonic()))
    return (time.process_time() - used_s) / (time.monotonic() - began_s)


async def main(trace: str, key: Callable[[int], events.Key]) -> float:
    """Run the screen and hold the key in it."""
    with Session.opened(Path(trace)) as session:
        app = LoopvizApp(session, Offer())
        running = asyncio.create_task(app.run_async())
        await asyncio.sleep(0.5)
        share = await measured(app, key)
        app.exit()
        await running
    return share


if __name__ == "__main__":
    _, trace, key, out = sys.argv
    Path(out).write_text(str(asyncio.run(main(trace, KEYS[key]))))
