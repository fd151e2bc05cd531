"""How the screen keeps up with a program: ``live_feed.py TRACE SECONDS OUT``.

Runs the screen in the terminal that it is started in and lets it follow a trace that ``feed.py`` writes over so many
seconds. Writes to the file OUT, one line each: frames a second while the program ran, the share of a core that they
took, by how many seconds the screen was behind at most, and how many records of the trace it has not shown in the end.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from loopviz.trace.files import load
from loopviz.tui.app import LoopvizApp
from loopviz.tui.screens.timeline import TimelineScreen
from loopviz.tui.session import Launch, Offer, Phase, Session

_OFTEN_S = 0.01


async def ticks() -> AsyncIterator[None]:
    """Often, and without end."""
    while True:
        await asyncio.sleep(_OFTEN_S)
        yield


def noted_frames() -> list[float]:
    """When each frame of a timeline was made that is mounted from now on."""
    tick, times = TimelineScreen.tick, list[float]()

    def counted(self: TimelineScreen) -> bool:
        is_quiet = tick(self)
        times.append(time.monotonic())
        return is_quiet

    TimelineScreen.tick = counted  # type: ignore[method-assign]
    return times


async def measured(session: Session, frames: list[float]) -> list[float]:
    """Look on from the first byte to the last; to be called while the app runs."""
    async for _ in ticks():
        if session.phase is not Phase.WAITING:
            break
    began_s, used_s, behind_ns, first = time.monotonic(), time.process_time(), 0, len(frames)
    async for _ in ticks():
        behind_ns = max(behind_ns, session.behind_ns)
        if session.exit_status is not None:
            break
    length_s = time.monotonic() - began_s
    shown = [(len(frames) - first) / length_s, (time.process_time() - used_s) / length_s, behind_ns / 1e9]
    async for _ in ticks():
        if session.phase is not Phase.LIVE:
            break
    return shown


async def main(trace: str, seconds: str, copy: str) -> list[float]:
    """Run the screen and look on."""
    feed = str(Path(__file__).with_name("feed.py"))
    launch = Launch("feed", lambda path: [sys.executable, feed, trace, seconds, str(path)], lambda: Path(copy))
    with Session.live(launch) as session:
        app, frames = LoopvizApp(session, Offer()), noted_frames()
        running = asyncio.create_task(app.run_async())
        figures = await measured(session, frames)
        figures.append(len(load(trace).records) - len(session.trace.records))
        app.exit()
        await running
    return figures


if __name__ == "__main__":
    _, trace, seconds, out = sys.argv
    figures = asyncio.run(main(trace, seconds, f"{out}.loopviz"))
    Path(out).write_text("\n".join(map(str, figures)))
