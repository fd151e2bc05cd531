"""Coroutine tests run on a loop of their own; runs made by hand are files in a directory that lasts as long as the
test run.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from building import Recording
from loopviz.tui import starting
from loopviz.tui.widgets import key_bar
from tui import runs
from tui.workshop import Workshop


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test to its end."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(autouse=True)
def _all_the_time_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the screen says stays until a test has read it, and programs may start as slowly as they like."""
    monkeypatch.setattr(key_bar, "_MESSAGE_S", 3600)
    monkeypatch.setattr(starting, "_PATIENCE_S", 60)


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Recording], Path]:
    """Write a run made by hand to a trace file."""

    def write(recording: Recording) -> Path:
        path = tmp_path / "run.loopviz"
        path.write_bytes(recording.file())
        return path

    return write


@pytest.fixture
def pair(keep: Callable[[Recording], Path]) -> Path:
    """The trace file of ``runs.pair``."""
    return keep(runs.pair())


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop in the directory that all then happens in."""
    monkeypatch.chdir(tmp_path)
    return Workshop(tmp_path)
