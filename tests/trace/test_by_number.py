"""Records are found by number as in a dictionary, in a fraction of its room."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopviz.trace.by_number import RecordByNumber

numbers = st.integers(0, 300) | st.integers(0, 2**32 - 1)


@given(st.lists(st.tuples(numbers, st.integers(0, 2**32 - 2))), numbers)
def test_it_holds_what_a_dictionary_would(told: list[tuple[int, int]], other: int) -> None:
    found = RecordByNumber()
    for number, record in told:
        found.put(number, record)
    expected = dict(told)
    assert dict(found) == expected and len(found) == len(expected)
    assert found.get(other) == expected.get(other) and (other in found) is (other in expected)


def test_a_number_of_which_nothing_was_told_is_not_there() -> None:
    found = RecordByNumber()
    found.put(70, 0)
    for number in (69, 7000):
        with pytest.raises(KeyError):
            found[number]


def test_a_hundred_thousand_counted_numbers_take_less_than_a_megabyte() -> None:
    tracemalloc.start()
    try:
        found = RecordByNumber()
        for number in range(100_000):
            found.put(number, number)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
