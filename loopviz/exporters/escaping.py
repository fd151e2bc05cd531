"""What a program may call its tasks, made fit for a picture.

Decides how text is cut to the columns of a fixed-width font, and what XML needs. Characters that would do something in
place of being read are made ``loopviz.trace.visible`` first.
"""

from __future__ import annotations

import unicodedata

from loopviz.timeline.labels import head_and_number
from loopviz.trace.visible import visible

__all__ = ["columns_of", "cut", "cut_label", "visible", "xml"]


def xml(text: str) -> str:
    """Visible text for the inside of an XML element or of a quoted attribute; newlines stay what they are."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def cut(text: str, columns: int) -> str:
    """Text of at most ``columns`` columns of a fixed-width font; what is left out is told by an ellipsis."""
    if len(text) <= columns and text.isascii():
        return text
    used = 0
    for place, character in enumerate(text):
        used += columns_of(character)
        if used > columns:
            return _without_last(text[:place], columns - 1) + "…"
    return text


def cut_label(label: str, columns: int) -> str:
    """A row's label as ``cut`` does it, but for the number that tells its task from others: that stays."""
    head, number = head_and_number(label)
    shown = cut(label, columns)
    return cut(head, columns - len(number)) + number if shown != label and len(number) < columns else shown


def _without_last(text: str, columns: int) -> str:
    while sum(map(columns_of, text)) > columns:
        text = text[:-1]
    return text


def columns_of(character: str) -> int:
    """How many columns a character takes: 2 for wide ones, 0 for those that go on top of another."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
