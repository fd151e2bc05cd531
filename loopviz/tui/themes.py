"""The two themes of loopviz and the palette that widgets paint with.

Decides the few styles that every widget shares, so that a theme of Textual's own works as well. States have their
colours from ``loopviz.timeline.glyphs``; everything else is quiet: text, three steps of grey, one accent, good and
bad.

Awkward case: a theme that uses the terminal's own colours has nothing to blend; its greys are the terminal's dim
attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

DARK = Theme(
    name="loopviz-dark",
    primary="#56B4E9",
    secondary="#009E73",
    accent="#E69F00",
    warning="#F0E442",
    error="#E8743B",
    success="#2BB98F",
    foreground="#d3d7de",
    background="#101318",
    surface="#161a21",
    panel="#1d222b",
    dark=True,
)

LIGHT = Theme(
    name="loopviz-light",
    primary="#0072B2",
    secondary="#009E73",
    accent="#B36B00",
    warning="#8A6D00",
    error="#C44A00",
    success="#00795A",
    foreground="#23282f",
    background="#fbfaf7",
    surface="#f2f0eb",
    panel="#e8e5de",
    dark=False,
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Styles without a background, unless the name says so. ``is_dark`` chooses between the two colours of a state.

    ``ground`` is the colour of ``background``, for what blends with it.
    """

    is_dark: bool
    ground: Color
    background: Style
    text: Style
    strong: Style
    dim: Style
    faint: Style
    accent: Style
    key: Style
    good: Style
    bad: Style
    warn: Style
    selected_background: Style
    span_background: Style
    cursor_background: Style

    @classmethod
    def of(cls, variables: Mapping[str, str], is_dark: bool) -> Palette:
        """The palette of a theme, given its CSS variables (``App.theme_variables``)."""
        fore, back = _color(variables["foreground"]), _color(variables["background"])
        blend = fore.ansi is None and back.ansi is None

        def grey(share: float) -> Style:
            return _fore(back.blend(fore, share)) if blend else Style(dim=True)

        def behind(name: str, share: float, ansi: str) -> Style:
            color = back.blend(_color(variables[name]), share) if blend else Color.parse(ansi)
            return Style(bgcolor=color.rich_color)

        return cls(
            is_dark=is_dark,
            ground=back,
            background=Style(bgcolor=back.rich_color),
            text=_fore(fore),
            strong=_fore(fore) + Style(bold=True),
            dim=grey(0.62),
            faint=grey(0.28),
            accent=_fore(_color(variables["accent"])),
            key=_fore(_color(variables["primary"])),
            good=_fore(_color(variables["success"])),
            bad=_fore(_color(variables["error"])) + Style(bold=True),
            warn=_fore(_color(variables["warning"])),
            selected_background=behind("primary", 0.16, "ansi_bright_black"),
            span_background=behind("primary", 0.40, "ansi_blue"),
            cursor_background=behind("accent", 0.40, "ansi_magenta"),
        )


def _color(text: str) -> Color:
    try:
        return Color.parse(text)
    except ColorParseError:
        return Color.parse("ansi_default")


def _fore(color: Color) -> Style:
    return Style(color=color.rich_color)
