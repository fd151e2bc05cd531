"""What the screen says where there are no rows: it is waiting, nothing ran, or the program died at once.

Decides that an empty screen teaches: what is going on, and what to do next.
"""

from __future__ import annotations

from rich.style import Style

from loopviz.timeline.outcomes import exit_words
from loopviz.timeline.rows import RowKind
from loopviz.tui.painting import Line
from loopviz.tui.session import Phase, Session
from loopviz.tui.themes import Palette
from loopviz.tui.watch import Watch

_TAIL_LINES = 200


def empty_state(watch: Watch, palette: Palette, width: int, height: int) -> list[Line]:
    """The lines to show in place of rows, in a space of ``width`` by ``height``."""
    session = watch.session
    if watch.view.options.filter:
        words = f"No name holds “{watch.view.options.filter}”"
        return _block(palette, words, ["esc shows all rows again"])
    if session.unreadable is not None:
        return _block(palette, "This trace can't be read", [session.unreadable], palette.bad)
    if session.is_loading:
        return _block(palette, "Reading the trace", [])
    if session.phase is Phase.WAITING:
        return _block(palette, "Waiting for the program to start", ["Rows appear with the first task."])
    if session.phase is Phase.LIVE:
        return _block(palette, "The program runs; no event loop yet", ["Rows appear with the first task."])
    return _ended(session, palette, height)


def below_rows(watch: Watch, palette: Palette) -> Line:
    """What stands below the last row: why there is no task, where only those alive are listed and none is."""
    view = watch.view
    if not view.options.only_live or any(row.kind is RowKind.TASK for row in view.rows):
        return Line()
    when = "by now" if watch.travel.moment_ns is None else "at this moment"
    return Line(f"  No task is alive {when}: a lists all", palette.dim)


def _ended(session: Session, palette: Palette, height: int) -> list[Line]:
    status = session.exit_status
    again = "r runs it again · s chooses another program" if session.launch else "s chooses a program to run"
    if session.child is not None and status:
        block = _block(palette, f"The program ended before an event loop ran: {exit_words(status)}", [], palette.bad)
        tail = session.child.tail(_TAIL_LINES)[-max(1, height - len(block) - 3) :]
        block += [Line("  ").add(text, palette.text) for text in tail]
        return [*block, Line(), Line(f"  {again}", palette.dim)]
    if session.note is not None:
        return _block(palette, "No task could be read from this trace", [session.note], palette.bad)
    return _block(palette, "This program ran no event loop", ["loopviz draws asyncio tasks: there was none.", again])


def _block(palette: Palette, title: str, lines: list[str], style: Style | None = None) -> list[Line]:
    told = [Line("  ").add(text, palette.dim) for text in lines]
    return [Line(), Line("  ").add(title, style or palette.strong), Line(), *told]
