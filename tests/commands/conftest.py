"""Ways to give the command line some words: in this process where that is enough, in one of its own where it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from loopviz.__main__ import main


class Outcome(NamedTuple):
    status: int
    stdout: str
    stderr: str


#: Called with the words after ``loopviz``.
Loopviz = Callable[..., Outcome]


@pytest.fixture
def loopviz(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Loopviz:
    """The command line in this process, with an empty directory to work in."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["loopviz", *words])
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGPIPE)}
        try:
            status = main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return Outcome(status, *capfd.readouterr())

    return run


@pytest.fixture
def loopviz_process(tmp_path: Path) -> Loopviz:
    """The command line in a process of its own, with an empty directory to work in."""

    def run(
        *words: str, stdin: str = "", flags: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, *flags, "-m", "loopviz", *words],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **(environment or {})},
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run
