"""The first line: what is shown, whether it lives, since when, how much, and what is to be said of the file.

Decides what is dropped when the terminal is narrow: the numbers at the end, never the name, the state and the notes.
"""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from loopviz.timeline.durations import rounded
from loopviz.timeline.labels import task_label
from loopviz.timeline.outcomes import exit_words
from loopviz.trace.losses import lost_of, unrecorded
from loopviz.tui.figures import title_figures
from loopviz.tui.painting import Line
from loopviz.tui.session import Phase
from loopviz.tui.themes import Palette
from loopviz.tui.units import count, elapsed, moment
from loopviz.tui.watch import Watch

#: A step that has had its loop for so long is worth a word.
_HELD_NS = 250_000_000
#: So far may the screen be behind a program that makes events faster than they are read.
_WORTH_A_WORD_NS = 500_000_000


class TitleLine(Widget):
    """One line about the session."""

    DEFAULT_CSS = "TitleLine { height: 1; width: 100%; }"
    ALLOW_SELECT = False

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette
        self._line = Line()

    def show(self, watch: Watch) -> None:
        """Tell of this watch, now."""
        line = self._made(watch)
        if line != self._line:
            self._line = line
            self.refresh()

    def _made(self, watch: Watch) -> Line:
        palette, session = self.palette, watch.session
        line = Line().add(" loopviz ", palette.key).add(f" {session.title} ", palette.strong)
        self._phase(line, watch)
        if watch.travel.moment_ns is not None:
            self._moment(line, watch)
        for note in notes(watch):
            line.add(f"  ! {note}", palette.warn)
        for choice in choices(watch):
            line.add(f"   {choice}", palette.accent)
        room = self.size.width - line.cells
        for fact in title_figures(watch.statistics):
            room -= len(fact) + 3
            if room < 0:
                break
            line.add(f"   {fact}", palette.dim)
        return line

    def _phase(self, line: Line, watch: Watch) -> None:
        palette, session = self.palette, watch.session
        phase, status = session.phase, session.exit_status
        if phase is Phase.WAITING:
            line.add(" ○ waiting", palette.dim)
        elif phase is Phase.LIVE:
            line.add(" ● live ", palette.good).add(elapsed(session.now_ns), palette.text)
            if session.behind_ns > _WORTH_A_WORD_NS:
                line.add(f"  {elapsed(session.behind_ns)} behind the program", palette.warn)
        elif phase is Phase.FINISHED:
            style = palette.text if status == 0 else palette.bad
            ended = "finished" if status == 0 else exit_words(status)
            line.add(f" ■ {ended}", style)
            if session.now_ns:
                line.add(f" after {rounded(session.now_ns)}", palette.text)
        else:
            line.add(" ◌ loading " if session.is_loading else " ■ recorded ", palette.dim)
            line.add(rounded(session.now_ns), palette.text)

    def _moment(self, line: Line, watch: Watch) -> None:
        travel = watch.travel
        mark = f"▶ {travel.speed:g}x" if travel.playing else "❚❚"
        line.add(f"   {mark} {moment(travel.moment_ns or 0)}", self.palette.accent)

    def render_line(self, y: int) -> Strip:
        return self._line.strip(self.size.width, self.palette.background)


def choices(watch: Watch) -> list[str]:
    """What was chosen of the rows, and is not to be seen by them: a filter has a line of its own."""
    options = watch.view.options
    return [*(["only alive"] if options.only_live else []), *([options.sort.words] if options.sort.is_flat else [])]


def held(watch: Watch) -> list[str]:
    """Who has each loop for long just now: nothing else of it runs."""
    trace, now_ns, found = watch.view.trace, watch.session.now_ns, []
    if watch.travel.moment_ns is not None:
        return []
    goes_on = watch.session.phase is Phase.LIVE
    for step in watch.statistics.under_way:
        held_ns = now_ns - step.since_ns
        if held_ns >= _HELD_NS:
            name = task_label(trace, trace.tasks[step.task]) if step.task is not None else step.name
            if goes_on:
                found.append(f"{name} has held the loop for {elapsed(held_ns)}")
            else:
                found.append(f"{name} held the loop to the end, for {rounded(held_ns)}")
    return found


def notes(watch: Watch) -> list[str]:
    """What a reader must know of the trace before trusting it."""
    trace, found = watch.view.trace, held(watch)
    if watch.session.note is not None:
        found.append(watch.session.note)
    if (lost := lost_of(trace)) is not None:
        found.append(f"{lost}: {', '.join(trace.losses)}")
    found += unrecorded(trace)
    if trace.refused:
        found.append(f"{count(trace.refused, 'record')} that can't be")
    return found
