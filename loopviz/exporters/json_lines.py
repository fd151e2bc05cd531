r"""JSON Lines: every event of the trace as one object on a line of its own, in order of time.

Decides the names, types and order of the fields. An object begins with ``t``, ``event``, ``loop`` and ``task``; then
come the fields of its event, in the order given here, all of them always there. Numbers of tasks, loops, timers and
callbacks are counters, from 1 on; what does not apply or is not known is null. Durations and times are integers, in
nanoseconds; a time is since the trace's start, like ``t``. Equal times stand in the order of cause and effect.

Every event::

    t               integer         when
    event           text            its name, see below
    loop            integer, null   the loop it happened on
    task            integer, null   the task it is about, or that did it

The fields of each event::

    loop_started      thread kind class python
    loop_stopped      thread kind class python
    loop_idle         timeout_ns
    loop_woken        timeout_ns idle_ns
    task_created      name coroutine arguments file line created_file created_line parent eager alive_before inferred
                      ORIGIN
    task_renamed      name previous_name
    task_ready        ORIGIN
    task_started      latency_ns
    task_resumed      latency_ns
    task_suspended    wait words wait_task wait_count delay_ns yielded ran_ns frames
    task_finished     outcome result ran_ns
    cancel_requested  requests inferred ORIGIN
    callback_started  callback name latency_ns ORIGIN
    callback_finished callback name outcome ran_ns
    timer_set         timer name due_ns delay_ns ORIGIN
    timer_cancelled   timer ORIGIN
    output            stream text ORIGIN
    mark              label ORIGIN
    blocked           callback running_ns frames
    warning           warning text coroutine file line frames ORIGIN
    records_lost      records reason
    trace_incomplete  reason

A trace that is not whole says so: ``records_lost`` stands first, once for each reason, with ``t`` 0; records of that
number are missing anywhere in it (a bounded file has dropped its oldest; a disk was full, and more is missing than was
counted: what came after). ``trace_incomplete`` stands last, with the ``t`` of the trace's end: the file was cut off or
damaged there, or held what makes no sense.

ORIGIN stands for four fields, which say what was running when it happened (for ``task_ready`` and ``callback_started``:
what made it ready)::

    by              text            task, timer, io, thread, outside (the loop's caller, a signal handler),
                                    callback (one that is not known further), unknown
    by_task         integer, null   the task at the origin; for a timer, the one that set it
    by_timer        integer, null   the timer, where it was one
    by_callback     text, null      the callback that did it on behalf of the origin, where one did

The other fields::

    alive_before    boolean         the task existed before the recording began
    arguments       text            what the coroutine was called with, shortened; empty where not known
    callback        integer, null   the callback's number
    class           text            the loop's class
    coroutine       text, null      qualified name of the coroutine's function; of a warning, of the one never awaited
    created_file    text, null      where the task was created
    created_line    integer, null
    delay_ns        integer, null   how long the sleep or timer was asked to take
    due_ns          integer         when the timer is due
    eager           boolean         its first step ran within its creator's
    file            text, null      where the coroutine's function is
    frames          list            the await chain, the stack that was seen, or where the coroutine was dropped,
                                    outermost first: objects of name, file, line (integer or null) and library
                                    (true for code of the standard library or a package)
    idle_ns         integer         how long the loop was idle
    inferred        boolean         who and when were not seen, but concluded from what ran in between; of an eager
                                    task, from who awaits it
    kind            text            the loop's implementation: asyncio, uvloop
    label           text            what the program marked
    latency_ns      integer, null   how long it was ready before it ran; null for an eager first step
    line            integer, null
    name            text, null      the task's name (the last it was given; where it is renamed, the new one); the
                                    callback's function
    outcome         text            returned, raised, cancelled; of a callback also unknown
    parent          integer, null   the task that created it, itself or by a callback or timer
    previous_name   text, null      the name in whose place the new one came; it is told when the recorder noticed
    python          text            version of the Python that ran the program
    ran_ns          integer         how long the step ran that ends here
    reason          text            why they are missing; what is wrong with the file
    records         integer         how many records are missing: a step is one
    requests        integer         how many requests to cancel this is
    result          text, null      short text of the result or exception; null for None, and where cancelled
    running_ns      integer         how long the step had been running when it was looked at
    stream          text, null      stdout, stderr
    text            text            what was printed; the runtime's words
    thread          text            name of the thread that runs the loop
    timeout_ns      integer, null   how long the select was allowed to take; null for any length
    timer           integer         the timer's number
    wait            text            what the task waits for: sleep, gather, task, Lock.acquire, ...
    wait_count      integer, null   how many it waits for, where that is known
    wait_task       integer, null   the task it waits for, where it is one
    warning         text            never_awaited, never_retrieved, destroyed_pending, not_instrumented, other
    words           text            the wait with its detail: sleep(1.5), gather of 10, task worker
    yielded         boolean         a bare yield (sleep(0)): the task is ready again at once

Awkward cases: the text is ASCII whatever names and output hold, so it survives any encoding and no control character
gets through; half of a surrogate pair, which no parser is bound to accept, is written as the six characters ``\udc80``.
Nothing is held back: a trace of any length is written line by line.
"""

from __future__ import annotations

import re
from json import JSONEncoder
from typing import Any, TextIO

from loopviz.exporters.base import ExportOptions
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.facts import Event
from loopviz.trace.trace import Trace

#: Within JSON text: a whole surrogate pair, half of one, or any other escape.
_ESCAPE = re.compile(r"\\ud[89ab]..\\ud[c-f]..|(?P<half>\\ud[89a-f]..)|\\.")

_encode = JSONEncoder().encode


class JsonLines:
    """Writes the events of a trace, one JSON object a line."""

    name = "json"
    suffix = ".jsonl"
    summary = "every event as one JSON object a line"

    def write(self, trace: Trace, out: TextIO, options: ExportOptions) -> None:
        """Write all events; no option applies."""
        for reason, records in trace.losses.items():
            out.write(_line(0, "records_lost", records=records, reason=reason) + "\n")
        for event in Chronicle(trace):
            out.write(line_of(event) + "\n")
        if trace.note is not None:
            out.write(_line(trace.end_ns, "trace_incomplete", reason=trace.note) + "\n")


def line_of(event: Event) -> str:
    """One event as a JSON object, without a line break."""
    return _line(event.t_ns, event.name, event.loop, event.task, **event.facts)


def _line(t_ns: int, name: str, loop: int | None = None, task: int | None = None, /, **facts: Any) -> str:
    return without_half_surrogates(_encode({"t": t_ns, "event": name, "loop": loop, "task": task, **facts}))


def without_half_surrogates(text: str) -> str:
    """JSON text in which half of a surrogate pair, which no parser is bound to accept, is six plain characters."""
    return _ESCAPE.sub(_whole, text) if "\\ud" in text else text


def _whole(escape: re.Match[str]) -> str:
    return "\\" + escape[0] if escape["half"] else escape[0]
