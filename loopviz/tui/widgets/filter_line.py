"""The line in which a filter is typed; it stays in sight as long as rows are left out."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FilterLine(Input):
    """Part of a row's name. Enter keeps the filter and goes back to the timeline, escape shows all rows."""

    DEFAULT_CSS = """
    FilterLine { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    FilterLine:focus { border: none; }
    FilterLine.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "all rows", show=False),
        Binding("up,down,tab", "keep", "back to the rows", show=False),
    ]

    class Left(Message):
        """The user is done typing."""

    def __init__(self) -> None:
        super().__init__(placeholder="part of a task's name")

    def begin(self) -> None:
        """Let the user type."""
        self.add_class("-shown")
        self.focus()

    def action_clear(self) -> None:
        """Show all rows again."""
        self.value = ""
        self.action_keep()

    def action_keep(self) -> None:
        """Keep what was typed."""
        self.set_class(bool(self.value), "-shown")
        self.post_message(self.Left())

    async def action_submit(self) -> None:
        self.action_keep()
