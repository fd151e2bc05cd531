"""From words and cells to what a terminal row is made of: styled segments of known width.

Decides how a line is put together: pieces are added with a style, foreign text is made safe on the way in, and the
line is cut or padded to its width once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from loopviz.tui.text import fit, safe

_ELLIPSIS = "…"


class Line:
    """One line of a panel, built from left to right. Equal lines paint the same."""

    __slots__ = ("pieces",)

    def __init__(self, text: str = "", style: Style | None = None) -> None:
        self.pieces: list[tuple[str, Style]] = []
        if text:
            self.add(text, style or Style.null())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and self.pieces == other.pieces

    __hash__ = None  # type: ignore[assignment]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def cells(self) -> int:
        return sum(cell_len(text) for text, _ in self.pieces)

    def add(self, text: str, style: Style) -> Line:
        """Add text, made safe."""
        self.pieces.append((safe(text), style))
        return self

    def column(self, text: str, cells: int, style: Style) -> Line:
        """Add text in exactly so many cells, cut or padded."""
        self.pieces.append((fit(text, cells), style))
        return self

    def right(self, text: str, cells: int, style: Style) -> Line:
        """Add text at the right of so many cells: numbers under numbers."""
        text = safe(text)
        return self.column(" " * max(0, cells - cell_len(text)) + text, cells, style)

    def strip(self, width: int, base: Style) -> Strip:
        """The line in exactly ``width`` cells on the style ``base``: padded, or cut with an ellipsis."""
        room = width if self.cells <= width else width - 1
        segments = [Segment(text, base + style) for text, style in self._within(room)]
        used = sum(segment.cell_length for segment in segments)
        if room < width:
            segments.append(Segment(" " * (room - used) + _ELLIPSIS, segments[-1].style if segments else base))
        elif used < width:
            segments.append(Segment(" " * (width - used), base))
        return Strip(segments, width)

    def _within(self, cells: int) -> Iterator[tuple[str, Style]]:
        """The pieces that fit, the last of them cut."""
        for text, style in self.pieces:
            length = cell_len(text)
            if length > cells:
                text = set_cell_size(text, cells)
            if text:
                yield text, style
            if length >= cells:
                return
            cells -= length
