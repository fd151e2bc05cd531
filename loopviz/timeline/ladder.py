"""The ladder of round numbers: 1, 2, 5, 10, 20, 50, ... and 0.5, 0.2, 0.1 below one.

Decides which widths a cell gets by zooming and which distances ticks can have, so that both are numbers a person can
add up. A rung is an integer: rung 0 is 1, rung 1 is 2, rung 2 is 5, rung 3 is 10, rung -1 is 0.5.

Between the rungs lie *snug* widths: what is fitted into so many columns takes the least of them, since a rung may leave
more than half of the columns empty.
"""

from __future__ import annotations

from math import floor, log10

_STEPS = (1, 2, 5)
_SNUG = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
#: What a quotient may be off by before it counts as another.
_ROUNDING = 1e-9


def rung_value(rung: int) -> float:
    """The number on a rung: whole from rung 0 up, and exactly rounded below."""
    decade, step = divmod(rung, 3)
    return float(_STEPS[step] * 10**decade) if decade >= 0 else _STEPS[step] / 10**-decade


def rung_at_least(value: float) -> int:
    """The lowest rung whose number is ``value`` or more. ``value`` must be above zero."""
    rung = 3 * floor(log10(value)) - 1
    while rung_value(rung) < value * (1 - 1e-12):
        rung += 1
    return rung


def nearest_rung(value: float) -> int:
    """The rung whose number is the fewest times as large, or as small, as ``value``."""
    above = rung_at_least(value)
    return above if rung_value(above) * rung_value(above - 1) <= value * value else above - 1


def snug_at_least(value: float) -> float:
    """The least snug width that is ``value`` or more: a whole number, or below one a part of one, like a third."""
    if value <= 1:
        return 1 / floor(1 / value + _ROUNDING)
    decade = 10.0 ** floor(log10(value))
    widths = (size * decade for size in _SNUG)
    return next(width for width in widths if width >= value * (1 - _ROUNDING) and width.is_integer())
