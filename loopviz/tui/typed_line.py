"""What the picker's typed line means: words that filter the cards, words for the program, or a program of its own.

Decides it as a shell would where it is a program: words are divided by blanks, quotes and backslashes keep them
together, and a ``~`` that begins a word is the home directory. The word under way is completed as in a shell, too: to
what all that match have in common, with a slash after a directory; hidden files only where a dot was typed.

Awkward cases: a name with blanks, quotes or the like is completed with backslashes; one that can't be typed in a line
(a line break, bytes that are no text) is not offered; a directory that can't be read has nothing in it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from loopviz.tui.session import Card

#: How a trace ends.
TRACE = ".loopviz"
#: What a shell does not read as itself.
_SPECIAL = re.compile(r"[^\w@%+=:,./~-]")
_TRAILING = re.compile(r"\\*$")


class Found(NamedTuple):
    """A file that the word under way may become. ``line`` is the whole line with it, ``path`` is where it is.

    ``is_whole`` says that the line then names a program; else there is more to type.
    """

    name: str
    line: str
    path: str
    is_directory: bool
    is_whole: bool


def matching(cards: Sequence[Card], typed: str) -> list[Card]:
    """The cards that hold every typed word, up to the first that begins with ``-``, in their name or title."""
    words: list[str] = []
    for word in typed.casefold().split():
        if word.startswith("-"):
            break
        words.append(word)
    return [card for card in cards if all(word in f"{card.name} {card.title}".casefold() for word in words)]


def divided(typed: str) -> list[str]:
    """The words of a line, with ``~`` resolved. Raises ValueError where a quote is left open."""
    return [os.path.expanduser(word) for word in shlex.split(typed)]


def arguments(words: Sequence[str]) -> list[str]:
    """The words from the first that begins with ``-`` on."""
    first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    return list(words[first:])


def file_of(words: Sequence[str]) -> str | None:
    """The file that these words run, as far as that can be told from here: a path, or a module of this directory."""
    match list(words):
        case ["-m", module, *_]:
            stem = module.replace(".", os.sep)
            candidates = [f"{stem}.py", os.path.join(stem, "__main__.py")]
        case [path, *_]:
            candidates = [path, os.path.join(path, "__main__.py")]
        case _:
            candidates = []
    return next(filter(os.path.isfile, candidates), None)


def looks_like_a_program(typed: str) -> bool:
    """Whether a line names a file or a module, or begins with an option of ``loopviz run``, rather than a card."""
    word = typed.split()[0] if typed.split() else ""
    return word.endswith(".py") or "/" in word or word.startswith(("-", "~", "."))


def completed(typed: str, found: Sequence[Found]) -> str:
    """The line with as much added as all that was found have in common; itself where that is nothing."""
    if len(found) == 1:
        return found[0].line
    lines = [each.line for each in found]
    same = takewhile(lambda characters: len(set(characters)) == 1, zip(*lines, strict=False))
    common = "".join(first for first, *_ in same)
    # Half of an escaped character is none.
    if len(_TRAILING.search(common)[0]) % 2:  # type: ignore[index]
        common = common[:-1]
    return common if len(common) > len(typed) else typed


def files(typed: str) -> list[Found]:
    """The files that the word under way may become: directories, Python files and traces; any where it is an argument.

    After ``-m``, the modules of this directory.
    """
    start, word = _word_under_way(typed)
    if typed[:start].strip() == "-m":
        return _modules(typed[:start], word)
    folder, name = os.path.split(word)
    is_target = not typed[:start].strip()
    wanted = (".py", TRACE) if is_target else ""
    found = []
    for entry, is_directory in _entries(os.path.expanduser(folder) or os.curdir):
        if not entry.startswith(name) or not entry.isprintable() or (entry.startswith(".") and not name):
            continue
        if is_directory or entry.endswith(wanted):
            whole = os.path.join(folder, entry) + ("/" if is_directory else "")
            path = os.path.expanduser(whole)
            line = typed[:start] + _quoted(whole)
            found.append(Found(entry + "/" * is_directory, line, path, is_directory, is_target and not is_directory))
    return found


def _modules(before: str, word: str) -> list[Found]:
    names = [
        name if is_directory else name.removesuffix(".py")
        for name, is_directory in _entries(os.curdir)
        if name.endswith(".py") or (is_directory and os.path.isfile(os.path.join(name, "__main__.py")))
    ]
    wanted = [name for name in names if name.startswith(word) and name.isidentifier()]
    return [Found(name, before + name, file_of(["-m", name]) or "", False, True) for name in wanted]


def _entries(folder: str) -> Iterator[tuple[str, bool]]:
    """The names in a directory, in order, directories first."""
    try:
        with os.scandir(folder) as entries:
            named = [(not entry.is_dir(), entry.name) for entry in entries]
    except OSError:
        return
    for is_file, name in sorted(named):
        yield name, not is_file


def _quoted(path: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", path)


def _word_under_way(typed: str) -> tuple[int, str]:
    """Where the last word begins, and what it is so far; an empty word after a blank."""
    start, word, quote, at = 0, "", "", 0
    while at < len(typed):
        character = typed[at]
        if character == "\\" and quote != "'" and at + 1 < len(typed):
            at += 1
            word += typed[at]
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        elif not quote and character.isspace():
            start, word = at + 1, ""
        else:
            word += character
        at += 1
    return start, word
