"""How long many things took, in three figures.

Decides what a percentile is: the *nearest rank*, the smallest value such that at least that share of all values is not
larger. So it is always a value that occurred, and can be shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of ``count`` durations the middle one, the one that 95 % do not exceed, and the longest; all 0 if there are none.

    ``worst_record`` is the index of the record that tells of the longest (the earliest such); None where there is none.
    """

    count: int
    median_ns: int
    p95_ns: int
    worst_ns: int
    worst_record: int | None


def distribution(durations_ns: Sequence[int], records: Sequence[int]) -> Distribution:
    """The distribution of durations; ``records`` are the records that tell of them, in the same order.

    Durations below zero stand for none, and do not count.
    """
    ordered = sorted(durations_ns)
    del ordered[: bisect_left(ordered, 0)]
    if not ordered:
        return Distribution(0, 0, 0, 0, None)
    worst_record = records[durations_ns.index(ordered[-1])]
    return Distribution(len(ordered), _nearest_rank(ordered, 50), _nearest_rank(ordered, 95), ordered[-1], worst_record)


def _nearest_rank(ordered: list[int], percent: int) -> int:
    return ordered[ceil(len(ordered) * percent / 100) - 1]
