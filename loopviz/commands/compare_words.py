"""The words after ``loopviz compare``: which name programs, and which are handed to every one of them.

Decides where the TARGETs end: at the first option that is not loopviz's own. From there on everything is the programs',
but for loopviz's options, which click has taken out before; ``--`` gives all that follows to the programs untouched. A
TARGET is what ``loopviz run`` takes, or a trace; one with words of its own is quoted: ``'app.py --workers 4'``.

Awkward cases: a quoted TARGET may be a file with a blank in its name, and is one if that file exists; programs of the
same name in different folders are called by their whole paths.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from loopviz.errors import TargetMissing, ValueInvalid

#: What is compared where no TARGET is named: the ways to do ten things.
METHODS = ("sequential", "gather", "wait", "as_completed", "task_list", "task_group")


class Named(NamedTuple):
    """A TARGET: what it is called, and its words, as after ``loopviz run``."""

    label: str
    words: tuple[str, ...]


def divide(words: Sequence[str]) -> tuple[list[Named], tuple[str, ...]]:
    """The TARGETs (``METHODS`` where none is named), and the words for every program.

    Raises ValueInvalid, TargetMissing.
    """
    rest = list(words)
    targets: list[tuple[str, ...]] = []
    while rest and (not rest[0].startswith("-") or rest[0].startswith("-m")):
        word = rest.pop(0)
        if word == "-m" and not rest:
            raise TargetMissing("compare")
        if word == "-m":
            targets.append(("-m", *rest[:1]))
            del rest[:1]
        else:
            targets.append(("-m", word[2:]) if word.startswith("-m") else _split(word))
    targets = targets or [(name,) for name in METHODS]
    return [Named(*pair) for pair in zip(_labels(targets), targets, strict=True)], tuple(rest)


def _split(word: str) -> tuple[str, ...]:
    if os.path.exists(word) or not any(map(str.isspace, word)):
        return (word,)
    try:
        return tuple(shlex.split(word)) or (word,)
    except ValueError:
        raise ValueInvalid("TARGET", word, "a program and its words, as a shell would read them") from None


def _labels(targets: Sequence[tuple[str, ...]]) -> list[str]:
    short = [_label(words) for words in targets]
    full = [words[1] if words[0] == "-m" else shlex.join(words) for words in targets]
    names: dict[str, set[str]] = {}
    for label, whole in zip(short, full, strict=True):
        names.setdefault(label, set()).add(whole)
    return [label if len(names[label]) == 1 else whole for label, whole in zip(short, full, strict=True)]


def _label(words: tuple[str, ...]) -> str:
    if words[0] == "-m":
        return words[1]
    return " ".join([os.path.basename(words[0].rstrip(os.sep)) or words[0], *words[1:]])
