"""``loopviz open``: a recorded trace on the screen."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("open")
@click.argument("file", type=click.Path())
def command(file: str) -> int:
    """Look at a recorded trace.

    \b
    loopviz open slow.loopviz
    """
    # Imported late: the help of all commands must not wait for the screen's libraries.
    from loopviz.commands import screen
    from loopviz.tui.session import Session

    screen.require_terminal(f"loopviz export {file} --to text")
    screen.show(lambda _directory: Session.opened(Path(file)))
    return 0
