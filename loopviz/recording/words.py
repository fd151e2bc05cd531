"""The words of a command line: which are options, and where the rest begins.

Decides it as ``python`` does: options come first; the first word that is none begins the rest, and so does ``-m`` with
its module; all after that is not looked at, whatever it looks like. ``--`` ends the options early.

It is read here and not by ``argparse``, which takes longer to import and to set up than all else that happens before
the program starts.

Awkward cases: ``-oFILE``, ``--output=FILE`` and ``-mMODULE`` are one word each; a word that is not understood stops the
reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: What an option is called, and the flags that stand for it.
Flags = Mapping[str, Sequence[str]]


class Words(NamedTuple):
    """What was read; a switch has the value "". ``target``: the words behind the options or, unless ``understood``,
    from the first that was not.
    """

    values: dict[str, str]
    target: list[str]
    understood: bool


def divide(words: Sequence[str], options: Flags, switches: Flags) -> Words:
    """Read ``options``, each of which takes a value, and ``switches``, which take none, off the words."""
    name_of_flag, name_of_switch = names_of_flags(options), names_of_flags(switches)
    rest = list(words)
    values: dict[str, str] = {}
    while rest and rest[0].startswith("-") and rest[0] != "-" and not rest[0].startswith("-m"):
        if rest[0] == "--":
            return Words(values, rest[1:], True)
        if rest[0] in name_of_switch:
            values[name_of_switch[rest.pop(0)]] = ""
            continue
        flag, value = flag_and_value(rest[0])
        if flag not in name_of_flag or (value is None and len(rest) == 1):
            return Words(values, rest, False)
        del rest[0]
        values[name_of_flag[flag]] = rest.pop(0) if value is None else value
    return Words(values, rest, True)


def names_of_flags(options: Flags) -> dict[str, str]:
    """What each flag stands for."""
    return {flag: name for name, flags in options.items() for flag in flags}


def flag_and_value(word: str) -> tuple[str, str | None]:
    """``-o`` and ``FILE`` of ``-oFILE``; None where the value would be the next word."""
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        return flag, value if equals else None
    return word[:2], word[2:] or None
