"""What there is to tell of a span, as pairs of a label and a value, the most telling first.

Decides the order, since a low panel cuts the end: since when and how long, at which line, woken by whom; then the rest.

Awkward cases: a span that lasts has no end yet; a task seen first in mid-life has no beginning; a task that waits is
not woken yet, so there is no waker to name, and one that steps aside (``sleep(0)``) never is; a finished one has only
its end.
"""

from __future__ import annotations

from loopviz.events import WakeKind
from loopviz.timeline.durations import rounded
from loopviz.timeline.labels import task_label
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import Span, Task
from loopviz.trace.wakes import Wake
from loopviz.tui.places import place_of_span
from loopviz.tui.units import count, moment
from loopviz.tui.watch import Watch

#: A label and a value.
Fact = tuple[str, str]

_NOT_WOKEN = {
    State.SUSPENDED: "nothing has woken it yet",
    **dict.fromkeys(FINISHED, "it has ended: [ selects the span before"),
}
#: What is said of the wake of a task that only gave its turn away.
GAVE_WAY = "nobody: it only stepped aside"
_ORIGINS = {
    WakeKind.UNKNOWN: "unknown",
    WakeKind.CALLBACK: "a callback",
    WakeKind.TIMER: "a timer",
    WakeKind.IO: "I/O",
    WakeKind.THREAD: "another thread",
    WakeKind.OUTSIDE: "the program outside of tasks",
}


def span_facts(watch: Watch, task: Task, index: int) -> list[Fact]:
    """The facts of the selected task's span number ``index``."""
    span, place = task.span(index), place_of_span(watch.view.trace, task, index)
    lines = [("line", place.place)] if place is not None else []
    functions = [("in", place.name)] if place is not None else []
    if span.state in FINISHED:
        return [("at", moment(span.start_ns)), *_life(task), *lines, *functions]
    return [
        *_times(watch, span),
        *lines,
        *_wake(watch, span),
        *functions,
        ("span", f"{index + 1} of {task.span_count}"),
    ]


def _times(watch: Watch, span: Span) -> list[Fact]:
    if span.end_ns is None:
        length_ns = max(0, watch.session.now_ns - span.start_ns)
        return [("from", moment(span.start_ns)), ("to", "lasts"), ("length", f"{rounded(length_ns)} so far")]
    length_ns = span.end_ns - span.start_ns
    return [("from", moment(span.start_ns)), ("to", moment(span.end_ns)), ("length", rounded(length_ns))]


def _life(task: Task) -> list[Fact]:
    first_ns, last_ns = task.first_ns, task.finished_ns
    lived = [("lived", rounded(last_ns - first_ns))] if first_ns is not None and last_ns is not None else []
    return [*lived, ("steps", str(task.step_count))]


def _wake(watch: Watch, span: Span) -> list[Fact]:
    wake = watch.selection.wake(watch.shown_ns)
    if wake is None:
        return [("woken by", "nothing yet")] if span.state is State.SUSPENDED and span.end_ns is None else []
    facts = [("woken by", waker_words(watch, wake))]
    return [*facts, ("through", wake.callback)] if wake.callback else facts


def waker_words(watch: Watch, wake: Wake) -> str:
    """What woke the selected task, in words: a task's name, its own timer, I/O."""
    trace = watch.view.trace
    known = trace.tasks.get(wake.task) if wake.task is not None else None
    name = task_label(trace, known) if known is not None else f"task {wake.task}"
    own = watch.selection.task is not None and watch.selection.task.number == wake.task
    if wake.kind is WakeKind.TASK:
        return ("itself" if wake.callback else GAVE_WAY) if own else name
    if wake.kind is WakeKind.TIMER and wake.task is not None:
        return "its own timer" if own else f"a timer that {name} set"
    return _ORIGINS.get(wake.kind, "unknown")


def why_no_jump(watch: Watch) -> str:
    """Why there is no row to jump to, of what woke the selected task."""
    wake, own = watch.selection.wake(watch.shown_ns), watch.selection.task
    if wake is None or own is None:
        span = watch.selection.span(watch.shown_ns)
        return _NOT_WOKEN.get(span.state if span is not None else State.UNKNOWN, "what woke it was not recorded")
    is_other = wake.task is not None and wake.task != own.number
    return f"woken by {waker_words(watch, wake)}" + (", whose row is not listed" if is_other else "")


def loop_facts(watch: Watch, number: int) -> list[Fact]:
    """The facts of a loop."""
    trace = watch.view.trace
    info = trace.loop_info(number)
    tasks = sum(task.loop == number for task in trace.tasks.values())
    return [("kind", info.kind), ("class", info.loop_class), ("thread", info.thread), ("ran", count(tasks, "task"))]
