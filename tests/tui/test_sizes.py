"""What the screen looks like at three sizes, as text.

The files in ``snapshots/`` are what was looked at and found right. After a wanted change, ``LOOPVIZ_REWRITE_SNAPSHOTS=1
pytest tests/tui/test_sizes.py`` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.driver import Driver, opened

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = {"small": (80, 24), "medium": (120, 36), "large": (240, 70)}
REWRITE = "LOOPVIZ_REWRITE_SNAPSHOTS"


def assert_looks_as_before(at: Driver, name: str) -> None:
    path = SNAPSHOTS / f"{name}.txt"
    shown = "\n".join(line.rstrip() for line in at.lines) + "\n"
    if os.environ.get(REWRITE):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8"), f"it looks different; if that is wanted, set {REWRITE}=1"


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_looks_as_before_on_the_time_axis(pair: Path, size: str) -> None:
    async with opened(pair, size=SIZES[size]) as at:
        assert_looks_as_before(at, f"time_{size}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_moment_looks_as_before_on_the_step_axis_with_open_lanes(pair: Path, size: str) -> None:
    async with opened(pair, size=SIZES[size]) as at:
        await at.press("down", "enter", "x")
        at.watch.travel.go_to(85_000)
        at.timeline.show_now()
        await at.settle()
        assert_looks_as_before(at, f"moment_{size}")


@pytest.mark.parametrize(("width", "height"), [(40, 10), (20, 6), (81, 3), (200, 12)])
async def test_the_timeline_survives_any_size(pair: Path, width: int, height: int) -> None:
    async with opened(pair, size=(width, height)) as at:
        assert len(at.lines) == height
        assert "loopviz" in at.lines[0]


async def test_a_terminal_that_grows_and_shrinks_is_filled_each_time(pair: Path) -> None:
    async with opened(pair, size=(80, 24)) as at:
        await at.pilot.resize_terminal(240, 70)
        await at.until(lambda: at.view.columns == at.timeline.gantt.columns.cells > 150)
        for label in ("Story", "Span", "Loop", "Source", "Output"):
            await at.wait_for(f"─ {label}")
        await at.pilot.resize_terminal(80, 24)
        await at.until(lambda: at.view.columns == at.timeline.gantt.columns.cells < 60)
        await at.wait_for("Span · Loop")
