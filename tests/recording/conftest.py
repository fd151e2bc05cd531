"""Running programs plainly and recorded, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from recording.launching import Launcher


@pytest.fixture
def launcher(tmp_path: Path) -> Launcher:
    """A launcher in an empty folder; ``dataclasses.replace`` gives it flags, options or an environment."""
    return Launcher(tmp_path)
