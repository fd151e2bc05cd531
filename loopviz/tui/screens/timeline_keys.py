"""What each key of the timeline does.

Decides that a key which has nothing to do says why, on the last line. Keys about the program itself (rerun, pick,
export) are the app's affair: it owns the session.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.screen import Screen

from loopviz.timeline.rows import RowKind
from loopviz.tui.keys import KEYS, bindings
from loopviz.tui.panels.span_facts import why_no_jump
from loopviz.tui.session import Phase
from loopviz.tui.travel import Stepped
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.filter_line import FilterLine
from loopviz.tui.widgets.gantt import Gantt

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

#: ``left`` and ``right`` move by this share of the screen; their shifted forms by eight times as much, half a screen.
_PAN_SHARE = 16


class TimelineKeys(Screen[None]):
    """The actions. ``page`` counts the turns of the panels' shared place."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    KEYS = KEYS
    AUTO_FOCUS = ""
    watched: Watch
    gantt: Gantt
    filter_line: FilterLine
    page = 0
    panels_hidden = False
    _direction = 1

    @abstractmethod
    def show_now(self) -> None: ...

    @abstractmethod
    def place_panels(self) -> None: ...

    @abstractmethod
    def turn_page(self, count: int) -> None: ...

    @abstractmethod
    def answer_about_span(self) -> None:
        """Somebody asks about a span: the panel that tells of it takes the place of the story, if they share one."""

    @abstractmethod
    def bring(self, panel: str) -> bool:
        """Show a panel; False where there is no room for any."""

    @abstractmethod
    def tell(self, message: str, is_error: bool = False) -> None:
        """Say something on the last line."""

    @property
    def _owner(self) -> LoopvizApp:
        return cast("LoopvizApp", self.app)

    # -- time ------------------------------------------------------------------------------------------------------

    def action_pan(self, parts: int) -> None:
        view = self.watched.view
        view.pan(parts * max(1, view.columns // _PAN_SHARE))
        self.show_now()

    def action_zoom(self, steps: int) -> None:
        self.watched.view.zoom(steps, self._zoom_column())
        self.show_now()

    def _zoom_column(self) -> int:
        """The pointer's column, else the shown moment's, the chosen span's, or the middle of what is there."""
        watch, view = self.watched, self.watched.view
        if self.gantt.pointer_column is not None:
            return self.gantt.pointer_column
        if watch.moment_column is not None and 0 <= watch.moment_column < view.columns:
            return watch.moment_column
        if watch.span_columns is not None and 0 <= watch.span_columns[0] < view.columns:
            return watch.span_columns[0]
        return min(view.columns, view.viewport.cells_to(view.axis.extent) - view.viewport.first_cell) // 2

    def action_fit(self) -> None:
        self.watched.view.fit()
        self.show_now()

    def action_follow(self) -> None:
        self.watched.travel.leave()
        self.watched.reading.follow()
        self.watched.view.follow()
        self.show_now()

    def action_start(self) -> None:
        self.watched.view.go_to_start()
        self.show_now()

    def action_axis(self) -> None:
        watch = self.watched
        span = watch.selection.span(watch.shown_ns) if watch.selection.place.span is not None else None
        kept_ns = watch.view.time_of(watch.view.columns // 2) if span is None else span.start_ns
        watch.view.change_axis(kept_ns if watch.travel.moment_ns is None else watch.travel.moment_ns)
        self.show_now()

    # -- rows ------------------------------------------------------------------------------------------------------

    def action_row(self, count: int) -> None:
        self.watched.selection.move(count)
        self.show_now()

    def action_page(self, count: int) -> None:
        self.watched.selection.move(count * max(1, self.watched.view.height - 1))
        self.show_now()

    def action_lanes(self) -> None:
        row = self.watched.selection.row
        if row is None or row.kind is RowKind.LOOP:
            self.tell("select a task first")
        elif row.kind is RowKind.CALL:
            self._close_lanes_of(row.number)
        elif not row.expandable:
            self.tell("this task awaits no coroutine of its own: nothing to open")
        else:
            self.watched.view.toggle_lanes(row.number)
        self.show_now()

    def _close_lanes_of(self, call: int) -> None:
        task = self.watched.view.trace.calls[call].task
        self.watched.view.toggle_lanes(task)
        index = self.watched.view.index_of((RowKind.TASK, task))
        if index is not None:
            self.watched.selection.select(index)

    def action_filter(self) -> None:
        self.filter_line.begin()

    def action_alive(self) -> None:
        view = self.watched.view
        view.set_options(replace(view.options, only_live=not view.options.only_live))
        self.tell("only tasks that are alive at the shown moment" if view.options.only_live else "all tasks")
        self.show_now()

    def action_sort(self) -> None:
        sort = self.watched.view.next_sort()
        self.tell(f"all tasks {sort.words}" if sort.is_flat else "each task below the one that created it")
        self.show_now()

    # -- spans -----------------------------------------------------------------------------------------------------

    def action_span(self, count: int) -> None:
        watch = self.watched
        if watch.selection.task is None:
            self.tell("select a task first: ↑ ↓")
        elif not watch.selection.move_span(count, watch.shown_ns):
            self.tell("that was its last span" if count > 0 else "that was its first span")
        else:
            self.answer_about_span()
        self.show_now()

    def action_waker(self) -> None:
        watch = self.watched
        if watch.selection.task is None:
            self.tell("select a task first: ↑ ↓")
        else:
            self.answer_about_span()
            if not watch.selection.jump_to_waker(watch.shown_ns):
                self.tell(why_no_jump(watch))
        self.show_now()

    def action_waker_back(self) -> None:
        if not self.watched.selection.jump_back():
            self.tell("no jump to go back from")
        self.show_now()

    # -- time travel -----------------------------------------------------------------------------------------------

    def action_event(self, count: int) -> None:
        self._direction = count
        self._tell_step(self.watched.travel.step(count))
        self.show_now()

    def take_waiting_step(self) -> None:
        """Take a step that had to wait for the events to be put in order."""
        if self.watched.travel.is_awaited and (stepped := self.watched.travel.take_waiting_step()) is not Stepped.LATER:
            self._tell_step(stepped)
            self.show_now()

    def _tell_step(self, stepped: Stepped) -> None:
        if stepped is Stepped.NOWHERE:
            self.tell("that was the last event" if self._direction > 0 else "that was the first event")
        elif stepped is Stepped.LATER:
            self.tell("the events are still being put in order: the step is taken as soon as they are")

    def action_play(self) -> None:
        travel = self.watched.travel
        travel.play()
        self.tell(f"playing at {travel.speed:g}x, < > slower and faster" if travel.playing else "stopped")
        self.show_now()

    def action_speed(self, steps: int) -> None:
        self.tell(f"play at {self.watched.travel.change_speed(steps):g}x")

    def action_pause(self) -> None:
        watch = self.watched
        if watch.travel.leave():
            if watch.session.phase in (Phase.LIVE, Phase.WAITING):
                watch.view.follow()
        else:
            watch.travel.go_to(watch.shown_ns)
        self.show_now()

    def action_leave(self) -> None:
        watch = self.watched
        left = watch.reading.follow() or watch.travel.leave() or watch.selection.drop_span()
        if not left and self.filter_line.value:
            self.filter_line.action_clear()
        self.show_now()

    # -- screen and program ----------------------------------------------------------------------------------------

    def action_panel(self, count: int) -> None:
        self.turn_page(count)

    def action_panels(self) -> None:
        self.panels_hidden = not self.panels_hidden
        self.place_panels()

    def action_help(self) -> None:
        self._owner.show_help()

    def action_rerun(self) -> None:
        self._owner.rerun()

    def action_pick(self) -> None:
        self._owner.pick()

    def action_method(self, number: int) -> None:
        self._owner.run_method(number)

    def action_compare(self) -> None:
        self._owner.compare()

    def action_export(self) -> None:
        self._owner.export()

    def action_interrupt(self) -> None:
        """Ctrl+C is the program's, as long as there is one."""
        session = self.watched.session
        if session.child is not None and session.child.is_running:
            session.child.interrupt()
            self.tell("sent Ctrl+C to the program; q ends it and quits")
        else:
            self.app.exit()
