"""The help: every key by groups, the mouse, and what each glyph of the timeline means.

Made from the same tables as the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS
from loopviz.tui.keys import KEYS, MOUSE, STORY_KEYS, Key
from loopviz.tui.themes import Palette
from loopviz.tui.widgets.cell_painter import state_style

_CAP = 11

#: What is explained, and the explanation.
HelpRows = Sequence[tuple[str, str]]


def key_rows(table: Mapping[str, Sequence[Key]]) -> dict[str, HelpRows]:
    """The help of a screen's keys."""
    return {group: [(key.shown, key.help) for key in keys] for group, keys in table.items()}


class HelpScreen(ModalScreen[None]):
    """Covers the timeline; any of the keys that open help closes it again."""

    CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll { width: 84; max-width: 96%; height: auto; max-height: 92%; }
    HelpScreen > VerticalScroll { background: $surface; padding: 1 3; }
    HelpScreen Static { width: 100%; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "app.pop_screen", "close", show=False),
        Binding("j", "scroll(1)", "down", show=False),
        Binding("k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, palette: Palette, groups: Mapping[str, HelpRows] | None = None) -> None:
        """``groups`` are what there is to tell, under its titles; None: of the timeline."""
        super().__init__()
        self.palette = palette
        self.groups = groups if groups is not None else {**key_rows({**KEYS, **STORY_KEYS}), "Mouse": MOUSE}

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self.help())

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def help(self) -> Group:
        """The whole help."""
        palette = self.palette
        keys = [
            self._group(title, [(Text(cap, palette.key), words) for cap, words in rows])
            for title, rows in self.groups.items()
        ]
        glyphs = [GLYPHS[cell] for cell in Cell]
        marks = [
            (Text(f"{glyph.glyph:^{_CAP}}", state_style(palette, cell)), glyph.name)
            for cell, glyph in zip(Cell, glyphs, strict=True)
            if glyph.name
        ]
        return Group(*keys, self._group("Cells", marks), Text("esc closes the help", palette.dim))

    def _group(self, title: str, rows: Sequence[tuple[Text, str]]) -> Group:
        """A title and its rows: of a long explanation, all lines stand below each other."""
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(min_width=_CAP - 1, no_wrap=True)
        table.add_column()
        for cap, words in rows:
            table.add_row(cap, Text(words, self.palette.text))
        return Group(Text(title, self.palette.strong), table, Text())
