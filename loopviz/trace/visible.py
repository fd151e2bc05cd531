"""What a program may call its tasks or print, made fit to be read.

Decides what is shown of characters that would do something in place of being read: controls (a terminal would obey
them, XML forbids them), lone surrogates (UTF-8 has no bytes for them), and marks that turn the direction of what
follows. They appear as Python would write them, ``\\x1b`` or ``\\u202e``; everything else is left alone.
"""

from __future__ import annotations

import re

#: C0 and C1 controls, surrogates, line and paragraph separators, direction marks, and what is no character.
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\uffff]")


def visible(text: str) -> str:
    """One line of text that only reads as text."""
    if text.isascii() and text.isprintable():
        return text
    return _ACTIVE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)
