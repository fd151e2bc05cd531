"""Listing hundreds of thousands of rows takes time: it is done now and then, and in the end all are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import Recording
from loopviz.tui import view
from loopviz.tui.session import Session
from loopviz.tui.view import View


def labels(shown: View) -> list[str]:
    return [row.label for row in shown.rows]


def test_rows_that_are_dear_to_list_come_later_though_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(view, "monotonic", lambda: now_s)
    monkeypatch.setattr(view, "_CHEAP_S", -1.0)
    monkeypatch.setattr(view, "_ROWS_SHARE", 1e-9)
    path, made = tmp_path / "growing.loopviz", Recording()
    path.write_bytes(made.created(1, 10, "one").file())
    with Session.opened(path) as session:
        shown = View(session)
        path.write_bytes(made.created(2, 20, "two").file())
        assert shown.poll() and labels(shown) == ["loop 1", "one", "two"]
        path.write_bytes(made.created(3, 30, "three").file())
        assert shown.poll() and labels(shown) == ["loop 1", "one", "two"]
        now_s = 1e12
        assert shown.poll() and labels(shown) == ["loop 1", "one", "two", "three"]
