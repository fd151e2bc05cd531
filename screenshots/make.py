"""Make every picture in this folder anew: ``python screenshots/make.py [FOLDER]``.

Decides what is shown. Timelines: each scenario of the virtual clock, on both axes, as ``loopviz export`` writes them.
Comparisons: programs side by side. Screens: what a terminal of 120 by 36 shows after a few keys. All is recorded
under the virtual clock, so that the pictures change only when what they show does; ``tests/pictures`` checks that
they are fresh.

Awkward cases: a terminal's picture names a font on somebody's server; it is taken out, and the pictures stand alone.
Python's own functions differ from version to version, and so do their traces a little: the pictures are made by 3.11,
the oldest that loopviz runs on, and what needs a newer one has none.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from textual.widgets import Input

from loopviz import catalogue
from loopviz.commands.export_file import write
from loopviz.commands.screen import offer
from loopviz.exporters import ExportOptions
from loopviz.trace.files import load
from loopviz.tui.app import LoopvizApp
from loopviz.tui.screens.timeline import TimelineScreen
from loopviz.tui.session import Session

HERE = Path(__file__).parent
SIZE = (120, 36)
#: What a key leads to may lead to something else, and that to another.
_ROUNDS = 3
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_UNIQUE = re.compile(r"terminal-\d+")


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture of the screen: the scenario on show (none: the picker), its arguments, and the keys typed."""

    name: str
    scenario: str | None
    keys: Sequence[str] = ()
    arguments: Sequence[str] = ()


SCREENS = (
    Screen("picker", None),
    Screen("options", None, (*"gather", "tab", "ctrl+u", "5", "down", "down", "ctrl+u", *"-0.1")),
    Screen("timeline", "gather", ("down", "down", "down")),
    Screen("steps", "interleave", ("x", "down", "down")),
    Screen("moment", "blocking_sleep", ("down", "down", "down", *("full_stop",) * 14)),
    Screen("story", "timeout", ("down", *("full_stop",) * 14)),
    Screen("lanes", "sequential", ("down", "enter", "down", "down"), ("--items", "5")),
    Screen("help", "gather", ("question_mark",)),
)

#: Pictures of comparisons, and the words after ``loopviz compare``.
COMPARISONS = {
    "compare.svg": (),
    "compare-spread.svg": ("as_completed", "task_list", "--items", "5", "--delay", "1", "--spread", "-0.2"),
}


def scenarios() -> list[str]:
    """The scenarios that the virtual clock can run, in the catalogue's order."""
    return [
        card.name
        for card in catalogue.scenarios()
        if not card.needs_time and card.missing is None
    ]


def record(scenario: str, folder: Path, arguments: Sequence[str] = ()) -> Path:
    """Record a scenario under the virtual clock; gives the trace's path."""
    path = folder / f"{scenario}.loopviz"
    command = [sys.executable, "-m", "loopviz", "record", "--clock", "virtual", "-o", str(path), scenario, *arguments]
    # Some scenarios end with an error: that is their lesson.
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return path


def draw_timelines(traces: Path, pictures: Path) -> None:
    """A picture of each scenario on each axis."""
    for scenario in scenarios():
        trace = load(record(scenario, traces))
        for axis in ("time", "steps"):
            write("svg", trace, str(pictures / f"{scenario}-{axis}.svg"), ExportOptions(axis=axis))


def draw_comparison(name: str, pictures: Path) -> None:
    """A picture of programs side by side."""
    command = [sys.executable, "-m", "loopviz", "compare", "--svg", str(pictures / name), *COMPARISONS[name]]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


async def draw_screen(screen: Screen, traces: Path) -> str:
    """A picture of the screen, as SVG."""
    session = None
    if screen.scenario is not None:
        session = Session.opened(record(screen.scenario, traces, screen.arguments))
    app = LoopvizApp(session, offer(traces))
    async with app.run_test(size=SIZE) as pilot:
        await _settled(pilot)
        for key in screen.keys:
            await pilot.press(key)
            await _settled(pilot)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await _settled(pilot)
        picture = app.export_screenshot(title="loopviz", simplify=True)
    return _UNIQUE.sub(f"screen-{screen.name}", _FONT_FACE.sub("", picture))


async def _settled(pilot: Pilot[None]) -> None:
    """Wait until all that is under way is done, and all that was recorded has been taken in: not for so many seconds,
    in which the machine may have done something else.
    """
    for _ in range(_ROUNDS):
        await pilot.pause(0)
    timeline = pilot.app.screen
    while isinstance(timeline, TimelineScreen) and not timeline.watched.history.is_whole:
        await pilot.pause(0.02)


def file_of(screen: Screen) -> str:
    """The name of a screen's picture."""
    return f"screen-{screen.name}.svg"


def main(arguments: Sequence[str]) -> None:
    """Make them all, here or in the folder that is named."""
    pictures = Path(arguments[0]) if arguments else HERE
    with TemporaryDirectory() as folder:
        draw_timelines(Path(folder), pictures)
        for name in COMPARISONS:
            draw_comparison(name, pictures)
        for screen in SCREENS:
            picture = asyncio.run(draw_screen(screen, Path(folder)))
            (pictures / file_of(screen)).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
