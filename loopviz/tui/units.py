"""Numbers as the screen writes them, beside ``loopviz.timeline.durations``: moments, a running clock, shares, counts.

Decides that a moment is in seconds to the microsecond, in groups of three, so that moments stand under each other; a
length is ``durations.rounded``.
"""

from __future__ import annotations


def moment(ns: int) -> str:
    """``0.000 171 s``: seconds since the recording's start."""
    seconds, rest = divmod(max(0, ns) // 1_000, 1_000_000)
    return f"{seconds}.{rest // 1_000:03} {rest % 1_000:03} s"


def elapsed(ns: int) -> str:
    """``0.6 s``, ``2 min 05 s``: a running clock, calm enough to read."""
    tenths = max(0, ns) // 100_000_000
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10} s"
    minutes, seconds = divmod(tenths // 10, 60)
    return f"{minutes} min {seconds:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def share(part: float) -> str:
    """``2 %``; below one per cent with a digit more, or ``<0.1 %``, since 0 % would say that nothing happened."""
    percent = part * 100
    if 0 < percent < 0.05:
        return "<0.1 %"
    return f"{percent:.1f} %" if 0.05 <= percent < 0.95 else f"{percent:.0f} %"


def count(number: int, noun: str) -> str:
    """``1 task``, ``9 steps``, ``10 000 steps``."""
    return f"{number:,}".replace(",", " ") + f" {noun}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """``512 bytes``, ``12.3 kB``, ``1.4 MB``."""
    if number < 1_000:
        return count(number, "byte")
    return f"{number / 1_000:.1f} kB" if number < 999_950 else f"{number / 1_000_000:.1f} MB"
