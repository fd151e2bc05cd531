"""Foreign text made safe for a screen of cells: task names, output, source lines, reprs.

Decides what a character of somebody else's may do to our layout: nothing. Control characters become their visible
pictures (``␛``), line breaks too; other spaces become the plain one; what reorders, joins, hides or is not assigned
(bidirectional controls, joiners, variation selectors, tags, lone surrogates, private use) becomes ``�``. Everything
else stays as it is and is measured in cells, so that wide characters take their two. Nothing is ever parsed as
markup.

Awkward case: terminals disagree on the width of emoji that are made of several characters (flags, skin tones), so their
parts are not let through.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from loopviz.timeline.labels import head_and_number

_ELLIPSIS = "…"
#: A number and its unit are one word.
_WORD = re.compile(r" *((?:[^ ]*\d (?=(?:[nµm]?s|min|h)\b))?[^ ]+)")
_REPLACEMENT = "�"
#: Printable as Python sees it, and yet of no width of their own, or of one that depends on their neighbours.
_TREACHEROUS = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0), (0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF),
)  # fmt: skip


class _Safe(dict[int, str]):
    """What each character is shown as, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = _shown(code)
        return shown


def _shown(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if any(first <= code <= last for first, last in _TREACHEROUS):
        return _REPLACEMENT
    character = chr(code)
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else _REPLACEMENT


_SAFE = _Safe()


@lru_cache(8192)
def safe(text: str) -> str:
    """``text`` on one line, with nothing in it that moves the cursor or reorders what follows."""
    return text if text.isascii() and text.isprintable() else text.translate(_SAFE)


@lru_cache(8192)
def fit(text: str, cells: int) -> str:
    """``text``, made safe, in exactly ``cells`` cells: padded on the right, or cut with an ellipsis."""
    text = safe(text)
    length = cell_len(text)
    if length == cells:
        return text
    if length < cells:
        return text + " " * (cells - length)
    return set_cell_size(text, cells - 1) + _ELLIPSIS if cells > 0 else ""


@lru_cache(8192)
def fit_label(label: str, cells: int) -> str:
    """A task's label as ``fit`` does it, but for the number that tells it from others: that stays."""
    head, number = head_and_number(label)
    return fit(head, cells - len(number)) + number if len(number) < cells < width(label) else fit(label, cells)


def fold(text: str, cells: int) -> list[str]:
    """``text``, made safe, on as many lines of at most ``cells`` cells as it takes, at least one."""
    return chop_cells(safe(text), max(2, cells)) or [""]


def wrap(text: str, cells: int) -> list[tuple[int, int]]:
    """Where the lines of ``text``, which is safe, begin and end: each of at most ``cells`` cells, broken at spaces.

    At least one line; a word that is longer than a line is broken where it must be.
    """
    cells, lines, start, used = max(2, cells), [], 0, 0
    for word in _WORD.finditer(text):
        length = cell_len(word.group())
        if used and used + length > cells:
            lines.append((start, word.start()))
            start, length, used = word.start(1), cell_len(word.group(1)), 0
        while length > cells - used:
            broken = start + len(chop_cells(text[start : word.end()], cells)[0])
            lines.append((start, broken))
            start, used, length = broken, 0, cell_len(text[broken : word.end()])
        used += length
    return [*lines, (start, max(start, len(text.rstrip(" "))))]


def ending(text: str, cells: int) -> str:
    """``text``, made safe, in at most ``cells`` cells: where it is longer, its end after an ellipsis."""
    text = safe(text)
    if cell_len(text) <= cells:
        return text
    while text and cell_len(text) >= cells:
        text = text[1:]
    return _ELLIPSIS + text if cells > 0 else ""


def width(text: str) -> int:
    """How many cells ``text`` takes once made safe."""
    return cell_len(safe(text))
