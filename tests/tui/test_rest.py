"""A screen where nothing happens does next to nothing, and misses nothing: a key, a file that grows, one that is
another now.
"""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from building import Recording
from loopviz.tui import rhythm
from loopviz.tui.screens.compare import CompareScreen
from loopviz.tui.session import Session
from tui.contests import MadeUp, comparing
from tui.driver import Driver, opened
from tui.runs import pair as pair_run


@pytest.fixture
def long_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rest begins with the first quiet frame, and lasts longer than a test waits."""
    monkeypatch.setattr(rhythm, "_QUIET_FOR_S", 1e-6)
    monkeypatch.setattr(rhythm, "_REST_S", 3600.0)


def rests(at: Driver) -> bool:
    return at.timeline._rhythm._rests


async def test_a_frame_at_rest_asks_for_no_row_and_no_panel(
    pair: Path, long_rest: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(pair) as at:
        await at.until(lambda: rests(at))
        asked: list[str] = []
        monkeypatch.setattr(at.view.layout, "cells", lambda *_: asked.append("cells"))
        for name, pane in at.timeline.panes.items():
            monkeypatch.setattr(pane, "write", lambda _watch, name=name: asked.append(name))
        assert all(at.timeline.tick() for _ in range(5))
        assert asked == []


async def test_a_key_that_begins_to_play_ends_the_rest(pair: Path, long_rest: None) -> None:
    async with opened(pair) as at:
        await at.until(lambda: rests(at))
        await at.press("p")
        await at.until(lambda: at.watch.travel.moment_ns == at.watch.session.now_ns, "the end of playing")
        await at.until(lambda: rests(at))


async def test_it_rests_without_panels_too(pair: Path, long_rest: None) -> None:
    async with opened(pair) as at:
        await at.press("b")
        assert at.shown_panels == []
        await at.until(lambda: rests(at))


async def test_a_file_that_grows_after_a_rest_is_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rhythm, "_QUIET_FOR_S", 1e-6)
    data, path = pair_run().file(), tmp_path / "growing.loopviz"
    path.write_bytes(data[:-300])
    async with opened(path) as at:
        await at.until(lambda: rests(at))
        assert "stopped" not in at.text
        with path.open("ab") as file:
            file.write(data[-300:])
        await at.wait_for("stopped")


async def test_so_is_one_that_is_another_now(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rhythm, "_QUIET_FOR_S", 1e-6)
    async with opened(pair) as at:
        await at.until(lambda: rests(at))
        made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 0, "other").step(1, 10, 20)
        (tmp_path / "new").write_bytes(made.file())
        (tmp_path / "new").replace(pair)
        await at.wait_for("other")


async def test_what_the_clock_changes_within_a_cell_is_shown_a_few_times_a_second_and_a_new_cell_at_once(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(pair) as at:
        drawn: list[int] = []
        monkeypatch.setattr(at.timeline.gantt, "update_lines", lambda: drawn.append(at.watch.session.now_ns))
        at.view.following = False
        end_ns, cell_ns = at.watch.session.now_ns, round(at.view.viewport.per_column)

        def drawn_after(passed_ns: int, clock_due: float = inf) -> bool:
            monkeypatch.setattr(Session, "now_ns", property(lambda _session: end_ns + passed_ns))
            at.timeline._clock_due = clock_due
            drawn.clear()
            at.timeline.tick()
            return bool(drawn)

        drawn_after(1)
        assert not drawn_after(2)
        assert drawn_after(2 + cell_ns)
        assert not drawn_after(3 + cell_ns)
        assert drawn_after(3 + cell_ns, clock_due=0.0)


async def test_a_comparison_rests_when_all_is_recorded_and_until_it_is_recorded_again(
    tmp_path: Path, long_rest: None
) -> None:
    async with comparing(MadeUp(tmp_path, {"gather": pair_run()}).end()) as at:
        screen = at.app.screen
        assert isinstance(screen, CompareScreen)
        await at.until(lambda: screen._rhythm._rests)
        await at.press("r")
        again = screen.view.contest
        assert isinstance(again, MadeUp) and not again.is_done
        await at.until(lambda: not screen._rhythm._rests)
        await at.wait_for("0 of 1 done")
        again.end()
        await at.until(lambda: "of 1 done" not in at.text)


async def test_a_timeline_of_which_no_line_differs_is_not_painted_again(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(pair) as at:
        at.timeline.gantt.update_lines()
        at.timeline.gantt._frame = None
        painted: list[object] = []
        monkeypatch.setattr(at.timeline.gantt, "refresh", lambda *regions, **_: painted.append(regions))
        at.timeline.gantt.update_lines()
        assert painted == []


async def test_of_a_panel_the_lines_that_differ_are_painted_again(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(pair) as at:
        pane = at.timeline.panes["loop"]
        painted: list[int] = []
        monkeypatch.setattr(pane, "refresh", lambda *regions, **_: painted.extend(region.y for region in regions))
        before = pane._in_view()
        at.watch.travel.go_to(at.watch.shown_ns - 1)
        pane.write(at.watch)
        differ = [y for y, (old, new) in enumerate(zip(before, pane._in_view(), strict=True)) if old != new]
        assert painted == differ
        assert 0 < len(differ) < pane.size.height
