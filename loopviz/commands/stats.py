"""``loopviz stats``: the figures of a trace, as tables or as JSON.

Decides which figures; what each means, ``loopviz.trace.statistics`` says. The tables are for reading and show only the
tasks that ran longest; the JSON has all tasks, and every time as whole nanoseconds.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from loopviz.commands.export_file import say
from loopviz.commands.stats_tables import tables, worst_of
from loopviz.timeline.labels import loop_label, task_label
from loopviz.trace.blocking import BlockingPlace, blocking_places
from loopviz.trace.distributions import Distribution
from loopviz.trace.files import load_file
from loopviz.trace.lags import timer_lags
from loopviz.trace.losses import unrecorded
from loopviz.trace.statistics import Statistics, task_statistics
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace


@click.command("stats", short_help="Tell a trace's figures.")
@click.argument("file", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all tasks: --json | jq .latency.")
@click.option("--tasks", metavar="N", type=click.IntRange(min=0), default=10, help="How many tasks to show (10).")
def command(file: str, as_json: bool, tasks: int) -> int:
    """Tell a trace's figures: how busy the loop was, how long tasks queued and ran, how late timers fired, which lines
    held the loop.

    \b
    loopviz stats slow.loopviz
    loopviz stats slow.loopviz --tasks 50
    """
    loaded = load_file(file)
    if loaded.note:
        click.echo(f"loopviz: {file}: {loaded.note}", err=True)
    statistics = Statistics(loaded.trace)
    say(json.dumps(_figures(statistics), indent=1) if as_json else tables(statistics, tasks))
    return 0


def _figures(statistics: Statistics) -> dict[str, Any]:
    trace = statistics.trace
    return {
        "title": trace.header.get("title"),
        "wall_ns": statistics.wall_ns,
        "makespan_ns": statistics.makespan_ns,
        "tasks": statistics.task_count,
        "steps": statistics.step_count,
        "switches": statistics.switch_count,
        "busy_share": statistics.busy_share,
        "idle_share": statistics.idle_share,
        "mean_concurrency": statistics.mean_concurrency,
        "peak_concurrency": statistics.peak_concurrency,
        "lost_records": trace.lost_records,
        "losses": trace.losses,
        "unrecorded": unrecorded(trace),
        "latency": _durations(trace, statistics.latency),
        "step_length": _durations(trace, statistics.step_length),
        "timer_lag": _durations(trace, timer_lags(trace)),
        "blocking": [_blocking(place) for place in blocking_places(trace)],
        "loops": [
            {"loop": loop.loop, "label": loop_label(trace, loop.loop), **_public(asdict(loop))}
            for loop in statistics.loops.values()
        ],
        "per_task": [_task(trace, task) for task in trace.tasks.values()],
    }


def _blocking(place: BlockingPlace) -> dict[str, Any]:
    """A line at which the loop was held. All but the figures is null where the recording does not know the line."""
    frame, longest = place.frame, place.longest
    return {
        "function": frame.name if frame else None,
        "file": frame.file if frame else None,
        "line": frame.line if frame and frame.line > 0 else None,
        "steps": place.step_count,
        "total_ns": place.total_ns,
        "longest_ns": longest.length_ns,
        "longest_start_ns": longest.start_ns,
        "longest_task": longest.task,
        "longest_callback": longest.callback,
    }


def _task(trace: Trace, task: Task) -> dict[str, Any]:
    figures = task_statistics(trace, task)
    return {
        "task": task.number,
        "label": task_label(trace, task),
        "state": task.state.name.lower(),
        **asdict(figures),
        "latency": _durations(trace, figures.latency),
        "step_length": _durations(trace, figures.step_length),
    }


def _durations(trace: Trace, durations: Distribution) -> dict[str, Any]:
    """A distribution, its worst told by task and moment: a record's index means nothing outside the file."""
    figures = asdict(durations)
    del figures["worst_record"]
    task, start_ns = worst_of(trace, durations)
    return {**figures, "worst_task": task, "worst_start_ns": start_ns}


def _public(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figures.items() if not name.startswith("_")}
