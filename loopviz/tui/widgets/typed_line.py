"""The picker's line, in which some keys mean something else as long as nothing was typed."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


class TypedLine(Input):
    """A line to type in. While it is empty, each of ``keys`` is told as ``Pressed`` and not typed."""

    DEFAULT_CSS = """
    TypedLine { height: 1; border: none; padding: 0 1; background: $panel; }
    TypedLine:focus { border: none; }
    """

    class Pressed(Message):
        """One of the keys was pressed while the line was empty."""

        def __init__(self, character: str) -> None:
            super().__init__()
            self.character = character

    def __init__(self, keys: str, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, id="typed", select_on_focus=False)
        self._keys = keys

    async def _on_key(self, event: events.Key) -> None:
        if not self.value and event.character and event.character in self._keys:
            event.stop()
            event.prevent_default()
            self.post_message(self.Pressed(event.character))
        else:
            await super()._on_key(event)
