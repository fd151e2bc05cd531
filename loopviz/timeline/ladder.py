"""The ladder of round numbers: 1, 2, 5, 10, 20, 50, ... and 0.5, 0.2, 0.1 below one.

Decides which widths a cell can have and which distances ticks can have, so that zooming always lands on a number a
person can add up. A rung is an integer: rung 0 is 1, rung 1 is 2, rung 2 is 5, rung 3 is 10, rung -1 is 0.5.
"""

from __future__ import annotations

from math import floor, log10

_STEPS = (1, 2, 5)


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
    """The rung whose number is ``value``, or the next above it."""
    return rung_at_least(value)
