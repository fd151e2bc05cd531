"""Records that are packed at less cost are the bytes that ``RECORD`` makes of the same facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loopviz.events import RECORD, RecordKind, StepEnd, WakeKind
from loopviz.recording.packing import heads, pack_callback, pack_record, pack_step, pack_wait_for_task

bytes_ = st.integers(0, 2**8 - 1)
numbers = st.integers(0, 2**32 - 1)
times = st.integers(0, 2**63 - 1)
wakers = st.sampled_from(WakeKind)
ends = st.sampled_from(StepEnd)


@given(st.tuples(*[bytes_] * 4, numbers, *[times] * 3, *[numbers] * 4))
def test_any_record_is_packed_alike(fields: tuple[int, ...]) -> None:
    assert pack_record(*fields) == RECORD.pack(*fields)


@given(wakers, ends, st.tuples(numbers, *[times] * 3), numbers, numbers)
def test_a_step_is_packed_as_one_that_waits_for_nothing_known(
    by: WakeKind, end: StepEnd, when: tuple[int, ...], waker: int, site: int
) -> None:
    packed = pack_step(heads(RecordKind.STEP, end)[by], *when, waker, site)
    assert packed == RECORD.pack(RecordKind.STEP, by, end, 0, *when, waker, 0, site, 0)


@given(wakers, st.tuples(numbers, *[times] * 3), numbers, numbers, numbers)
def test_a_step_is_packed_with_the_task_that_it_waits_for(
    by: WakeKind, when: tuple[int, ...], waker: int, target: int, site: int
) -> None:
    packed = pack_wait_for_task(heads(RecordKind.STEP, StepEnd.ON_TASK)[by], *when, waker, target, site)
    assert packed == RECORD.pack(RecordKind.STEP, by, StepEnd.ON_TASK, 0, *when, waker, target, site, 0)


@given(wakers, ends, st.tuples(numbers, *[times] * 3), numbers, numbers)
def test_a_callback_is_packed_with_its_name(
    by: WakeKind, end: StepEnd, when: tuple[int, ...], waker: int, name: int
) -> None:
    packed = pack_callback(heads(RecordKind.CALLBACK, end)[by], *when, waker, name)
    assert packed == RECORD.pack(RecordKind.CALLBACK, by, end, 0, *when, waker, name, 0, 0)
