"""The table of a comparison: which figures, under which headings, in which words.

Decides the columns, for the screen, the text and the drawing alike. Where all of them do not fit beside each other they
come as two tables: what came out, and what the loop did for it.

Awkward cases: a figure that is not known is a dash; a band that is under way says so in place of its outcome.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from loopviz.timeline.comparison import Band, Comparison, Figures
from loopviz.timeline.comparison_items import NOT_IN_ORDER
from loopviz.timeline.durations import rounded

UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """``heading`` stands above, ``meaning`` explains it in a line. ``is_text``: set to the left, as figures are not."""

    heading: str
    meaning: str
    cell: Callable[[Comparison, Band], str]
    is_text: bool = False


def _figure(words: Callable[[Figures], str]) -> Callable[[Comparison, Band], str]:
    return lambda _comparison, band: words(band.figures) if band.figures is not None else UNKNOWN


def _speed_up(comparison: Comparison, band: Band) -> str:
    times = comparison.speed_up(band)
    return UNKNOWN if times is None else multiple(times)


def multiple(times: float) -> str:
    """``10x``, ``1.05x``, ``0.5x``, ``12,000x``, ``<0.01x``."""
    if 0 < times < 0.01:
        return "<0.01x"
    return f"{times:,.0f}x" if times >= 1_000 else f"{times:.3g}x"


def mean(number: float) -> str:
    """``11``, ``9.25``."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def share(part: float) -> str:
    """``0 %``, ``<0.1 %``, ``2.3 %``, ``45 %``."""
    percent = part * 100
    if percent < 0.05:
        return "<0.1 %" if percent else "0 %"
    return f"{percent:.1f} %" if percent < 9.95 else f"{percent:.0f} %"


def _of_band(words: Callable[[Band], str]) -> Callable[[Comparison, Band], str]:
    return lambda _comparison, band: words(band)


_PROGRAM = Column("program", "", _of_band(lambda band: band.label), is_text=True)
_RESULTS = (
    Column(
        "makespan",
        "from the first task's creation to the last one's end",
        _figure(lambda figures: rounded(figures.makespan_ns)),
    ),
    Column("speed-up", "the first program's makespan as a multiple of this one's", _speed_up),
    Column(
        "alive",
        "tasks that were created and had not finished, on average over the makespan",
        _figure(lambda figures: mean(figures.mean_concurrency)),
    ),
    Column("peak", "the most tasks that were alive at once", _figure(lambda figures: f"{figures.peak_concurrency:,}")),
)
_LOOP_WORK = (
    Column("tasks", "tasks that were created", _figure(lambda figures: f"{figures.tasks:,}")),
    Column("steps", "uninterrupted stretches of a task on the loop", _figure(lambda figures: f"{figures.steps:,}")),
    Column(
        "switches",
        "steps of another task than the step before it",
        _figure(lambda figures: f"{figures.switches:,}"),
    ),
    Column(
        "loop busy",
        "the share of its time in which the loop ran steps and callbacks",
        _figure(lambda figures: share(figures.busy_share)),
    ),
    Column(
        "latency",
        "how long a task was ready before it ran: the median over all steps",
        _figure(lambda figures: rounded(figures.median_latency_ns)),
    ),
    Column("worst", "the longest latency", _figure(lambda figures: rounded(figures.worst_latency_ns))),
)
_ENDS = (
    Column(
        "completed",
        "the main task's tasks (else its calls) as they ended, numbered from 0 as they were created",
        _of_band(lambda band: band.items.completion_words or UNKNOWN),
        is_text=True,
    ),
    Column("outcome", "how the program ended", _of_band(lambda band: band.outcome.word), is_text=True),
)

#: All columns; and the two tables that they make where there is no room for one.
COLUMNS = (_PROGRAM, *_RESULTS, *_LOOP_WORK, *_ENDS)
RESULTS = (_PROGRAM, *_RESULTS, *_ENDS)
LOOP_WORK = (_PROGRAM, *_LOOP_WORK)


def summary(comparison: Comparison) -> str:
    """``sequential, gather: --items 5``."""
    return names(comparison) + (f": {given(comparison)}" if comparison.arguments else "")


def names(comparison: Comparison) -> str:
    """What the programs are called, in their order."""
    return ", ".join(band.label for band in comparison.bands)


def given(comparison: Comparison) -> str:
    """The words that every program was given, as a shell would read them."""
    return shlex.join(comparison.arguments)


def in_short(comparison: Comparison, band: Band) -> str:
    """What came out, for a band's title: ``1 s · 10x``; empty where nothing did."""
    if band.figures is None:
        return ""
    times = None if band is comparison.bands[0] else comparison.speed_up(band)
    return rounded(band.figures.makespan_ns) + (f" · {multiple(times)}" if times is not None else "")


def notes(comparison: Comparison) -> list[str]:
    """What a reader must know before trusting the numbers, one sentence each."""
    said = []
    if not all(band.items.completes_in_order for band in comparison.bands):
        said.append(f"{NOT_IN_ORDER}: completed in another order than that of creation")
    if any(band.clock == "virtual" for band in comparison.bands):
        said.append(
            "virtual clock: sleeps take no time, and every recorded fact counts 1 µs; "
            "latency and loop busy count facts, not the machine's time"
        )
    if len(clocks_of(comparison)) > 1:
        by_band = [f"{band.label} {band.clock}" for band in comparison.bands if band.clock]
        said.append(f"the clocks differ: {', '.join(by_band)}")
    if lossy := [band.label for band in comparison.bands if not band.is_whole]:
        said.append(f"part of the recording is lost: {', '.join(lossy)}")
    return said + [f"{band.label}: {band.note}" for band in comparison.bands if band.note]


def clocks_of(comparison: Comparison) -> list[str]:
    """The clocks that the programs ran under, each once."""
    return list(dict.fromkeys(band.clock for band in comparison.bands if band.clock))
