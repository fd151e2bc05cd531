r"""A comparison as one JSON object, for a pipeline.

Decides names, types and order of the fields; all of them are always there. Durations and times are integers, in
nanoseconds; a time is since the band's own zero, the creation of the program's first task. What is not known, or of a
program that ran no task, is null.

    arguments               list of text    what every program was given on its command line
    programs                list            one object for each program, in the order in which they were named

Of each program::

    label                   text            what it is called
    outcome                 text            returned, raised, cancelled, unfinished; exit status N, killed by SIGNAL;
                                            no tasks; not run
    reason                  text            the outcome in a sentence
    ok                      boolean         whether it ended well
    exit_status             integer, null   of its process, negative for a signal; null where there was none
    note                    text, null      what is wrong with its trace file: cut off, damaged
    clock                   text, null      real, virtual, 4x
    makespan_ns             integer, null   from the first task's creation to the last one's end
    speed_up                number, null    the first program's makespan as a multiple of this one's
    mean_concurrency        number, null    tasks created and not finished, on average over the makespan
    peak_concurrency        integer, null   the most of them at once
    tasks                   integer, null   tasks created
    steps                   integer, null   uninterrupted stretches of a task on the loop
    switches                integer, null   steps of another task than the step before
    busy_share              number, null    of the time that the loop ran, what steps and callbacks took: 0 to 1
    median_latency_ns       integer, null   from ready to running: the median over all steps (nearest rank)
    worst_latency_ns        integer, null   the longest of these
    items_are               text            tasks (that the main task created), or calls (that it awaited)
    items                   list            of each, as they were created: label, begin_ns, end_ns (integer or null)
    completion_order        list of integer the places in items, from 0, as they ended
    completes_in_order      boolean         whether that is the order of creation
    printed                 list            of each line: t_ns, task (number or null), by_main (boolean), stream
                                            (stdout, stderr), text

``tasks``, ``steps`` and ``switches`` are the program's own: the tasks by which ``asyncio.run`` ends a loop do not
count. The text is ASCII whatever names and output hold.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TextIO

from loopviz.exporters.base import ExportOptions
from loopviz.exporters.json_lines import without_half_surrogates
from loopviz.timeline.comparison import Band, Comparison, Figures, PrintedLine
from loopviz.timeline.comparison_items import Item

_NO_FIGURES: dict[str, Any] = dict.fromkeys(Figures.__dataclass_fields__)


class ComparisonJson:
    """Writes a comparison as one object."""

    name = "json"
    suffix = ".json"
    summary = "all figures as one JSON object"
    has_axis = False

    def write(self, comparison: Comparison, out: TextIO, options: ExportOptions) -> None:
        """Write the object, indented; no option applies."""
        programs = [_program(comparison, band) for band in comparison.bands]
        whole = {"arguments": list(comparison.arguments), "programs": programs}
        out.write(without_half_surrogates(json.dumps(whole, indent=1)) + "\n")


def _program(comparison: Comparison, band: Band) -> dict[str, Any]:
    figures = _NO_FIGURES if band.figures is None else asdict(band.figures)
    return {
        "label": band.label,
        "outcome": band.outcome.word,
        "reason": band.outcome.words,
        "ok": band.outcome.is_good,
        "exit_status": band.outcome.status,
        "note": band.note,
        "clock": band.clock or None,
        "makespan_ns": figures["makespan_ns"],
        "speed_up": comparison.speed_up(band),
        **figures,
        "items_are": band.items.kind,
        "items": [_item(band, item) for item in band.items.all],
        "completion_order": list(band.items.completion),
        "completes_in_order": band.items.completes_in_order,
        "printed": [_line(band, line) for line in band.printed],
    }


def _item(band: Band, item: Item) -> dict[str, Any]:
    end_ns = None if item.end_ns is None else item.end_ns - band.begin_ns
    return {"label": item.label, "begin_ns": item.begin_ns - band.begin_ns, "end_ns": end_ns}


def _line(band: Band, line: PrintedLine) -> dict[str, Any]:
    return {
        "t_ns": line.t_ns - band.begin_ns,
        "task": line.task,
        "by_main": line.by_main,
        "stream": "stderr" if line.is_stderr else "stdout",
        "text": line.text,
    }
