"""Calls' spans, from traces made by hand."""

from __future__ import annotations

import pytest

from building import Recording
from loopviz.events import RecordKind, StepEnd
from loopviz.trace.calls import CallSpan, CallSpans


def suspended(made: Recording, start: int, ended: int, call: int = 0) -> Recording:
    """A step of task 1 that ends suspended inside of a call."""
    return made.record(RecordKind.STEP, 1, end=StepEnd.ON_FUTURE, call=call, ready=start, start=start, ended=ended)


def test_a_call_is_from_the_step_that_first_knew_it_to_the_step_that_left_it() -> None:
    made = Recording().created(1, 0).call(1, 1, 4, "work", "0").call(2, 1, 14, "work", "1")
    suspended(suspended(made, 2, 4, call=1), 12, 14, call=2).step(1, 22, 24, StepEnd.RETURNED)
    spans = CallSpans(made.trace())
    assert (spans[1], spans[2]) == (CallSpan(2, 14), CallSpan(12, 24))


def test_a_call_is_open_while_it_awaits_another() -> None:
    made = Recording().created(1, 0).call(1, 1, 4, "outer").call(2, 1, 4, "inner", parent=1)
    spans = CallSpans(suspended(suspended(made, 2, 4, call=2), 6, 8, call=1).trace())
    assert (spans[1], spans[2]) == (CallSpan(2, None), CallSpan(2, 8))
    assert spans.open_calls(1) == (1,)


def test_a_generator_that_comes_back_has_one_span() -> None:
    made = Recording().created(1, 0).call(1, 1, 2, "numbers")
    suspended(suspended(suspended(suspended(made, 0, 2, call=1), 4, 6), 8, 10, call=1), 12, 14)
    assert CallSpans(made.trace())[1] == CallSpan(0, 14)


@pytest.mark.parametrize("end", [StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED])
def test_a_task_that_ends_takes_its_calls_along(end: StepEnd) -> None:
    made = suspended(Recording().created(1, 0).call(1, 1, 2, "work"), 0, 2, call=1)
    spans = CallSpans(made.step(1, 4, 6, end).trace())
    assert spans[1] == CallSpan(0, 6)
    assert spans.open_calls(1) == ()


def test_a_call_that_no_step_ended_in_has_no_span() -> None:
    spans = CallSpans(Recording().created(1, 0).call(1, 1, 2, "work").trace())
    assert 1 not in spans
    with pytest.raises(KeyError):
        spans[1]


def test_calls_that_await_each_other_in_a_circle_have_spans_all_the_same() -> None:
    made = Recording().created(1, 0).call(1, 1, 2, "f", parent=2).call(2, 1, 2, "g", parent=1)
    spans = CallSpans(suspended(made, 0, 2, call=1).trace())
    assert spans[1] == spans[2] == CallSpan(0, None)


def test_a_step_that_the_trace_refused_opens_nothing() -> None:
    made = suspended(Recording().created(1, 0), 10, 20).call(1, 1, 8, "work")
    trace = suspended(made, 5, 8, call=1).trace()
    assert trace.refused
    assert 1 not in CallSpans(trace)


def test_spans_that_grow_are_those_of_the_whole_trace() -> None:
    made = Recording().created(1, 0).call(1, 1, 2, "f").call(2, 1, 2, "g", parent=1).call(3, 1, 2, "h")
    growing = CallSpans(made.trace())
    for turn, call in enumerate((1, 2, 2, 3, 0, 3, 1)):
        growing.trace = suspended(made, 10 * turn + 2, 10 * turn + 4, call).trace()
        growing.update()
        at_once = CallSpans(growing.trace)
        assert [growing[each] for each in (1, 2, 3) if each in growing] == [
            at_once[each] for each in (1, 2, 3) if each in at_once
        ]
