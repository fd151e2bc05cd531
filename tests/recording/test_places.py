"""Where code lives: how a file is called, and whether it is the user's own."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

import loopviz
from loopviz.recording.places import Places

HOME = os.path.join(os.sep, "home", "me", "app")


@pytest.mark.parametrize(
    ("file", "short", "library"),
    [
        (os.path.join(HOME, "db", "pool.py"), "db/pool.py", False),
        (os.path.join(HOME, ".", "main.py"), "main.py", False),
        (os.path.join(HOME, ".venv", "lib", "site-packages", "aiohttp", "client.py"), "aiohttp/client.py", True),
        (os.path.join(os.sep, "usr", "lib", "python3", "dist-packages", "six.py"), "six.py", True),
        (os.path.join(os.sep, "elsewhere", "own.py"), "/elsewhere/own.py", False),
        (asyncio.tasks.__file__, "asyncio/tasks.py", True),
        (os.path.join(os.path.dirname(loopviz.__file__), "recording", "loop.py"), "loopviz/recording/loop.py", True),
        ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>", True),
        ("<string>", "<string>", False),
        ("uvloop/loop.pyx", "uvloop/loop.pyx", True),
        ("uvloop/includes/stdlib.pxi", "uvloop/includes/stdlib.pxi", True),
    ],
)
def test_a_file_is_told_shortly_and_put_down_to_the_user_or_to_a_library(file: str, short: str, library: bool) -> None:
    assert Places(HOME).of(file) == (short, library)


def test_a_scenario_of_ours_is_the_users_code(tmp_path: Path) -> None:
    scenario = os.path.join(os.path.dirname(loopviz.__file__), "scenarios", "gather.py")
    assert Places(str(tmp_path)).of(scenario) == ("gather.py", False)
