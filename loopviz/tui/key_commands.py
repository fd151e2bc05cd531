"""The keys of a screen as commands of the palette: what can be pressed can be looked for by its words.

Decides that a screen which has a table of keys, ``KEYS``, has a command for each of them, but for the digits, which are
many and do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.app import App, SystemCommand
from textual.screen import Screen


def key_commands(app: App[None], screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands of the screen that is on show."""
    for group, keys in getattr(screen, "KEYS", {}).items():
        for key in keys:
            if key.keys and key.action != "method":
                yield SystemCommand(f"{group}: {key.help}", f"key {key.shown}", _runner(app, screen, key.action))


def _runner(app: App[None], screen: Screen[object], action: str) -> Callable[[], None]:
    def run() -> None:
        app.call_later(app.run_action, action, screen)

    return run
