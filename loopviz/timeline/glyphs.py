"""What each cell looks like: glyph, colour, name. The one table that TUI, text and SVG share.

Decides that states read without colour: every glyph is another one, of one column, and part of ordinary terminal fonts.
Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people who see colours differently can tell
apart; on a light ground some are darkened until they keep a contrast of 3:1 (WCAG 1.4.11).
"""

from __future__ import annotations

from dataclasses import dataclass

from loopviz.timeline.cells import Cell


@dataclass(frozen=True, slots=True)
class Glyph:
    """``glyph`` is one column wide, ``name`` what a legend calls it; colours are ``#rrggbb``, by ground."""

    glyph: str
    name: str
    on_dark: str
    on_light: str


GLYPHS: dict[Cell, Glyph] = {
    Cell.EMPTY: Glyph(" ", "", "#808080", "#808080"),
    Cell.UNKNOWN: Glyph("?", "unknown", "#808080", "#767676"),
    Cell.SUSPENDED: Glyph("─", "suspended", "#56B4E9", "#3A93CC"),
    Cell.READY_PART: Glyph("░", "partly ready", "#E69F00", "#BA8100"),
    Cell.READY: Glyph("▒", "ready", "#E69F00", "#BA8100"),
    Cell.RUNNING_PART: Glyph("▌", "partly running", "#009E73", "#009E73"),
    Cell.RUNNING: Glyph("█", "running", "#009E73", "#009E73"),
    Cell.RETURNED: Glyph("✓", "returned", "#009E73", "#009E73"),
    Cell.RAISED: Glyph("✗", "raised", "#D55E00", "#D55E00"),
    Cell.CANCELLED: Glyph("⊘", "cancelled", "#CC79A7", "#C0649A"),
    Cell.IDLE: Glyph("·", "loop idle", "#808080", "#767676"),
    Cell.CALLBACK: Glyph("▪", "loop runs callbacks", "#F0E442", "#958B00"),
    Cell.BUSY_PART: Glyph("▖", "loop partly busy", "#0072B2", "#0072B2"),
    Cell.BUSY: Glyph("▄", "loop busy", "#0072B2", "#0072B2"),
}

#: Indexed by code, for painting loops.
GLYPH_OF: tuple[str, ...] = tuple(GLYPHS[cell].glyph for cell in Cell)
