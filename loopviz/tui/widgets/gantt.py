"""The timeline: an axis line, and a line per row with its tree, its state in words and its cells.

Decides what is painted again: nothing where the frame's facts are those of the frame before; else the lines whose parts
differ. ``render_lines`` is overridden, so that Textual neither wraps nor styles them anew.

The mouse: a click selects, a drag moves, on the axis line both travel in time; the wheel scrolls rows or, on the axis
line or with ctrl or shift, zooms at the pointer. Where all rows are in view the wheel moves in time, as a wheel
should do something.
"""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from loopviz.timeline.rows import Row
from loopviz.tui.empty import below_rows, empty_state
from loopviz.tui.hover import hover_text
from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.gantt_arrow import Arrow, arrow_of
from loopviz.tui.widgets.gantt_rows import Columns, Overlay, RowPainter, name_width
from loopviz.tui.widgets.gantt_ruler import ruler_strip

_WHEEL_ROWS = 3
_WHEEL_COLUMNS = 6


class Gantt(Widget):
    """The timeline of one watch."""

    DEFAULT_CSS = "Gantt { width: 100%; height: 1fr; }"
    ALLOW_SELECT = False

    class Chosen(Message):
        """A row was clicked; ``again`` says that its name was, and that it was selected before."""

        def __init__(self, again: bool) -> None:
            super().__init__()
            self.again = again

    class Moved(Message):
        """The mouse moved or zoomed the view."""

    def __init__(self, palette: Palette, watch: Watch) -> None:
        super().__init__()
        self.watched = watch
        self._strips: list[Strip] = []
        self._keys: list[object] = []
        self._frame: object = None
        self._dirty: list[Region] = []
        self._longest_name = 0
        self._dragged_from: tuple[int, int] | None = None
        self._has_dragged = self._scrubs = False
        self.pointer_column: int | None = None
        self.set_palette(palette)

    def set_palette(self, palette: Palette) -> None:
        """Paint in other colours from the next frame on."""
        self.palette = palette
        self._painter = RowPainter(palette)
        self._keys, self._frame = [], None

    def set_watch(self, watch: Watch) -> None:
        """Show another session from the next frame on."""
        self.watched = watch
        self._longest_name = 0

    # -- painting --------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> Columns:
        return Columns.of(self.size.width, self._longest_name)

    def update_lines(self) -> None:
        """Make the lines of a frame and repaint those that differ."""
        if not self.size.height or not self.size.width:
            return
        frame = (self.size, *self.watched.frame)
        if frame == self._frame:
            return
        rows = self._visible_rows()
        self._longest_name = max(self._longest_name, *map(name_width, rows), 0)
        self._resize()
        rows = self._visible_rows()
        columns = self.columns
        self._update_ruler(columns)
        if rows:
            self._update_rows(rows, columns)
        else:
            self._update_empty()
        self._repaint()
        self._frame = (self.size, *self.watched.frame)

    def _repaint(self) -> None:
        """Have Textual ask for the lines that differ."""
        if self._dirty:
            # Where most lines differ, one region is cheaper than many.
            self.refresh(*(self._dirty if len(self._dirty) * 2 < self.size.height else ()))
            self._dirty.clear()

    def _resize(self) -> None:
        view, cells, height = self.watched.view, self.columns.cells, self.size.height
        if (view.columns, view.height) != (cells, height - 1):
            view.resize(cells, height - 1)
        if len(self._keys) != height:
            self._keys = [None] * height
            self._strips = [Strip.blank(self.size.width, self.palette.background)] * height

    def _visible_rows(self) -> list[Row]:
        view = self.watched.view
        return view.rows[view.top : view.top + self.size.height - 1]

    def _update_ruler(self, columns: Columns) -> None:
        view, moment = self.watched.view, self.watched.moment_column
        key: object = (
            columns,
            view.viewport,
            view.axis_name,
            view.axis.extent >= view.viewport.right,
            moment,
            bool(view.rows),
        )
        if key != self._keys[0]:
            self._put(0, key, ruler_strip(self.palette, view, columns, moment))

    def _update_rows(self, rows: list[Row], columns: Columns) -> None:
        watch, view = self.watched, self.watched.view
        shown_ns, selected = watch.shown_ns, watch.selection.index
        arrow = arrow_of(watch)
        for line, row in enumerate(rows):
            index = view.top + line
            state = watch.states.listed(row, shown_ns)
            cells = view.layout.cells(row, view.viewport, view.axis)
            overlay = self._overlay(index, index == selected, arrow)
            rule = self._rule(line)
            key = (row, state, cells, overlay, columns, rule)
            if key != self._keys[line + 1]:
                self._put(line + 1, key, self._painter.strip(row, state, cells, columns, overlay, rule))
        self._update_rest(len(rows), columns)

    def _update_rest(self, first: int, columns: Columns) -> None:
        """The lines below the last row, of which the first may hold a word about the rows."""
        for line in range(first, self.size.height - 1):
            hint = below_rows(self.watched, self.palette) if line == first else Line()
            key = (columns, hint.text)
            if key != self._keys[line + 1]:
                self._put(line + 1, key, hint.strip(columns.total, self.palette.background))

    def _overlay(self, index: int, selected: bool, arrow: Arrow | None) -> Overlay:
        watch = self.watched
        glyph = arrow.glyph_at(index) if arrow is not None else ""
        return Overlay(
            selected=selected,
            moment=watch.moment_column,
            span=watch.span_columns if selected else None,
            arrow_column=arrow.column if arrow is not None and glyph else -1,
            arrow=glyph,
        )

    def _rule(self, line: int) -> str:
        """The rule between names and cells is the scroll bar: its thick part is what is in view."""
        view = self.watched.view
        total = len(view.rows)
        if total <= view.height:
            return "│"
        length = max(1, view.height * view.height // total)
        start = round(view.top / max(1, total - view.height) * (view.height - length))
        return "┃" if start <= line < start + length else "│"

    def _update_empty(self) -> None:
        lines = empty_state(self.watched, self.palette, self.size.width - 4, self.size.height - 1)
        for y in range(1, self.size.height):
            line = lines[y - 1] if y <= len(lines) else None
            key = line.pieces if line is not None else []
            if key != self._keys[y]:
                width, ground = self.size.width, self.palette.background
                self._put(y, key, line.strip(width, ground) if line is not None else Strip.blank(width, ground))

    def _put(self, y: int, key: object, strip: Strip) -> None:
        # Textual's filter of ANSI colours is for colours that none of our styles has; another one greys for NO_COLOR.
        for line_filter in self.get_line_filters():
            if not isinstance(line_filter, ANSIToTruecolor):
                strip = strip.apply_filter(line_filter, self.palette.ground)
        self._keys[y], self._strips[y] = key, strip
        self._dirty.append(Region(0, y, self.size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = self._strips[crop.y : crop.bottom]
        strips += [Strip.blank(self.size.width, self.palette.background)] * (crop.height - len(strips))
        if (crop.x, crop.right) != (0, self.size.width):
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    # -- the mouse -------------------------------------------------------------------------------------------------

    def column_at(self, x: int) -> int:
        """The column of the timeline below a cell of the widget; negative on the names."""
        return x - self.columns.left

    def row_index_at(self, y: int) -> int | None:
        """The row below a line of the widget; None on the axis line and below the last row."""
        index = self.watched.view.top + y - 1
        return index if y > 0 and index < len(self.watched.view.rows) else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragged_from = event.x, event.y
        self._has_dragged = False
        self._scrubs = event.y == 0 and self.column_at(event.x) >= 0
        if self._scrubs:
            self._travel_to(event.x)
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        self._dragged_from = None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.pointer_column = self.column_at(event.x) if event.x >= self.columns.left else None
        if self._dragged_from is None:
            self._tell_hover(event)
            return
        dx, dy = event.x - self._dragged_from[0], event.y - self._dragged_from[1]
        if self._scrubs:
            self._travel_to(event.x)
        elif dx or dy:
            self._has_dragged = True
            self._dragged_from = event.x, event.y
            if dx:
                self.watched.view.pan(-dx)
            self.watched.view.scroll_rows(-dy)
            self.post_message(self.Moved())

    def _travel_to(self, x: int) -> None:
        column = min(max(0, self.column_at(x)), self.watched.view.columns - 1)
        self.watched.travel.go_to(self.watched.view.time_of(column))
        self.post_message(self.Moved())

    def on_leave(self, event: events.Leave) -> None:
        self.pointer_column = None

    def _tell_hover(self, event: events.MouseMove) -> None:
        index = self.row_index_at(event.y)
        text = hover_text(self.watched, index, self.column_at(event.x)) if index is not None else ""
        if (self.tooltip.plain if isinstance(self.tooltip, Text) else "") != text:
            # A Text, not a string: names are not markup.
            self.tooltip = Text(text) if text else None

    def on_click(self, event: events.Click) -> None:
        index = self.row_index_at(event.y)
        if self._has_dragged or index is None:
            return
        selection, column = self.watched.selection, self.column_at(event.x)
        again = selection.index == index and column < 0
        if column >= 0:
            selection.select_at(index, self.watched.view.time_of(column))
        else:
            selection.select(index)
        self.post_message(self.Chosen(again))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self.watched.view.pan(-_WHEEL_COLUMNS)
        self.post_message(self.Moved())

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self.watched.view.pan(_WHEEL_COLUMNS)
        self.post_message(self.Moved())

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        view, column = self.watched.view, self.column_at(event.x)
        event.stop()
        if event.ctrl or event.shift or event.y == 0:
            view.zoom(-direction, column)
        elif len(view.rows) > view.height:
            view.scroll_rows(direction * _WHEEL_ROWS)
        else:
            view.pan(direction * _WHEEL_COLUMNS)
        self.post_message(self.Moved())
