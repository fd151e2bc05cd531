"""What is said of a recording that is not whole.

Decides how much of it: the number of records that are missing, where they were counted, and the loops of which nothing
was recorded. Awkward case: a recording that ended before the program did can't tell what came after.
"""

from __future__ import annotations

from loopviz.trace.trace import Trace


def lost_of(trace: Trace) -> str | None:
    """``1,203 records lost``; None where nothing is missing. Why, ``trace.losses`` says."""
    if trace.lost_records:
        return f"{trace.lost_records:,} record{'' if trace.lost_records == 1 else 's'} lost"
    return "recording not whole" if trace.losses else None


def unrecorded(trace: Trace) -> list[str]:
    """Which loops could not be recorded, and why: a sentence for each kind."""
    return [trace.definitions.texts.get(text, "a loop can't be recorded") for text in trace.not_instrumented]
