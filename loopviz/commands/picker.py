"""``loopviz`` without a word: the screen with its picker open."""

from __future__ import annotations

from loopviz.commands import screen
from loopviz.commands.recorder_command import require_posix


def start() -> int:
    """Open the picker. Raises TerminalMissing, PlatformUnsupported."""
    require_posix("loopviz")
    screen.require_terminal("loopviz --help")
    screen.show(lambda _directory: None)
    return 0
