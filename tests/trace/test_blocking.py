"""Steps that held the loop are put down to the lines at which they were seen."""

from __future__ import annotations

from building import Recording
from loopviz.events import StepEnd
from loopviz.trace.blocking import BlockingPlace, BlockingStep, blocked_at, blocking_places, blocking_steps
from loopviz.trace.definitions import Frame
from loopviz.trace.trace import Trace

HANDLE = ("handle", "asyncio/handlers.py", 7)
REPORT = ("report", "app.py", 13)
CRUNCH = ("crunch", "app.py", 40)


def places(trace: Trace) -> dict[str | None, tuple[int, int, int]]:
    """Of each line the steps, their time and the longest of them."""
    found = {place.frame.place if place.frame else None: place for place in blocking_places(trace)}
    return {line: (place.step_count, place.total_ns, place.longest.length_ns) for line, place in found.items()}


def test_the_line_that_held_the_loop_for_the_longest_time_in_all_comes_first() -> None:
    made = Recording().created(1, 0).created(2, 0)
    made.blocked(1, 100, 200, made.chain(CRUNCH)).step(1, 100, 350, ready=0)
    for start in (1_000, 2_000):
        made.blocked(2, start, start + 100, made.chain(HANDLE, REPORT)).step(2, start, start + 150)
    assert list(places(made.trace()).items()) == [("app.py:13", (2, 300, 150)), ("app.py:40", (1, 250, 250))]


def test_a_step_that_was_looked_at_often_counts_once_and_at_its_last_line() -> None:
    made = Recording().created(1, 0).blocked(1, 100, 200).blocked(1, 100, 300)
    made.blocked(1, 100, 500, made.chain(HANDLE, REPORT)).step(1, 100, 600, ready=0)
    assert places(made.trace()) == {"app.py:13": (1, 500, 500)}


def test_where_no_line_of_the_program_is_known_the_librarys_is_told() -> None:
    made = Recording().created(1, 0)
    made.blocked(1, 100, 200, made.chain(HANDLE)).step(1, 100, 250, ready=0)
    assert list(places(made.trace())) == ["asyncio/handlers.py:7"]
    assert list(places(Recording().created(1, 0).blocked(1, 100, 200).step(1, 100, 250, ready=0).trace())) == [None]


def test_a_callback_is_as_long_as_it_ran() -> None:
    made = Recording().blocked(5, 100, 1_000, callback=True).callback(5, 100, 2_000, "crunch")
    assert list(blocking_steps(made.trace())) == [BlockingStep(None, 5, 100, 1_900, None)]


def test_a_step_under_way_lasts_until_the_trace_ends() -> None:
    made = Recording().created(1, 0).running(1, 100).blocked(1, 100, 300).mark("later", 700)
    made.running(5, 100, callback="crunch").blocked(5, 100, 400, callback=True)
    assert [step.length_ns for step in blocking_steps(made.trace())] == [600, 600]


def test_a_step_that_is_not_in_the_file_is_as_long_as_it_was_seen_to_be() -> None:
    made = Recording().created(1, 0).blocked(1, 100, 300).blocked(9, 400, 700).blocked(9, 800, 900, callback=True)
    assert [step.length_ns for step in blocking_steps(made.trace())] == [200, 300, 100]


def test_each_step_of_a_task_is_at_the_line_where_it_was_seen_itself() -> None:
    made = Recording().created(1, 0).created(2, 0)
    made.blocked(1, 100, 200, made.chain(REPORT)).blocked(1, 100, 300, made.chain(CRUNCH)).step(1, 100, 350, ready=0)
    made.on(2).blocked(2, 120, 310, made.chain(HANDLE)).step(2, 120, 360, ready=0).on(1)
    made.blocked(1, 100, 320, callback=True).step(1, 400, 450, StepEnd.RETURNED, ready=380)
    trace = made.trace()
    lines = [blocked_at(trace, span) for span in trace.tasks[1].spans()]
    assert lines == [None, Frame("crunch", "app.py", 40, False), None, None, None]


def test_no_place_is_told_of_a_trace_in_which_nothing_held_the_loop() -> None:
    assert blocking_places(Recording().created(1, 0).step(1, 100, 250, ready=0).trace()) == []


def test_the_longest_step_of_a_line_tells_whose_it_was_and_when() -> None:
    made = Recording().created(1, 0).created(2, 0)
    made.blocked(1, 100, 200, made.chain(REPORT)).step(1, 100, 250, ready=0)
    made.blocked(2, 300, 600, made.chain(REPORT)).step(2, 300, 700, ready=0)
    frame = Frame("report", "app.py", 13, False)
    longest = BlockingStep(2, None, 300, 400, frame)
    assert blocking_places(made.trace()) == [BlockingPlace(frame, 2, 550, longest)]
