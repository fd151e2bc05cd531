"""One session being watched: its view, what is selected, and the moment that the screen shows.

Decides which moment is shown: the one travelled to, else now. Everything that the screen tells is of that moment.
"""

from __future__ import annotations

from loopviz.timeline.rows import RowKind
from loopviz.trace.levels import Level
from loopviz.trace.output import OutputLog
from loopviz.trace.statistics import Statistics
from loopviz.tui.history import History
from loopviz.tui.reading import Reading
from loopviz.tui.row_states import RowStates
from loopviz.tui.selection import Selection
from loopviz.tui.session import Phase, Session
from loopviz.tui.travel import Travel
from loopviz.tui.view import RowKey, View


class Watch:
    """All that the screen knows of one session; begins anew when the trace does.

    ``before`` is the watch of the same program's last run: its row stays selected, its view looks the same, and its
    story tells as much.
    """

    def __init__(self, session: Session, before: Watch | None = None) -> None:
        self.session = session
        self.view: View = View(session, before.view if before is not None else None)
        self._row: RowKey | None = before.selection.place.row if before is not None else None
        self._level: Level = before.reading.level if before is not None else Level.BRIEF
        self._begin()

    def _begin(self) -> None:
        self.selection = Selection(self.view, self._row)
        self.selection.begin()
        self.history = History(self.view.trace)
        self.travel = Travel(self.view, self.history)
        self.reading = Reading(self.history, self.travel, self._level)
        self.states = RowStates(self.view)
        self.output = OutputLog(self.view.trace)
        self.output.update()
        self.statistics = Statistics(self.view.trace)

    def poll(self, elapsed_s: float) -> bool:
        """Take in what is new and let ``elapsed_s`` seconds pass for what plays; True where the trace changed."""
        trace = self.view.trace
        grew = self.view.poll()
        if self.view.trace is not trace:
            self._row, self._level = self.selection.place.row, self.reading.level
            self._begin()
        if grew:
            self.output.update()
            self.statistics.update()
            self.selection.begin()
        self.statistics.reach(self.session.known_ns)
        if self.travel.is_awaited or not self.session.is_loading:
            at_rest = self.session.phase in (Phase.OPENED, Phase.FINISHED)
            self.history.take_in(at_rest, self.travel.is_awaited)
        self.travel.advance(elapsed_s)
        return grew

    @property
    def frame(self) -> tuple[object, ...]:
        """All that the timeline's looks depend on: two equal ones look the same."""
        view = self.view
        return (view.viewport, view.axis_name, view.top, self.session.now_ns, *self._shown)

    @property
    def outline(self) -> tuple[object, ...]:
        """The same but for the time that passes within a cell."""
        view = self.view
        return (view.viewport, view.axis_name, view.top, view.viewport.cells_to(view.axis.extent), *self._shown)

    @property
    def panels_frame(self) -> tuple[object, ...]:
        """All that the panels' looks depend on: not what part of the timeline is in view."""
        return (self.session.now_ns, *self.panels_outline)

    @property
    def panels_outline(self) -> tuple[object, ...]:
        """The same but for the time that passes."""
        return (*self._shown, *self.history.progress, self.reading.standing)

    @property
    def _shown(self) -> tuple[object, ...]:
        """What is told of, by the timeline and the panels, whatever the time."""
        view, session = self.view, self.session
        standing = (session.phase, session.is_loading, session.unreadable, len(view.trace.records))
        return (view, view.rows, view.options, self.selection.place, self.travel.moment_ns, *standing)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing will change by itself, unless the file does."""
        goes_on = self.travel.playing or self.travel.is_awaited or self.view.is_listing
        is_over = self.session.phase in (Phase.OPENED, Phase.FINISHED) and not self.session.is_loading
        return is_over and not goes_on and (self.history.is_whole or not self.history.is_wanted)

    @property
    def shown_ns(self) -> int:
        """The moment shown, in ns since the recording's start."""
        return self.session.known_ns if self.travel.moment_ns is None else self.travel.moment_ns

    @property
    def loop(self) -> int | None:
        """The number of the loop to tell of: the selected row's, else the first; None while there is none."""
        place, task = self.selection.place.row, self.selection.task
        if place is not None and place[0] is RowKind.LOOP:
            return place[1]
        return task.loop if task is not None else min(self.view.trace.definitions.loops, default=None)

    @property
    def moment_column(self) -> int | None:
        """The column of the moment travelled to; just outside where it is not in view, None where now is shown."""
        if self.travel.moment_ns is None:
            return None
        return min(max(-1, self.view.column_of(self.travel.moment_ns)), self.view.columns)

    @property
    def span_columns(self) -> tuple[int, int] | None:
        """The columns of the span that was chosen, from the first up to, not including, the last; None where none
        was.
        """
        if self.selection.place.span is None:
            return None
        span = self.selection.span(self.shown_ns)
        if span is None:
            return None
        axis, viewport = self.view.axis, self.view.viewport
        first = self.view.column_of(span.start_ns)
        end_ns = self.session.now_ns if span.end_ns is None else span.end_ns
        return first, max(first + 1, viewport.cells_to(axis.position(end_ns)) - viewport.first_cell)
