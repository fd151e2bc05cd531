"""What part of a trace the screen shows: which axis, which stretch, which rows. No widget, no terminal.

Decides how the view moves: every pan or zoom leaves follow mode, and following means that the newest end is seen.
While it follows and nobody has zoomed, the scale widens with the run, so that a short program is always seen whole;
at ``_WIDEST_NS`` a cell it stops widening and the view scrolls. A run that ends while followed is fitted once more.

Awkward cases: the trace is replaced by a fresh one when its header is read, when a bounded recording is shortened and
on a rerun: rows and positions begin anew, the chosen axis, sort and filter stay; a cell may be narrower than what the
axis can resolve.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic, thread_time

from loopviz.timeline.axes import Axis, StepAxis, TimeAxis
from loopviz.timeline.layout import Layout
from loopviz.timeline.row_order import Sort
from loopviz.timeline.rows import RowKind, RowList, RowOptions, Rows
from loopviz.timeline.viewport import Viewport
from loopviz.trace.tasks import Task
from loopviz.tui.session import Phase, Session

#: Cell widths between which a followed run is kept whole: below, a program's first moments would flicker by.
_NARROWEST_LIVE_NS = 5_000_000
_WIDEST_NS = 200_000_000
_WIDEST_STEPS = 1.0
#: Where there are hundreds of thousands of tasks, listing those that are new takes no more than this share of the time.
_ROWS_SHARE = 0.1
_CHEAP_S = 0.005
#: The axis that is not shown takes in so many steps with a frame, and none while a program is ahead of the screen.
_STEPS_AHEAD = 1 << 14

RowKey = tuple[RowKind, int]


class View:
    """The window onto one session. ``rows`` are the rows to list, ``top`` the first seen of them, ``height`` how many
    fit.

    ``like`` is the view of a session before, whose size, axis, order and filter this one takes over.
    """

    def __init__(self, session: Session, like: View | None = None) -> None:
        self.session = session
        self.options: RowOptions = like.options if like is not None else RowOptions()
        self.axis_name: str = like.axis_name if like is not None else "time"
        self.columns: int = like.columns if like is not None else 1
        self.height: int = like.height if like is not None else 1
        self._phase = session.phase
        self._begin()

    def _begin(self) -> None:
        self.trace = self.session.trace
        self.generation = self.session.generation
        self._rows = Rows(self.trace)
        self.layout = Layout(self.trace)
        self.time_axis = TimeAxis(self.trace)
        self._axes: dict[str, Axis] = {"time": self.time_axis, "steps": StepAxis(self.trace)}
        self.rows = RowList(self.trace)
        #: When rows may be listed anew that could not be in time; 0 where they are as they should be.
        self._rows_due = 0.0
        self.options = replace(self.options, expanded=frozenset())
        self.following = self.auto_scale = True
        self.top = 0
        self._at_ns: int | None = None
        self._update_rows()
        self.viewport = self.axis.viewport(self.columns)
        self.follow_now()

    @property
    def axis(self) -> Axis:
        return self._axes[self.axis_name]

    # -- growing ---------------------------------------------------------------------------------------------------

    def poll(self) -> bool:
        """Take in what the session has got; True where the trace grew, began anew, or its program ended."""
        grew = self.session.poll()
        phase = self.session.phase
        if self.session.trace is not self.trace or self.session.generation != self.generation:
            self._begin()
            grew = True
        grew = grew or phase is not self._phase
        self._phase = phase
        if grew or self._rows_due:
            grew = self._update_rows_in_time() or grew
        self.time_axis.now_ns = self.session.now_ns
        if grew:
            self.axis.update()
        if not self.session.behind_ns:
            for axis in self._axes.values():
                axis.update(_STEPS_AHEAD)
        self.follow_now()
        return grew

    def follow_now(self) -> None:
        """Bring the newest end into view, if the view follows."""
        if not self.following:
            return
        extent = self.axis.extent
        if self.auto_scale:
            self.viewport = self._scaled(extent)
        self.viewport = self.viewport.follow(extent)

    def _scaled(self, extent: float) -> Viewport:
        """The whole run, within the bounds of a live scale while it lasts."""
        fitted = self.viewport.fit(extent)
        if self.session.phase not in (Phase.LIVE, Phase.WAITING):
            return fitted
        on_time = self.axis is self.time_axis
        least, most = (_NARROWEST_LIVE_NS, _WIDEST_NS) if on_time else (0.0, _WIDEST_STEPS)
        if self.trace.header.get("clock") == "virtual":
            least = 0
        if fitted.per_column < least or fitted.per_column > most:
            bound = least if fitted.per_column < least else most
            return self.viewport.fit(bound * self.viewport.columns)
        return fitted

    # -- moving in time --------------------------------------------------------------------------------------------

    def resize(self, columns: int, height: int) -> None:
        """The timeline has got another size, in cells and rows."""
        self.columns, self.height = max(1, columns), max(1, height)
        self.viewport = self.viewport.resized(self.columns)
        self.scroll_rows(0)
        self.follow_now()

    def pan(self, columns: int) -> None:
        """Move by whole columns; leaves follow mode."""
        self.following = False
        self.viewport = self.viewport.pan(columns).clamp(self.axis.extent)

    def zoom(self, steps: int, at_column: int) -> None:
        """Zoom in (above zero) or out around a column. A run that goes on is followed further, at the new scale."""
        at_column = min(max(0, at_column), self.columns - 1)
        self.auto_scale = False
        self.following = self.following and self.session.phase is Phase.LIVE
        self.viewport = self.viewport.zoom(steps, at_column).clamp(self.axis.extent)
        self.follow_now()

    def fit(self) -> None:
        """Show everything; a running program is followed from there."""
        self.following = self.auto_scale = True
        self.viewport = self.viewport.fit(self.axis.extent)
        self.follow_now()

    def follow(self) -> None:
        """Show the newest end, at the present scale."""
        self.following = True
        self.follow_now()

    def go_to_start(self) -> None:
        self.pan(-self.viewport.first_cell)

    def change_axis(self, kept_ns: int) -> None:
        """Turn to the other axis, with the moment ``kept_ns`` in the middle unless the view follows."""
        self.axis_name = "steps" if self.axis_name == "time" else "time"
        self.axis.update()
        self.viewport = self.axis.viewport(self.columns)
        self.auto_scale = True
        if self.following:
            self.follow_now()
        else:
            self.reveal(kept_ns)

    def reveal(self, time_ns: int) -> None:
        """Pan, if need be, until the moment is in view, and what is around it; leaves follow mode if it panned.

        Nothing is beyond the ends of the run: no room is left for it.
        """
        first, column, around = self.viewport.first_cell, self.column_of(time_ns), min(3, self.columns // 4)
        # The end itself may lie on the edge of the cell after the last.
        last = max(0, first + self.viewport.column_of(self.axis.extent) + 1 - self.columns)
        if not min(around, first) <= column < self.columns - min(around, max(0, last - first)):
            following = self.following
            self.pan(min(max(0, first + column - self.columns // 2), last) - first)
            self.following = following and self.viewport.first_cell == first

    def column_of(self, time_ns: int) -> int:
        """The column of a moment; outside of the viewport it is below 0, or ``columns`` and more."""
        return self.viewport.column_of(self.axis.position(time_ns))

    def time_of(self, column: int) -> int:
        """The moment at the middle of a column."""
        return self.axis.time_at(self.viewport.position_of(column + 0.5))

    # -- rows ------------------------------------------------------------------------------------------------------

    def set_options(self, options: RowOptions) -> None:
        self.options = options
        self._update_rows()
        self.scroll_rows(0)

    def filter(self, text: str) -> None:
        """Show only the tasks that hold ``text``, in the tree with their parents."""
        self.set_options(replace(self.options, filter=text))

    def toggle_lanes(self, task: int) -> None:
        """Open or close a task's coroutine lanes."""
        self.set_options(replace(self.options, expanded=self.options.expanded ^ {task}))

    def next_sort(self) -> Sort:
        """Sort by the next criterion; returns it."""
        sorts = list(Sort)
        chosen = sorts[(sorts.index(self.options.sort) + 1) % len(sorts)]
        self.set_options(replace(self.options, sort=chosen))
        return chosen

    def list_at(self, time_ns: int | None) -> None:
        """List the rows of a moment; None: of now."""
        self._at_ns = time_ns
        if self.options.depends_on_moment:
            self._update_rows()
            self.scroll_rows(0)

    def _update_rows_in_time(self) -> bool:
        """List the rows anew, unless that has just cost much; True where they are others now."""
        now = monotonic()
        if now < self._rows_due:
            return False
        before, worked = self.rows, thread_time()
        self._update_rows()
        cost_s = thread_time() - worked
        self._rows_due = now + cost_s / _ROWS_SHARE if cost_s > _CHEAP_S else 0.0
        return self.rows is not before

    @property
    def is_listing(self) -> bool:
        """Whether rows are still to be listed that could not be in time."""
        return self._rows_due > 0

    def _update_rows(self) -> None:
        self.rows = self._rows.of(self.options, self._at_ns)

    def busy_ns(self, task: Task) -> int:
        """How long a task has run."""
        return self._rows.order.busy_ns(task)

    def index_of(self, key: RowKey | None) -> int | None:
        """Where a row is listed; None where it is not."""
        return self.rows.place_of(*key) if key is not None else None

    def scroll_rows(self, count: int) -> None:
        """Scroll the list of rows; never past its end."""
        self.top = min(max(0, self.top + count), max(0, len(self.rows) - self.height))

    def reveal_row(self, index: int) -> None:
        """Scroll until a row is in view."""
        if index < self.top:
            self.scroll_rows(index - self.top)
        elif index >= self.top + self.height:
            self.scroll_rows(index - self.top - self.height + 1)
