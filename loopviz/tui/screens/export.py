"""The export dialog: format, axis, path; enter writes.

Decides that nothing is replaced silently: a path that exists asks for a second enter. The trace is written in a
thread, and the timeline is held meanwhile, since both would walk the growing trace.

Awkward cases: another format changes the path's ending as long as it is a known one; ``~`` is the home directory;
what can't be written is said in the dialog, which stays open for another path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from loopviz.errors import LoopvizError
from loopviz.tui.session import ExportFormat
from loopviz.tui.text import safe
from loopviz.tui.themes import Palette
from loopviz.tui.units import size
from loopviz.tui.widgets.choice import Choice

_AXES = ("time", "steps")


class Holder(Protocol):
    """The screen below: it stands still while ``holding``, and tells what was done."""

    holding: bool

    def tell(self, message: str, is_error: bool = False) -> None: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be exported: what it is called, the name of a file for it, and what the formats' ``write`` takes."""

    what: str
    stem: str
    axis_name: str
    content: Any
    holder: Holder


class ExportDialog(ModalScreen[None]):
    """Writes what the screen below shows, as a whole, to a file."""

    CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog > Vertical { width: 72; max-width: 96%; height: auto; background: $surface; padding: 1 3; }
    ExportDialog Static { height: auto; }
    ExportDialog Input { height: 1; border: none; padding: 0 1; margin: 1 0; background: $panel; }
    ExportDialog Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "close", show=False),
        Binding("enter", "write", "write", show=False, priority=True),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("down", "app.focus_next", "next field", show=False),
    ]

    def __init__(self, formats: Sequence[ExportFormat], subject: Subject, palette: Palette) -> None:
        super().__init__()
        self.formats = formats
        self.subject = subject
        self.palette = palette
        self._to_replace: Path | None = None
        self._writing = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(f"Export {self.subject.what}\n", self.palette.strong))
            yield Choice("format", [chosen.name for chosen in self.formats], self.palette, "format")
            yield Choice("axis", _AXES, self.palette, "axis")
            yield Input(value=str(self._suggested()), id="path")
            yield Static(id="said")
        self.call_after_refresh(self._begin, _AXES.index(self.subject.axis_name))

    def _begin(self, axis: int) -> None:
        self.query_one("#axis", Choice).chosen = axis
        self.query_one("#path", Input).focus()
        self._say(self._help())

    def _suggested(self) -> Path:
        return Path((self.subject.stem or "trace") + self.formats[0].suffix)

    @property
    def chosen(self) -> ExportFormat:
        return self.formats[self.query_one("#format", Choice).chosen]

    @on(Choice.Changed)
    def _changed(self) -> None:
        field = self.query_one("#path", Input)
        known = next((each.suffix for each in self.formats if field.value.endswith(each.suffix)), None)
        if known is not None:
            field.value = field.value.removesuffix(known) + self.chosen.suffix
        axis = self.query_one("#axis", Choice)
        axis.disabled = not self.chosen.has_axis
        axis.display = self.chosen.has_axis
        self._say(self._help())

    @on(Input.Changed)
    def _retyped(self) -> None:
        self._to_replace = None

    def _help(self) -> Text:
        return Text(f"{self.chosen.title}\n", self.palette.text).append(
            "enter writes   tab next field   ← → choose   esc closes", self.palette.dim
        )

    def _say(self, text: Text) -> None:
        self.query_one("#said", Static).update(text)

    # -- writing ---------------------------------------------------------------------------------------------------

    def action_write(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        if not typed or self._writing:
            return
        path = Path(typed).expanduser()
        if path.exists() and path != self._to_replace:
            self._to_replace = path
            self._say(Text(f"{safe(str(path))} exists: enter again replaces it", self.palette.warn))
            return
        self._write(path, self.chosen, _AXES[self.query_one("#axis", Choice).chosen])

    @work(exclusive=True)
    async def _write(self, path: Path, chosen: ExportFormat, axis: str) -> None:
        self._writing = self.subject.holder.holding = True
        self._say(Text("writing …", self.palette.dim))
        content = self.subject.content
        try:
            told = await asyncio.to_thread(_written, chosen, content, path, axis if chosen.has_axis else _AXES[0])
        except (LoopvizError, OSError) as error:
            self._say(Text(safe(str(error)), self.palette.bad))
            return
        finally:
            self._writing = self.subject.holder.holding = False
        self.subject.holder.tell(told)
        self.dismiss()


def _written(chosen: ExportFormat, content: Any, path: Path, axis: str) -> str:
    """Write the file and tell of it."""
    chosen.write(content, path, axis)
    return f"wrote {path.resolve()}, {size(path.stat().st_size)}"
