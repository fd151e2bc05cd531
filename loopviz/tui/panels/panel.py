"""What a panel is: a label, a title, lines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette
from loopviz.tui.watch import Watch


class Panel(ABC):
    """Writes one panel in one palette. ``follows_end`` says that its last line matters most."""

    label: ClassVar[str]
    follows_end: ClassVar[bool] = False

    def __init__(self, palette: Palette) -> None:
        self.palette = palette

    @abstractmethod
    def title(self, watch: Watch) -> Line:
        """What stands beside the label; may be empty."""

    def anchor(self, watch: Watch) -> int | None:
        """Which of the lines has to be in view; None where it is the first, or the last."""
        return None

    @abstractmethod
    def lines(self, watch: Watch, width: int, height: int) -> Sequence[Line]:
        """The panel's lines, of ``width`` cells; more than ``height`` of them are not asked for."""
