"""Durations and moments in words a person reads at once: ``40 µs``, ``1.2 s``.

Decides units and digits for every label. Times are whole nanoseconds, so nothing is rounded unless asked for: ``exact``
names a moment that can be found again, ``rounded`` a length that is read at a glance.
"""

from __future__ import annotations

#: Length in ns, digits of a fraction, name.
_UNITS = ((1_000_000_000, 9, "s"), (1_000_000, 6, "ms"), (1_000, 3, "µs"), (1, 0, "ns"))


def exact(time_ns: int) -> str:
    """All digits and no more: ``exact(1_200_000_000) == "1.2 s"``. Zero is ``"0"``."""
    if time_ns == 0:
        return "0"
    if time_ns < 0:
        return f"-{exact(-time_ns)}"
    length, digits, name = _unit_of(time_ns)
    whole, rest = divmod(time_ns, length)
    return f"{whole}.{f'{rest:0{digits}d}'.rstrip('0')} {name}" if rest else f"{whole} {name}"


def _unit_of(time_ns: int) -> tuple[int, int, str]:
    """The largest unit that ``time_ns`` fills at least once."""
    for unit in _UNITS:
        if time_ns >= unit[0]:
            return unit
    return _UNITS[-1]


def rounded(time_ns: int, digits: int = 3) -> str:
    """At most ``digits`` significant digits: ``rounded(1_234_567) == "1.23 ms"``."""
    size = abs(time_ns)
    surplus = len(str(size)) - digits
    if surplus > 0:
        step: int = 10**surplus
        size = (size + step // 2) // step * step
    return exact(-size if time_ns < 0 else size)
