"""The Story panel: what happened, event by event, in plain sentences, around the shown moment.

Decides how a sentence is laid out: its event's number among all (a brief story has gaps), marks, where there is room
the time, and the text, broken at spaces. ``▶`` marks what happened at the shown moment, ``▷`` the sentence that
is read elsewhere, ``▎`` those that name the selected task; what comes after the moment is pale. Of a passage, of which
nobody knows how many events were before it, sentences have no number.

Only the sentences in view are made, and a few around them, so that it is no matter how long the trace is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from rich.style import Style

from loopviz.trace.levels import Level
from loopviz.tui.painting import Line
from loopviz.tui.panels.panel import Panel
from loopviz.tui.reading import Place
from loopviz.tui.session import Phase
from loopviz.tui.text import safe, wrap
from loopviz.tui.themes import Palette
from loopviz.tui.units import moment
from loopviz.tui.watch import Watch

if TYPE_CHECKING:
    from loopviz.trace.story import Sentence

#: How much of the panel is above the sentence that is read.
_ABOVE = 0.4
#: From so many cells on, there is room for the time of each sentence.
_WITH_TIMES = 66
#: A sentence about names that are very long says enough on so many lines.
_MOST_LINES = 8
_MARKS = 3
_GOES_ON = (Phase.WAITING, Phase.LIVE)


class StoryLine(Line):
    """A line of a sentence, which knows the event's place."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class StoryPanel(Panel):
    """Writes what is in view for one palette."""

    label = "Story"

    def title(self, watch: Watch) -> Line:
        """How much is told, and whether it follows the moment."""
        line = Line(watch.reading.level.value, self.palette.dim)
        words = watch.history.words(watch.history.told)
        if words:
            line.add(f", {words}", self.palette.accent)
        elif watch.reading.is_elsewhere:
            line.add(", esc follows", self.palette.accent)
        return line

    def lines(self, watch: Watch, width: int, height: int) -> list[Line]:
        """As many lines as fit, with the sentence that is read among them."""
        watch.history.is_wanted = True
        at = watch.reading.position(watch.shown_ns)
        if at is None:
            return [Line(_nothing(watch), self.palette.dim)]
        teller = _Teller(self.palette, watch, at, width, height)
        below = teller.lines(chain((at,), watch.reading.after(at)))
        above = teller.lines(watch.reading.before(at), upwards=True)
        first = max(0, min(len(above) - int(height * _ABOVE), len(above) + len(below) - height))
        return [*above, *below][first : first + height]


def _nothing(watch: Watch) -> str:
    """Why there is no sentence."""
    if not watch.history.is_whole:
        return ""
    if watch.history.taken:
        return "There is nothing to tell."
    return "Nothing has happened yet." if watch.session.phase in _GOES_ON else "Nothing was recorded."


class _Teller:
    """Lays sentences out around the position ``at``."""

    def __init__(self, palette: Palette, watch: Watch, at: int, width: int, height: int) -> None:
        self._palette, self._watch, self._at, self._height = palette, watch, at, height
        passage = watch.reading.passage
        self._chronicle, self._story, self._is_whole = passage.chronicle, passage.story, passage.is_whole
        self._digits = len(str(len(self._chronicle))) if self._is_whole else 0
        self._times = len(moment(watch.view.trace.end_ns)) if width >= _WITH_TIMES else 0
        self._room = max(2, width - self._digits - _MARKS - self._times - bool(self._times))
        self._width = width
        self._task = watch.selection.task
        self._now_ns = self._told_at(watch)

    def _told_at(self, watch: Watch) -> int | None:
        """The time of what happened at the shown moment; None where now is shown."""
        moment_ns = watch.travel.moment_ns
        if moment_ns is None:
            return None
        if not self._is_whole:
            return moment_ns
        told = next(watch.reading.before(self._chronicle.position_at(moment_ns + 1)), None)
        return -1 if told is None else self._chronicle.place(told)[0]

    def lines(self, positions: Iterator[int], upwards: bool = False) -> list[Line]:
        """A panel full of lines of these sentences, or of all there are; ``upwards``: each above the one before."""
        found: list[Line] = []
        for position in positions:
            told = self._sentence(position)
            found = told + found if upwards else found + told
            if len(found) >= self._height:
                break
        return found

    def _sentence(self, position: int) -> list[Line]:
        palette, place = self._palette, self._chronicle.place(position)
        sentence = self._story.sentence(position)
        style = self._style(place[0])
        named = self._task is not None and any(mention.task == self._task.number for mention in sentence.mentions)
        read = position == self._at and self._watch.reading.is_held
        mark = "▶" if place[0] == self._now_ns else "▷" if read else " "
        lines: list[Line] = []
        text = safe(sentence.text)
        for start, end in wrap(text, self._room)[:_MOST_LINES]:
            line = StoryLine(place)
            line.right("" if lines or not self._is_whole else str(position + 1), self._digits, palette.dim)
            if self._times:
                line.add(" ", style).column("" if lines else moment(place[0]), self._times, palette.dim)
            line.add("  " if lines else f" {mark}", palette.accent).add("▎" if named else " ", palette.key)
            self._add(line, text, start, end, sentence, style)
            lines.append(self._marked(line) if read else line)
        return lines

    def _style(self, t_ns: int) -> Style:
        if self._now_ns is None or t_ns < self._now_ns:
            return self._palette.text
        return self._palette.strong if t_ns == self._now_ns else self._palette.dim

    def _add(self, line: Line, text: str, start: int, end: int, sentence: Sentence, style: Style) -> None:
        """A part of the text, with the selected task's name in colour."""
        for mention in sentence.mentions:
            if self._task is None or mention.task != self._task.number or mention.end <= start or mention.start >= end:
                continue
            line.add(text[start : max(start, mention.start)], style)
            line.add(text[max(start, mention.start) : min(end, mention.end)], style + self._palette.key)
            start = min(end, mention.end)
        line.add(text[start:end], style)

    def _marked(self, line: Line) -> Line:
        """The line on the ground of what is selected, to its end."""
        line.add(" " * (self._width - line.cells), Style.null())
        line.pieces = [(text, style + self._palette.selected_background) for text, style in line.pieces]
        return line


def level_words(level: Level) -> str:
    """What a level tells, in words."""
    return "the story tells every event" if level is Level.FULL else "the story leaves out what goes without saying"
