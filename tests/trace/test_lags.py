"""How late a timer fires is told from when it was due, not from when the loop saw that it was."""

from __future__ import annotations

from building import ORIGIN_NS, Recording, by_task, by_timer
from loopviz.events import RecordKind
from loopviz.trace.lags import timer_lags, who_set
from loopviz.trace.trace import Trace


def fired(made: Recording, number: int, set_at: int, delay: int, began: int) -> Recording:
    """A timer that task 1 sets, and its callback, which the loop found ready just before it began."""
    made.timer(number, set_at, delay, by=by_task(1))
    return made.callback(100 + number, began, began + 5, ready=began - 1, by=by_timer(number))


def late(made: Recording) -> list[int]:
    lags = timer_lags(made.trace())
    return [lags.count, lags.median_ns, lags.worst_ns]


def test_a_timer_is_late_by_all_that_passed_since_it_was_due() -> None:
    made = fired(fired(fired(Recording(), 1, 0, 100, 103), 2, 110, 50, 460), 3, 500, 10, 511)
    assert late(made) == [3, 3, 300]


def test_one_that_was_due_before_it_was_set_was_due_then() -> None:
    set_ns, due_ns = ORIGIN_NS + 400, ORIGIN_NS + 100
    made = Recording().raw_record((RecordKind.TIMER_SET, *(0, 0, 0), 1, set_ns, due_ns, 0, *(0, 0, 0, 0)))
    assert late(made.callback(7, 404, 410, ready=403, by=by_timer(1))) == [1, 4, 4]


def test_none_fires_before_its_time() -> None:
    assert late(fired(Recording(), 1, 0, 100, 99)) == [1, 0, 0]


def test_one_that_never_fired_or_whose_setting_is_not_known_has_no_lag() -> None:
    made = Recording().timer(1, 0, 100).timer_cancelled(1, 50)
    made.callback(7, 300, 310, ready=299, by=by_timer(9)).callback(8, 300, 310, ready=299, by=by_task(1))
    assert late(made) == [0, 0, 0]


def test_it_is_put_down_to_the_task_that_set_it() -> None:
    def setter(trace: Trace) -> int | None:
        record = timer_lags(trace).worst_record
        assert record is not None
        return who_set(trace, record)

    assert setter(fired(Recording().created(1, 0), 1, 0, 100, 300).trace()) == 1
    assert setter(fired(Recording(), 1, 0, 100, 300).trace()) is None
    by_nobody = Recording().created(1, 0).timer(1, 0, 100).callback(7, 300, 310, ready=299, by=by_timer(1))
    assert setter(by_nobody.trace()) is None
