"""The words after ``loopviz run`` and ``loopviz record``: which are loopviz's, and what they may say.

Decides the options and their values. Where the program's own words begin is told by ``recording.words``, as for the
recorder's own command line.

click can't end options at ``-m``, and to import it costs more than all that ``record`` does before the program
starts. So both commands read their words here, and click has the help, the complaints and the completion
(``program_command``).

Awkward case: a word that is not understood (``--help`` is one) stops the reading, and what to say of it is click's
affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loopviz.errors import ValueInvalid
from loopviz.recording.words import Flags, Words, divide, flag_and_value, names_of_flags

#: Each takes a value.
OPTIONS = {
    "output": ("-o", "--output"),
    "clock": ("--clock",),
    "max_size": ("--max-size",),
    "blocked_after": ("--blocked-after",),
}
#: These take none.
SWITCHES = {"children": ("--children",)}
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
#: The recorder drops whole chunks of records: below this there would be hardly one to keep.
SMALLEST_TRACE_BYTES = 1 << 20


class LaunchChoices(NamedTuple):
    """What the user chose; None where nothing was asked for."""

    output: str | None = None
    clock: str = "real"
    max_bytes: int | None = None
    #: How long a step may take before its stack is recorded.
    blocked_after_s: float | None = None
    #: Whether processes that the program starts are recorded, too, each to a file beside ``output``.
    children: bool = False


def read(words: Sequence[str], options: Flags = OPTIONS, switches: Flags = SWITCHES) -> Words:
    """Divide the words after ``run`` or ``record``, or after another command that has ``options`` and ``switches``."""
    return divide(words, options, switches)


def own_flag(word: str) -> str | None:
    """Which option or switch of loopviz's a word looks like, ``-o`` for ``-ox.loopviz``; None for no such one."""
    flag, _ = flag_and_value(word)
    return flag if flag in names_of_flags({**OPTIONS, **SWITCHES}) else None


def choices(values: dict[str, str]) -> LaunchChoices:
    """Check the options' values. Raises ValueInvalid."""
    return LaunchChoices(
        values.get("output"),
        clock_named(values.get("clock", "real")),
        _size(values.get("max_size")),
        _threshold_s(values.get("blocked_after")),
        "children" in values,
    )


def clock_named(text: str) -> str:
    """The full name of a clock. Raises ValueInvalid."""
    from loopviz.recording import clocks

    try:
        return clocks.parse(text).name
    except ValueError:
        raise ValueInvalid("--clock", text, "real, virtual, or a speed such as 4x") from None


def _threshold_s(text: str | None) -> float | None:
    if text is None:
        return None
    from loopviz.recording import session

    return session.threshold_s(text)


def _size(text: str | None) -> int | None:
    """Bytes of ``64M``, ``1.5G`` or ``2000000``."""
    if text is None:
        return None
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].isalpha() else (text, "")
    try:
        size = int(float(number) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        size = 0
    if size < SMALLEST_TRACE_BYTES:
        raise ValueInvalid("--max-size", text, "a size of at least 1M, such as 64M or 2G")
    return size
