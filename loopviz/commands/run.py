"""``loopviz run``: a program of its own process, and the screen that watches it.

Decides that what can be said before the screen opens is said before: no terminal, no such program, an output that
can't be written; and wrong words for the program, by itself. The exit status is the program's where it ended by itself,
and 0 where the user left it running.
"""

from __future__ import annotations

import shlex

from loopviz.commands import screen
from loopviz.commands.recorder_command import require_posix
from loopviz.recording.words import Words
from loopviz.tui.session import Session


def start(words: Words) -> int:
    """Run the program that ``words`` name and watch it. Raises a LoopvizError where that can't begin."""
    require_posix("loopviz run")
    screen.require_terminal(f"loopviz record {shlex.join(words.target) or 'TARGET'}")
    status = screen.show(lambda directory: Session.live(screen.launch(words, directory)))
    if status is None:
        return 0
    return 128 - status if status < 0 else status
