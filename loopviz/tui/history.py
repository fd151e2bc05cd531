"""The trace's events in their order, and what is told of them, taken in a little with every frame.

Decides how much of a frame that may take, so that the screen never waits for a long trace: a million events are seconds
of work. What a moment needs is a small part of that, and comes first; then what a sentence needs to know of all that
was before it; the order of all events last. As long as that is far behind, a *passage* is told of the moment's events
alone. Nothing is taken in before somebody has asked; from then on, all that comes is.

Awkward cases: a program that does more than can be taken in stays ahead, and what is told of it is a passage as far as
what came before it is known; the last events of a part may come to stand behind others that a record after it tells;
somebody who waits for all events in their order gets that before passages.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time
from typing import TYPE_CHECKING

from loopviz.trace.moments import Moments
from loopviz.trace.trace import Trace

if TYPE_CHECKING:
    from loopviz.trace.chronicle import Chronicle
    from loopviz.trace.story import Story
    from loopviz.trace.story_scene import Scene

#: Records taken in at once: a few milliseconds. Of more at once, the more known events each time has to sort anew.
_RECORDS, _MOST_RECORDS = 1024, 8192
#: How long a frame may take in records: as a rule, and where nothing else is to be done or somebody waits for it.
_AT_EASE_S, _IN_HASTE_S = 0.008, 0.025
#: Who else was in the ready queue, the records of their steps tell: so many later, as a rule.
_UNSETTLED = 1 << 11
#: A part of so many records that is not taken in yet is worth a word.
_FAR = 1 << 15


@dataclass(frozen=True, slots=True)
class Passage:
    """Events and what is told of them. ``is_whole`` says that these are all, so that their positions are numbers."""

    story: Story
    is_whole: bool

    @property
    def chronicle(self) -> Chronicle:
        return self.story.chronicle


class History:
    """What happened, as far as it was taken in. ``is_wanted`` is set by whoever needs it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.moments = Moments(trace)
        self.is_wanted = False
        self._story: Story | None = None
        self._scene: Scene | None = None
        self._window: tuple[tuple[int, int], Passage] | None = None

    @property
    def story(self) -> Story:
        """The sentences, of what was taken in."""
        if self._story is None:
            # Imported late: the first frame tells no story.
            from loopviz.trace.chronicle import Chronicle
            from loopviz.trace.story import Story

            self.moments.chronicle = Chronicle(self.trace, at_most=0)
            self._story = Story(self.moments.chronicle, scene=self.scene)
        return self._story

    @property
    def scene(self) -> Scene:
        """What sentences know of the rest of the trace: it may be ahead of what was taken in."""
        if self._scene is None:
            from loopviz.trace.story_scene import Scene

            self._scene = Scene(self.trace, self.moments)
        return self._scene

    def at(self, time_ns: int) -> Passage:
        """What is told of a moment: all, or only its surroundings where all is not taken in for long."""
        chronicle = self.chronicle
        reaches = len(chronicle) > 0 and chronicle.place(len(chronicle) - 1)[0] > time_ns
        until = self._settled()
        if reaches or not self._is_far or until <= self.taken:
            return Passage(self.story, True)
        return self._around(time_ns, until)

    def _settled(self) -> int:
        """The records of which sentences can be told that will not change with the next ones."""
        taken = self.scene.taken
        return taken if taken == len(self.trace.records) else taken - _UNSETTLED

    def _around(self, time_ns: int, until: int) -> Passage:
        """A passage of a moment, or of the last one before it that the records before ``until`` tell."""
        from loopviz.trace.story import Story
        from loopviz.trace.windows import records_around, window

        first, last = records_around(self.trace, time_ns, until)
        if self._window is None or self._window[0] != (first, last):
            passage = Passage(Story(window(self.trace, first, last), scene=self.scene), False)
            self._window = (first, last), passage
        return self._window[1]

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

    @property
    def _is_far(self) -> bool:
        return len(self.trace.records) - self.taken > _FAR

    @property
    def told(self) -> int:
        """How many records can be told of."""
        return max(self.taken, self._scene.taken if self._scene is not None else 0)

    @property
    def progress(self) -> tuple[int, ...]:
        """Differs where anything more was taken in."""
        return self.taken, self.moments.taken, self.told

    def words(self, taken: int) -> str:
        """How far it is, where what is ``taken`` is not enough to pass that over; empty where it is."""
        records = len(self.trace.records)
        return f"reading, {100 * taken // records} %" if records - taken > _FAR else ""

    def take_in(self, in_haste: bool = False, is_awaited: bool = False) -> None:
        """Take in what the trace has got since, for as long as a frame may last.

        ``is_awaited`` says that somebody waits for all events in their order.
        """
        until = thread_time() + (_IN_HASTE_S if in_haste or is_awaited else _AT_EASE_S)
        while self.is_wanted and not self.is_whole:
            records = len(self.trace.records)
            if self.moments.taken < records:
                self.moments.update(self.moments.taken + _RECORDS)
            elif self._is_far and not is_awaited and self.scene.taken < records:
                self.scene.update(min(records, self.scene.taken + _RECORDS))
            else:
                self.chronicle.update(min(max(_RECORDS, self.chronicle.sorted_anew // 4), _MOST_RECORDS))
                self.story.update()
            if thread_time() > until:
                return
