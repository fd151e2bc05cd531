"""What a task was called before it was called something else.

Decides that a name that was asked for as the task was created is the one it was created with: before Python 3.13
asyncio sets it a moment later, so a record of its own tells it, flagged AT_CREATION.

Awkward case: of a task whose creation was not recorded, the first name is not known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import TYPE_CHECKING

from loopviz.trace.records import Raw

if TYPE_CHECKING:
    from loopviz.trace.trace import Trace


def given_name(texts: Mapping[int, str], created: Raw) -> str | None:
    """The name in a record of a task's creation; None where its text is missing."""
    return texts.get(created.target) if created.target else f"Task-{created.end_ns}"


def name_before(trace: Trace, task: int, record: int) -> str | None:
    """What a task was called before that record renamed it; None where that is not known."""
    texts, renames = trace.definitions.texts, trace.renames.get(task, [])
    earlier = bisect_left(renames, record)
    if earlier:
        return texts.get(trace.records.raw(renames[earlier - 1]).target)
    created = trace.tasks[task].created_record if task in trace.tasks else -1
    return given_name(texts, trace.records.raw(created)) if created >= 0 else None
