"""Durations in words."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopviz.timeline.durations import exact, rounded

_NS = {"ns": 1, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def read(words: str) -> Fraction:
    """The nanoseconds that a text says."""
    if words == "0":
        return Fraction(0)
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?) (ns|µs|ms|s)", words)
    assert found, words
    return Fraction(found[1]) * _NS[found[2]]


@given(st.integers(-(10**15), 10**15))
def test_an_exact_moment_says_every_nanosecond(time_ns: int) -> None:
    assert read(exact(time_ns)) == time_ns


@given(st.integers(1, 10**15))
def test_an_exact_moment_has_no_digit_too_many(time_ns: int) -> None:
    number = exact(time_ns).split()[0]
    assert not number.startswith("0")
    assert "." not in number or not number.endswith("0")


@given(st.integers(-(10**15), 10**15), st.integers(1, 6))
def test_a_rounded_length_is_off_by_half_of_its_last_digit_at_most(time_ns: int, digits: int) -> None:
    last_digit = 10 ** max(0, len(str(abs(time_ns))) - digits)
    assert abs(read(rounded(time_ns, digits)) - time_ns) <= Fraction(last_digit, 2)


@pytest.mark.parametrize(
    ("time_ns", "words"),
    [(0, "0"), (999, "999 ns"), (40_000, "40 µs"), (1_234_567, "1.23 ms"), (999_999, "1 ms"), (61_000_000_000, "61 s")],
)
def test_a_rounded_length_is_read_at_a_glance(time_ns: int, words: str) -> None:
    assert rounded(time_ns) == words
