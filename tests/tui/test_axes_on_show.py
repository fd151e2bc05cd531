"""The axis that is not on show may be behind; whoever turns to it sees all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import Recording
from loopviz.tui import view
from loopviz.tui.session import Session
from loopviz.tui.view import View


@pytest.fixture
def growing(tmp_path: Path) -> tuple[Path, Recording]:
    path, made = tmp_path / "growing.loopviz", Recording()
    path.write_bytes(made.created(1, 0).step(1, 10, 20).file())
    return path, made


def grow(path: Path, made: Recording) -> None:
    for start_ns in (100, 200, 300):
        made.step(1, start_ns, start_ns + 10)
    path.write_bytes(made.file())


def test_turning_to_the_other_axis_shows_all_steps(
    growing: tuple[Path, Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_STEPS_AHEAD", 0)
    with Session.opened(growing[0]) as session:
        shown = View(session)
        grow(*growing)
        assert shown.poll()
        shown.change_axis(0)
        assert (shown.axis.name, shown.axis.extent) == ("steps", 4)


def test_an_axis_that_is_shown_grows_with_the_trace(
    growing: tuple[Path, Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_STEPS_AHEAD", 0)
    with Session.opened(growing[0]) as session:
        shown = View(session)
        shown.change_axis(0)
        grow(*growing)
        assert shown.poll()
        assert shown.axis.extent == 4
