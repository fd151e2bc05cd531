"""From the command line to the screen: when one may open, what it may do, and where its traces lie.

Decides that a screen opens only in a terminal that can draw one, told otherwise before anything starts, and that traces
which nobody asked to keep live in a temporary directory that goes with the screen. A program that ends at once, without
a loop, opens no screen: its usage or its traceback belongs where it was started.

Awkward cases: a program's own words typed in the screen may hold our options, as on the command line; a disk that
fills up under an export is told in the dialog, as one line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from loopviz import catalogue
from loopviz.commands import launch_options, trace_output
from loopviz.commands.compare_words import METHODS, divide
from loopviz.commands.recorder_command import recorder_command
from loopviz.commands.targets import resolve
from loopviz.errors import LoopvizError, TerminalMissing
from loopviz.recording.words import Words
from loopviz.tui import garbage
from loopviz.tui.session import Card, ExportFormat, Launch, Offer, Session

if TYPE_CHECKING:
    from loopviz.commands.contest import Contest
    from loopviz.timeline.comparison import Entrant

#: Terminals that can't move a cursor.
_DUMB = {"dumb", "unknown"}
#: A program that was given wrong words has ended by then; one that takes longer before its loop is shown as it is.
_PATIENCE_S = 0.3


class ChildrenUnkept(LoopvizError):
    """The traces of child processes were asked for, but no place for them."""

    def __init__(self) -> None:
        super().__init__("--children gives each process a trace of its own; say where they go: -o FILE --children")


class OptionUnclear(LoopvizError):
    """A word typed in the screen looks like an option of ours and is none, or has no value."""

    def __init__(self, word: str) -> None:
        super().__init__(f"{word!r} is no option, or lacks its value; the program's own come after its name")


def require_terminal(instead: str) -> None:
    """Raises TerminalMissing where no screen can be drawn; ``instead`` is the command that needs none."""
    # Keys are read from the first, and textual draws on the last; who pipes the middle one away wants no screen.
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error")):
        if stream is None or not stream.isatty():
            raise TerminalMissing(f"standard {name} is none", instead)
    if os.environ.get("TERM") in _DUMB:
        raise TerminalMissing(f"TERM={os.environ['TERM']} can't draw", instead)


def _traces_for_now() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="loopviz-", ignore_cleanup_errors=True)


def show(begin: Callable[[Path], Session | None]) -> int | None:
    """Open the screen until the user leaves it; gives the exit status of the program last on show.

    That is None where there was none, or where it was left running and so was ended by us. ``begin`` makes the session,
    if there is one, and is given a directory for traces that lasts as long as the screen.
    """
    with _traces_for_now() as directory, garbage.aside():
        session = begin(Path(directory))
        # Imported late: what is wrong with the program or the trace is told without waiting for textual.
        from loopviz.tui.app import LoopvizApp
        from loopviz.tui.settings import Settings

        if session is not None and _nothing_to_show(session):
            return session.exit_status
        app = LoopvizApp(session, offer(Path(directory)), settings=Settings.of_user())
        app.run()
        return app.session.exit_status if app.session is not None else None


def _nothing_to_show(session: Session) -> bool:
    """Whether the program has ended without a loop; then what it printed is on standard error, and no screen opens."""
    from loopviz.tui.starting import advice, ended_before_it_began

    if session.child is None or not ended_before_it_began(session, _PATIENCE_S):
        return False
    session.close()
    sys.stderr.flush()
    sys.stderr.buffer.write(session.child.log.read_bytes())
    sys.stderr.buffer.flush()
    if (what_to_do := advice(session)) is not None:
        print(f"loopviz: {what_to_do}", file=sys.stderr)
    return True


def show_comparison(begin: Callable[[Path], Contest], axis: str) -> Sequence[Entrant]:
    """Open the screen on a comparison until the user leaves it; gives how far each of its programs got.

    ``begin`` is given a directory for traces that lasts as long as the screen.
    """
    with _traces_for_now() as directory, garbage.aside():
        from loopviz.tui.app import LoopvizApp
        from loopviz.tui.compare_view import CompareView
        from loopviz.tui.settings import Settings

        view = CompareView(begin(Path(directory)), axis)
        LoopvizApp(None, offer(Path(directory)), view, Settings.of_user()).run()
        return view.contest.entrants


def launch(words: Words, directory: Path) -> Launch:
    """How to start the program that ``words`` name. Raises a LoopvizError where it can't be."""
    choices = launch_options.choices(words.values)
    program = resolve(words.target, "run")
    if choices.output is None:
        if choices.children:
            raise ChildrenUnkept()
        first = Path(mkdtemp(dir=directory)) / program.default_output
    else:
        trace_output.check(choices.output)
        first = Path(choices.output)
    return Launch(
        program.label,
        lambda trace: recorder_command(program, choices, str(trace)),
        trace_output.numbered(first),
        words=tuple(words.target),
    )


def _launch_typed(directory: Path, arguments: Sequence[str]) -> Launch:
    words = launch_options.read(arguments)
    if not words.understood:
        raise OptionUnclear(words.target[0])
    return launch(words, directory)


def offer(directory: Path) -> Offer:
    """What the screen may ask of the commands; traces go to ``directory``."""
    return Offer(
        cards=_cards,
        launch=partial(_launch_typed, directory),
        formats=_trace_formats,
        compare=partial(_methods, directory),
        comparison_formats=_comparison_formats,
    )


def _cards() -> list[Card]:
    return [
        Card(card.name, card.title, str(card.section), card.lesson, card.path, card.missing or "", _place(card))
        for card in catalogue.scenarios()
    ]


def _place(card: catalogue.Scenario) -> str:
    # Where loopviz is installed is nobody's concern.
    return f"scenarios/{card.path.name}"


# -- imported when asked for: the first frame needs none of it ---------------------------------------------------------


def _methods(directory: Path, launch: Launch | None) -> Contest:
    """The ways to do ten things, with the words of the program that was launched where it is one of them."""
    from loopviz.commands.contest import Contest

    words = launch.words if launch is not None and launch.words[:1] and launch.words[0] in METHODS else METHODS[:1]
    targets, _ = divide(())
    return Contest(targets, words[1:], None, directory)


def _trace_formats() -> list[ExportFormat]:
    from loopviz.commands.export_formats import trace_formats

    return trace_formats()


def _comparison_formats() -> list[ExportFormat]:
    from loopviz.commands.export_formats import comparison_formats

    return comparison_formats()
