"""Runs by chance, as Hypothesis draws them, for the tests of timelines and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from hypothesis import strategies as st

from building import Recording
from loopviz.trace.trace import Trace
from simulating import simulate


def programs(shortest_tick: int | None = None) -> st.SearchStrategy[Recording]:
    """Recordings of one or two loops; their clock may stand still between two facts, unless told otherwise."""
    ticks = st.integers(0, 1) if shortest_tick is None else st.just(shortest_tick)
    return st.builds(_program, st.integers(0, 10**6), st.integers(1, 2), st.integers(1, 60), ticks)


def _program(seed: int, loops: int, turns: int, shortest_tick: int) -> Recording:
    return simulate(Random(seed), loops=loops, turns=turns, shortest_tick=shortest_tick).recording


def growing(recording: Recording) -> Iterator[Trace]:
    """The same Trace again and again, one chunk larger each time; first without any."""
    recording.cut()
    trace = Trace(dict(recording.header))
    yield trace
    for chunk in recording.chunks:
        trace.feed(*chunk)
        yield trace
