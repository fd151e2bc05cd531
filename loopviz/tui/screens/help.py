"""The help: every key by groups, the mouse, and what each glyph of the timeline means.

Made from the same tables as the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
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
            yield Static(self.text())

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def text(self) -> Text:
        """The whole help."""
        text = Text()
        for group, rows in self.groups.items():
            self._group(text, group, rows)
        text.append("Cells\n", self.palette.strong)
        for cell in Cell:
            if GLYPHS[cell].name:
                text.append(f"{GLYPHS[cell].glyph:^{_CAP}}", state_style(self.palette, cell))
                text.append(f"{GLYPHS[cell].name}\n", self.palette.text)
        text.append("\nesc closes the help", self.palette.dim)
        return text

    def _group(self, text: Text, title: str, rows: HelpRows) -> None:
        text.append(f"{title}\n", self.palette.strong)
        for cap, help_text in rows:
            text.append(cap + " " * max(1, _CAP - cell_len(cap)), self.palette.key)
            text.append(f"{help_text}\n", self.palette.text)
        text.append("\n")
