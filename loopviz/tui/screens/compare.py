"""The compare screen: a title, the bands of all programs, their table, a key bar.

Decides the rhythm: one timer polls the contest and shows what has changed. A band's figures are worked out in a thread,
since a trace may be large. The table gives way where the bands need the room: ``t`` brings it.

Awkward cases: programs recorded again under this screen (a band of the recording before must not come late and take its
place); leaving while programs run, which run on, so that coming back finds them further.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from loopviz.timeline.comparison import Band, Entrant
from loopviz.timeline.comparison_table import COLUMNS, clocks_of, given, names, notes
from loopviz.tui.compare_keys import COMPARE_BAR, COMPARE_KEYS, COMPARE_MOUSE, MARKS
from loopviz.tui.compare_view import CompareView
from loopviz.tui.keys import bar_keys, bindings
from loopviz.tui.painting import Line
from loopviz.tui.rhythm import Rhythm
from loopviz.tui.starting import Refusal
from loopviz.tui.themes import Palette
from loopviz.tui.widgets.compare_bands import CompareBands
from loopviz.tui.widgets.compare_table import table_lines, tables_for
from loopviz.tui.widgets.key_bar import KeyBar
from loopviz.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

_FRAMES_PER_S = 30
#: A frame reads traces for no longer than this.
_POLLING_S = 0.012
#: Lines other than bands and table: title, axis, the line above the table, key bar.
_AROUND = 4
#: With fewer lines for each band than this, there is no table unless it is asked for.
_LEAST_PER_BAND = 3


class CompareScreen(Screen[None]):
    """Shows one ``CompareView``, which outlives it."""

    CSS = """
    CompareScreen { layout: vertical; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(COMPARE_KEYS),
        Binding("ctrl+c", "app.quit", "quit", show=False),
    ]
    KEYS = COMPARE_KEYS
    AUTO_FOCUS = ""

    def __init__(self, view: CompareView, palette: Palette) -> None:
        super().__init__()
        self.view = view
        self.palette = palette
        self.holding = False
        self._turns: int | None = None
        self._making: set[int] = set()
        self._rhythm = Rhythm(self.tick, _FRAMES_PER_S)
        self.title_line = Lines(palette, "title")
        self.bands = CompareBands(palette, view)
        self.table = Lines(palette, "table")
        self.key_bar = KeyBar(palette, lambda cells: bar_keys(cells, COMPARE_KEYS, COMPARE_BAR))

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.bands
        yield self.table
        yield self.key_bar

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._change_theme)
        self._rhythm.begin(self)
        self.tick()

    def _change_theme(self, _theme: Theme) -> None:
        self.palette = self._owner.palette
        self.bands.set_palette(self.palette)
        self.title_line.palette = self.table.palette = self.key_bar.palette = self.palette
        self.show_now()
        self.refresh()

    # -- the rhythm ------------------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """One frame; True where it was quiet."""
        until = monotonic() + _POLLING_S
        while not self.holding and self.view.contest.poll() and monotonic() < until:
            pass
        for place, entrant in self.view.stale():
            if entrant.trace is None:
                self.view.set_band(place, entrant, Band(entrant))
            elif place not in self._making:
                self._making.add(place)
                self.run_worker(self._make(place, entrant))
        self._show()
        return self.view.contest.is_done and not self._making and not self.holding

    async def _make(self, place: int, entrant: Entrant) -> None:
        band = await asyncio.to_thread(_prepared, entrant)
        self._making.discard(place)
        if self.view.contest.entrants[place] is entrant:
            self.view.set_band(place, entrant, band)
            self.show_now()

    def show_now(self) -> None:
        """Bring everything up to date: a key was pressed."""
        self._rhythm.wake()
        self._show()

    def _show(self) -> None:
        if not self.size.height:
            return
        view = self.view
        tables = tables_for(view.comparison, self.size.width)
        table = self._table(len(tables))
        height = 0 if table is None else len(view.bands) + 2
        self.table.display = table is not None
        self.table.styles.height = height
        if table is not None:
            self.table.show([Line(), *table_lines(view.comparison, tables[table], view.selected, self.palette)])
        self.title_line.show([self._title()])
        self.bands.update_lines()

    def _table(self, count: int) -> int | None:
        """Which table to show; None for none."""
        if self._turns is None:
            room = self.size.height - _AROUND - 1
            bands = len(self.view.bands)
            return 0 if room - bands >= bands * _LEAST_PER_BAND else None
        turn = self._turns % (count + 1)
        return None if turn == count else turn

    def _title(self) -> Line:
        palette, contest = self.palette, self.view.contest
        line = Line(" loopviz ", palette.key).add(" compare ", palette.strong)
        done = sum(not entrant.outcome.is_pending for entrant in contest.entrants)
        if not contest.is_done:
            line.add(f" ● recording, {done} of {len(contest.entrants)} done  ", palette.good)
        if any(band.note or not band.is_whole for band in self.view.bands):
            line.add(" ! a trace is not whole: ? tells ", palette.warn)
        if clocks := clocks_of(self.view.comparison):
            line.add(f" {' and '.join(clocks)} clock  ", palette.dim if len(clocks) == 1 else palette.warn)
        if self.view.comparison.arguments:
            line.add(f" {given(self.view.comparison)}  ", palette.accent)
        return line.add(f" {names(self.view.comparison)}", palette.text)

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.show_now)

    # -- keys ------------------------------------------------------------------------------------------------------

    @property
    def _owner(self) -> LoopvizApp:
        return cast("LoopvizApp", self.app)

    def action_select(self, count: int) -> None:
        self.view.select(self.view.selected + count)
        self.show_now()

    def action_page(self, count: int) -> None:
        self.view.scroll(count * max(1, self.view.height - 1))
        self.show_now()

    def action_fold(self) -> None:
        self.view.toggle(self.view.selected)
        self.show_now()

    def action_fold_all(self) -> None:
        self.view.toggle_all()
        self.show_now()

    def action_axis(self) -> None:
        self.view.change_axis()
        self.show_now()

    def action_table(self) -> None:
        tables = len(tables_for(self.view.comparison, self.size.width))
        shown = self._table(tables)
        self._turns = 0 if shown is None else shown + 1
        self.show_now()

    def action_look(self) -> None:
        band = self.view.bands[self.view.selected]
        if band.path is None:
            self.tell(f"{band.label}: {band.outcome.words}")
        else:
            self._owner.look_at(band.path, self)

    def action_again(self) -> None:
        self.view.restart(self.view.contest.anew())
        self._making.clear()
        self._rhythm.wake()
        self.tick()

    def action_export(self) -> None:
        from loopviz.tui.screens.export import ExportDialog, Subject

        formats = self._owner.offer.comparison_formats()
        if not formats:
            self.tell("there is no format to export to")
        elif not self.view.contest.is_done:
            self.tell("wait until all programs are recorded")
        else:
            subject = Subject("the comparison", "comparison", self.view.axis_name, self.view.comparison, self)
            self.app.push_screen(ExportDialog(formats, subject, self.palette))

    def action_help(self) -> None:
        from loopviz.tui.screens.help import HelpScreen, key_rows

        table = [(column.heading, column.meaning) for column in COLUMNS if column.meaning]
        table += [("note", note) for note in notes(self.view.comparison)]
        groups = {**key_rows(COMPARE_KEYS), "Mouse": COMPARE_MOUSE, "Table": table, "Marks": MARKS}
        self.app.push_screen(HelpScreen(self.palette, groups))

    def action_leave(self) -> None:
        self._owner.back_to_timeline()

    # -- what widgets tell -----------------------------------------------------------------------------------------

    @on(CompareBands.Chosen)
    def _chosen(self, event: CompareBands.Chosen) -> None:
        if event.on_name:
            self.view.toggle(event.band)
        self.view.select(event.band)
        self.show_now()

    def refuse(self, refusal: Refusal) -> None:
        """Tell why a trace can't be shown."""
        self.tell(refusal.why, is_error=True)

    def tell(self, message: str, is_error: bool = False) -> None:
        """Say something on the last line."""
        self.key_bar.tell(message, is_error)


def _prepared(entrant: Entrant) -> Band:
    """A band with what its first frame needs."""
    band = Band(entrant)
    for axis in ("time", "steps"):
        band.axis(axis)
    band.all_rows, band.printed  # noqa: B018  (both are kept)
    return band
