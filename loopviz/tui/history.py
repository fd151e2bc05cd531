"""The trace's events in their order, and what is told of them, taken in a little with every frame.

Decides how much of a frame that may take, so that the screen never waits for a long trace: a million events are seconds
of work. What a moment needs is a fifth of that, and comes first. Nothing is taken in before somebody has asked; from
then on, all that comes is.

Awkward cases: a program that does more than can be taken in stays ahead, and what is told of it comes later; the last
events of a part may come to stand behind others that a record after it tells.
"""

from __future__ import annotations

from time import thread_time
from typing import TYPE_CHECKING

from loopviz.trace.moments import Moments
from loopviz.trace.trace import Trace

if TYPE_CHECKING:
    from loopviz.trace.chronicle import Chronicle
    from loopviz.trace.story import Story

#: Records taken in at once: a few milliseconds. Of more at once, the more known events each time has to sort anew.
_RECORDS, _MOST_RECORDS = 1024, 8192
#: How long a frame may take in records: as a rule, and where nothing else is to be done or somebody waits for it.
_AT_EASE_S, _IN_HASTE_S = 0.008, 0.025
#: A part of so many records that is not taken in yet is worth a word.
_FAR = 1 << 15


class History:
    """What happened, as far as it was taken in. ``is_wanted`` is set by whoever needs it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.moments = Moments(trace)
        self.is_wanted = False
        self._story: Story | None = None

    @property
    def story(self) -> Story:
        """The sentences, of what was taken in."""
        if self._story is None:
            # Imported late: the first frame tells no story.
            from loopviz.trace.chronicle import Chronicle
            from loopviz.trace.story import Story

            self._story = Story(Chronicle(self.trace, at_most=0), self.moments)
        return self._story

    @property
    def chronicle(self) -> Chronicle:
        """The events, as far as they were taken in."""
        return self.story.chronicle

    @property
    def taken(self) -> int:
        """How many records were taken in."""
        return self._story.chronicle.taken if self._story is not None else 0

    @property
    def is_whole(self) -> bool:
        """Whether everything was taken in."""
        return self.taken >= len(self.trace.records)

    def words(self, taken: int) -> str:
        """How far it is, where what is ``taken`` is not enough to pass that over; empty where it is."""
        records = len(self.trace.records)
        return f"reading, {100 * taken // records} %" if records - taken > _FAR else ""

    def take_in(self, in_haste: bool = False) -> None:
        """Take in what the trace has got since, for as long as a frame may last."""
        until = thread_time() + (_IN_HASTE_S if in_haste else _AT_EASE_S)
        while self.is_wanted and not self.is_whole:
            if self.moments.taken < len(self.trace.records):
                self.moments.update(self.moments.taken + _RECORDS)
            else:
                self.chronicle.update(min(max(_RECORDS, self.chronicle.sorted_anew // 4), _MOST_RECORDS))
                self.story.update()
            if thread_time() > until:
                return
