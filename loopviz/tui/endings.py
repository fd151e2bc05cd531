"""How loopviz ends from outside: by a signal, or with its terminal, and the program that it watches goes with it.

Awkward cases: a terminal that goes away tells only the processes it controls. To the others its input is empty from
then on, at once and for ever. What is written to it, and the end of writing, would wait for a thread that has died of
it; and since those that it tells are told to go on as well (SIGCONT), Textual has begun to write anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

from textual.app import App

from loopviz.tui.rhythm import Rhythm

_ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
_STDIN = 0
#: Often enough that no more has been written meanwhile than Textual holds back without waiting.
_LOOKS_PER_S = 10


def end_with_signals(app: App[None]) -> None:
    """Leave the app in order when the system asks for its end."""
    loop = asyncio.get_running_loop()
    for name in _ENDING_SIGNALS:
        # Not every platform has both, nor lets a loop handle them.
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), leave, app)


def end_with_terminal(app: App[None]) -> None:
    """Leave the app when its terminal is gone; one that never had a terminal stays."""

    def look() -> bool:
        if not os.isatty(_STDIN):
            leave(app)
        return False

    if not app.is_headless:
        Rhythm(look, _LOOKS_PER_S).begin(app)


def leave(app: App[None]) -> None:
    """Leave the app, without a word to a terminal that is gone."""
    if app._driver is not None and not app.is_headless and not os.isatty(_STDIN):
        app._driver.write = lambda data: None  # type: ignore[method-assign]
        app._driver.close = lambda: None  # type: ignore[method-assign]
    app.exit()
