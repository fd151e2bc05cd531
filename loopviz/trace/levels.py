"""The levels of a story; ``loopviz.trace.story`` decides what each of them tells."""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """How much is told: what a learner needs, or every event."""

    BRIEF = "brief"
    FULL = "full"
