"""What the title line says of a program that does not give the loop back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from building import Recording
from loopviz.tui.session import Session
from loopviz.tui.units import share
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.title_line import notes
from tui.driver import opened
from tui.runs import MS


def held_by_a_task(until: int) -> Recording:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 0, "greedy").running(1, 10 * MS)
    return made.mark("seen", until)


async def test_who_has_the_loop_for_long_is_named(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(held_by_a_task(3_010 * MS)), size=(160, 36)) as at:
        assert "! greedy held the loop to the end, for 3 s" in at.lines[0]
        assert "loop 100 % busy" in at.lines[0]


async def test_so_is_a_callback(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 0, "main").step(1, 10, 20)
    made.running(7, 10 * MS, callback="poll").mark("seen", 510 * MS)
    async with opened(keep(made)) as at:
        assert "! poll held the loop to the end, for 500 ms" in at.lines[0]


async def test_a_moment_and_a_step_of_no_great_length_are_not_worth_a_word(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(held_by_a_task(3_010 * MS))) as at:
        await at.press("comma")
        assert "held the loop" not in at.lines[0]
    async with opened(keep(held_by_a_task(200 * MS))) as at:
        assert "held the loop" not in at.lines[0]


async def test_a_step_that_had_the_loop_for_long_is_worth_more_than_the_latency_that_does_not_tell_of_it(
    keep: Callable[[Recording], Path],
) -> None:
    for length, told in ((346 * MS, "loop 100 % busy   longest step 346 ms   worst latency 5 µs"), (99 * MS, "")):
        made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 0, "greedy")
        made.step(1, 5_000, 5_000 + length, ready=0)
        async with opened(keep(made), size=(160, 36)) as at:
            assert told in at.lines[0]
            assert ("longest step" in at.lines[0]) == bool(told)


@pytest.mark.parametrize(
    ("part", "told"), [(0.0, "0 %"), (0.00001, "<0.1 %"), (0.004, "0.4 %"), (0.0097, "1 %"), (0.99, "99 %")]
)
def test_a_loop_that_ran_but_little_is_not_said_to_have_done_nothing(part: float, told: str) -> None:
    assert share(part) == told


def test_what_has_the_loop_is_not_looked_for_among_all_that_is_ready_while_nothing_is_recorded(
    keep: Callable[[Recording], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session.opened(keep(held_by_a_task(3_010 * MS))) as session:
        watch = Watch(session)
        while watch.poll(0):
            pass
        monkeypatch.setattr("loopviz.trace.statistics.under_way", lambda trace: pytest.fail("it was looked for"))
        watch.poll(0.1)
        assert notes(watch) == ["greedy held the loop to the end, for 3 s"]
