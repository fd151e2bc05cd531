"""Small programs made by hand, to be compared: the same work one after the other, and all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from building import Recording, by_task
from loopviz.events import RecordKind, StepEnd
from loopviz.timeline.comparison import Band, Comparison, Entrant
from loopviz.timeline.outcomes import Outcome, outcome_of

MS = 1_000_000
#: What happens before a program's first task: it must not matter.
BEFORE = 7 * MS


def in_a_row(count: int = 3, each: int = 10 * MS, **header: Any) -> Recording:
    """``main`` awaits ``work(0)``, ``work(1)``, ... one after the other; each prints as it ends."""
    made = Recording(**{"title": "row", "clock": "virtual", **header}).loop_defined().loop_started(BEFORE)
    made.created(1, BEFORE, "main", coroutine="main")
    for number in range(count + 1):
        start = BEFORE + number * each
        if number:
            made.output(f"done {number - 1}\n", start + 1_000, by=by_task(1))
        if number < count:
            made.call(number + 1, 1, start + 2_000, "work", str(number))
        end = StepEnd.ON_FUTURE if number < count else StepEnd.RETURNED
        call = number + 1 if number < count else 0
        made.record(RecordKind.STEP, 1, end=end, call=call, ready=start, start=start, ended=start + 4_000)
    return _tidied_up(made, BEFORE + count * each + MS)


def at_once(ends: Sequence[int] = (10 * MS,) * 3, *, in_order: bool = False, **header: Any) -> Recording:
    """``main`` creates a task for each of ``ends``, the times at which they end, counted from the first's creation.

    Each task prints as it ends. ``main`` prints what it got: as the tasks end, or ``in_order`` of their creation.
    """
    made = Recording(**{"title": "once", "clock": "virtual", **header}).loop_defined().loop_started(BEFORE)
    made.created(1, BEFORE, "main", coroutine="main")
    for number in range(len(ends)):
        made.created(number + 2, BEFORE + 1_000 + number, coroutine="work", arguments=str(number), by=by_task(1))
    made.step(1, BEFORE, BEFORE + 4_000, StepEnd.ON_GATHER, target=len(ends))
    for number in range(len(ends)):
        start = BEFORE + 5_000 + 2_000 * number
        made.step(number + 2, start, start + 1_000, ready=BEFORE + 1_000 + number, by=by_task(1))
    by_end = sorted(range(len(ends)), key=lambda number: (ends[number], number))
    for place, number in enumerate(by_end):
        start = BEFORE + ends[number] + 3_000 * place
        made.output(f"done {number}\n", start + 500, by=by_task(number + 2))
        made.step(number + 2, start, start + 1_000, StepEnd.RETURNED, result=str(number))
        if not in_order and place + 1 < len(ends):
            made.output(f"got {number}\n", start + 1_700, by=by_task(1))
            made.step(1, start + 1_500, start + 2_000, by=by_task(number + 2))
    last = BEFORE + max(ends) + 3_000 * len(ends)
    for number in range(len(ends)) if in_order else by_end[-1:]:
        made.output(f"got {number}\n", last + 100 + number, by=by_task(1))
    made.step(1, last, last + 1_000, StepEnd.RETURNED)
    return _tidied_up(made, last + MS)


def _tidied_up(made: Recording, at: int) -> Recording:
    """What ``asyncio.run`` does at the end: two tasks of its own."""
    for number, name in ((1001, "shutdown_asyncgens"), (1002, "shutdown_default_executor")):
        made.created(number, at, coroutine=f"BaseEventLoop.{name}", library=True)
        made.step(number, at + 5 * MS, at + 6 * MS, StepEnd.RETURNED, ready=at)
        at += 10 * MS
    return made.loop_stopped(at)


def entrant(label: str, recording: Recording | None, outcome: Outcome | None = None) -> Entrant:
    """A program that was recorded and ended with exit status 0, unless told otherwise."""
    trace = recording.trace() if recording is not None else None
    return Entrant(label, outcome or outcome_of(trace, 0), trace)


def compared(*arguments: str, **recordings: Recording | None) -> Comparison:
    """Recordings by label; None for a program that could not be run."""
    missing = Outcome("not run", "no scenario is called so", False)
    entrants = [entrant(label, made, missing if made is None else None) for label, made in recordings.items()]
    return Comparison(list(map(Band, entrants)), arguments)
