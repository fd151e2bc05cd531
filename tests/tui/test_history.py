"""A trace that is taken in little by little: what is told of a moment before all events are in their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from building import Recording
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.story import Story
from loopviz.trace.trace import Trace
from loopviz.tui import history
from loopviz.tui.history import History, Passage
from loopviz.tui.reading import Reading
from loopviz.tui.travel import Travel
from tui.driver import opened
from tui.runs import crowd


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Each frame takes in so many records of one kind of knowledge."""
    monkeypatch.setattr(history, "_AT_EASE_S", -1)
    monkeypatch.setattr(history, "_IN_HASTE_S", -1)
    monkeypatch.setattr(history, "_FAR", 0)
    return lambda records: monkeypatch.setattr(history, "_RECORDS", records)


def known_but_not_in_order(trace: Trace) -> History:
    """All is known that sentences need, and no event is in its place yet."""
    taken = History(trace)
    taken.is_wanted = True
    while taken.scene.taken < len(trace.records):
        taken.take_in()
    assert taken.taken == 0
    return taken


def texts(passage: Passage) -> list[str]:
    return [passage.story.text(position) for position in range(len(passage.chronicle))]


def test_the_end_of_a_long_trace_is_told_before_its_events_are_in_order(frames: Callable[[int], None]) -> None:
    frames(1 << 14)
    trace = crowd(1_000).trace()
    passage = known_but_not_in_order(trace).at(trace.end_ns)
    assert not passage.is_whole
    whole = Story(Chronicle(trace))
    told = [whole.text(position) for position in range(len(whole.chronicle))]
    assert texts(passage) == told[-len(passage.chronicle) :]


def test_so_is_any_other_moment(frames: Callable[[int], None]) -> None:
    frames(1 << 14)
    trace = crowd(1_000).trace()
    taken = known_but_not_in_order(trace)
    whole = Story(Chronicle(trace))
    for moment in range(0, trace.end_ns, trace.end_ns // 9):
        passage, before = taken.at(moment), whole.chronicle.position_at(moment)
        position = passage.chronicle.position_at(moment)
        assert passage.story.text(position) == whole.text(before)


def test_once_all_events_are_in_order_all_are_told(frames: Callable[[int], None]) -> None:
    frames(1 << 14)
    trace = crowd(1_000).trace()
    taken = known_but_not_in_order(trace)
    while not taken.is_whole:
        taken.take_in()
    assert taken.at(trace.end_ns).is_whole


def test_a_short_part_that_is_missing_is_waited_for(
    frames: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames(1 << 14)
    trace = crowd(1_000).trace()
    taken = known_but_not_in_order(trace)
    monkeypatch.setattr(history, "_FAR", len(trace.records))
    assert taken.at(trace.end_ns).is_whole


def test_what_a_growing_trace_may_still_change_is_not_told_yet(frames: Callable[[int], None]) -> None:
    frames(1_000)
    trace = crowd(3_000).trace()
    taken = History(trace)
    taken.is_wanted = True
    while taken.scene.taken < 5_000:
        taken.take_in()
    passage = taken.at(trace.end_ns)
    records = {passage.chronicle[position].record for position in range(len(passage.chronicle))}
    assert not passage.is_whole
    assert max(records) < taken.scene.taken - history._UNSETTLED


def test_who_waits_for_all_events_gets_them_before_passages(frames: Callable[[int], None]) -> None:
    frames(1 << 14)
    trace = crowd(1_000).trace()
    taken = History(trace)
    taken.is_wanted = True
    while not taken.is_whole:
        taken.take_in(is_awaited=True)
        assert taken.scene.taken == taken.taken


async def test_a_passage_is_read_as_the_whole_story_is(
    keep: Callable[[Recording], Path], frames: Callable[[int], None]
) -> None:
    frames(1)
    async with opened(keep(crowd(1_000))) as at:
        at.timeline.holding = True
        frames(1 << 14)
        while at.watch.history.scene.taken < len(at.view.trace.records):
            at.watch.history.take_in()
        at.timeline.show_now()
        numbers = [line.text[:2].strip() for line in at.timeline.panes["story"].panel.lines(at.watch, 60, 20)]
        assert set(numbers) <= {"", "▎"}
        whole = History(at.view.trace)
        whole.is_wanted = True
        while not whole.is_whole:
            whole.take_in()
        reading = Reading(whole, Travel(at.view, whole), at.watch.reading.level)
        for keys, count in (("t", 0), ("up", -1), ("up", -1), ("up", -1), ("down", 1)):
            await at.press(keys)
            reading.move(count, at.watch.shown_ns)
            assert at.watch.reading.place(at.watch.shown_ns) == reading.place(at.watch.shown_ns)
        await at.press("enter")
        place = reading.place(at.watch.shown_ns)
        assert place is not None
        assert at.watch.travel.moment_ns == place[0]
        await at.press("home")
        assert at.watch.reading.place(0) == whole.chronicle.place(0)
