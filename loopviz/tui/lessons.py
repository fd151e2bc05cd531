"""What the picker tells of a program: its lesson's paragraphs, its code, and where it lies.

Decides that a path is shown as short as it can be without becoming untrue: from the working directory on, else from
home. Where loopviz itself is installed is nobody's concern: its scenarios lie in ``scenarios/``.

Awkward case: a source that can't be read or parsed leaves the lesson alone.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

from rich.text import Text

from loopviz.parameters import parameters_of
from loopviz.tui.highlight import highlighted
from loopviz.tui.session import Card
from loopviz.tui.text import safe
from loopviz.tui.themes import Palette
from loopviz.tui.typed_line import TRACE

_MOST_CHARACTERS = 200_000


def paragraphs(lesson: str) -> list[str]:
    """A lesson's paragraphs, each on one line so that it wraps to any width; what is indented keeps its lines."""
    blocks = [block.splitlines() for block in lesson.strip().split("\n\n")]
    joints = ["\n" if any(line[:1].isspace() for line in block) else " " for block in blocks]
    return [joint.join(map(safe, block)) for joint, block in zip(joints, blocks, strict=True)]


def source_of(path: Path) -> str:
    """A file's text, the beginning of a long one; nothing where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_MOST_CHARACTERS)
    except (OSError, ValueError):
        return ""


def code_of(source: str) -> str:
    """A program's code without its docstring, which is the lesson; all of it where it can't be parsed."""
    try:
        first = ast.parse(source).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return source.strip()
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return "\n".join(source.splitlines()[(first.end_lineno or 0) if is_docstring else 0 :]).strip()


def docstring_of(source: str) -> str:
    """What a program says of itself; empty where it says nothing."""
    try:
        return ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def short_path(path: Path | str) -> str:
    """A path as a person would say it."""
    full = os.path.abspath(path)
    for base, mark in ((os.getcwd(), ""), (os.path.expanduser("~"), "~/")):
        if full.startswith(base.rstrip(os.sep) + os.sep):
            return mark + full[len(base.rstrip(os.sep)) + 1 :]
    return full


def file_card(path: str) -> Card | None:
    """A card made of a program's own file; None for what is none."""
    if not os.path.isfile(path) or path.endswith(TRACE):
        return None
    first, _, rest = docstring_of(source_of(Path(path))).strip().partition("\n")
    return Card(path, first.strip() or os.path.basename(path), "", rest, Path(path), place=short_path(path))


def lesson_text(card: Card, palette: Palette) -> tuple[Text, Text]:
    """What is told of a card: its lesson and its options, and then its code."""
    source = source_of(card.source)
    text = Text().append(safe(card.title) + "\n\n", palette.strong)
    if card.unavailable:
        text.append(f"{safe(card.unavailable)}\n\n", palette.bad)
    if card.lesson.strip():
        text.append("\n\n".join(paragraphs(card.lesson)) + "\n\n", palette.text)
    return text.append_text(_options(source, palette)), _code(card.place, source, palette)


def _options(source: str, palette: Palette) -> Text:
    text = Text()
    parameters = parameters_of(source)
    flags = max((len(each.flag) for each in parameters), default=0)
    for each in parameters:
        text.append(f"{safe(each.flag):<{flags}}  ", palette.key).append(f"{safe(each.help)}\n", palette.dim)
    return text.append("tab fills them in\n" if parameters else "", palette.faint)


def _code(place: str, source: str, palette: Palette) -> Text:
    text = Text().append(f"{safe(place)}\n\n", palette.dim)
    for line in highlighted(code_of(source), palette):
        for piece, style in line.pieces:
            text.append(piece, style)
        text.append("\n")
    return text
