"""The story of a trace: every event as one plain sentence with its reason.

Decides which sentence is told of which event, and which of them a learner can do without. Nothing is built ahead: a
sentence is made when somebody asks for it, from the trace alone, and grows with the trace. Each is one line of visible
text, whatever the program called its tasks or printed.

Two levels. ``full`` tells every event. ``brief`` folds those that another sentence has said already or that are
asyncio's bookkeeping:

- that a task is ready, where its creation or its stepping aside says so, and the first step of an eager task;
- asyncio's own callbacks and timers, unless one raises; a time limit is told, and so is what the program schedules;
- that a callback is done, unless it raises;
- that the loop wakes from its sleep: what woke it comes next;
- what Python prints of a warning that is told, and the frames of a traceback;
- of the tasks by which ``asyncio.run`` tidies up, all but their creation, and what the loop does for them.

Awkward case: of an event of a later version's kind there is no sentence, as there is no event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopviz.events import Flag, RecordKind, StepEnd
from loopviz.trace import story_loops, story_sayings, story_tasks
from loopviz.trace.levels import Level
from loopviz.trace.story_callbacks import TIME_LIMITS, is_own
from loopviz.trace.story_scene import Scene
from loopviz.trace.told import PART_BITS, Part, Told

if TYPE_CHECKING:
    from loopviz.trace.chronicle import Chronicle
    from loopviz.trace.moments import Moments


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in a sentence a task is named: ``text[start:end]``."""

    start: int
    end: int
    task: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is told of one event, and the tasks that it names, in order."""

    text: str
    mentions: tuple[Mention, ...]


_Teller = Callable[[Scene, Told], str]


def _running(scene: Scene, told: Told) -> str:
    """What was told in advance of a step, of a task or a callback."""
    is_callback = told.raw.flags & Flag.CALLBACK_STEP
    return story_loops.callback_started(scene, told) if is_callback else story_tasks.taken(scene, told)


_TELLERS_OF: dict[tuple[int, Part], _Teller] = {
    (RecordKind.LOOP_STARTED, Part.MOMENT): story_loops.started,
    (RecordKind.LOOP_STOPPED, Part.MOMENT): story_loops.stopped,
    (RecordKind.IDLE, Part.START): story_loops.idle,
    (RecordKind.IDLE, Part.END): story_loops.woken,
    (RecordKind.TASK_CREATED, Part.MOMENT): story_tasks.created,
    (RecordKind.TASK_CREATED, Part.AGAIN): story_tasks.ready,
    (RecordKind.TASK_RENAMED, Part.MOMENT): story_tasks.renamed,
    (RecordKind.STEP, Part.READY): story_tasks.ready,
    (RecordKind.STEP, Part.START): story_tasks.taken,
    (RecordKind.STEP, Part.END): story_tasks.ended,
    (RecordKind.STEP, Part.AGAIN): story_tasks.ready,
    (RecordKind.STEP, Part.EAGER_START): story_tasks.taken,
    (RecordKind.STEP, Part.EAGER_END): story_tasks.ended,
    (RecordKind.READY, Part.READY): story_tasks.ready,
    (RecordKind.RUNNING, Part.READY): story_tasks.ready,
    (RecordKind.RUNNING, Part.START): _running,
    (RecordKind.CANCEL_REQUESTED, Part.MOMENT): story_tasks.cancel_requested,
    (RecordKind.CALLBACK, Part.START): story_loops.callback_started,
    (RecordKind.CALLBACK, Part.END): story_loops.callback_finished,
    (RecordKind.TIMER_SET, Part.MOMENT): story_loops.timer_set,
    (RecordKind.TIMER_CANCELLED, Part.MOMENT): story_loops.timer_cancelled,
    (RecordKind.OUTPUT, Part.MOMENT): story_sayings.output,
    (RecordKind.MARK, Part.MOMENT): story_sayings.mark,
    (RecordKind.BLOCKED, Part.MOMENT): story_loops.blocked,
    (RecordKind.WARNING, Part.MOMENT): story_sayings.warning,
}

#: The same by one integer each: ``kind << PART_BITS | part``.
_TELLERS = {kind << PART_BITS | part: teller for (kind, part), teller in _TELLERS_OF.items()}

#: So many positions that are folded or not are remembered: some screens full, however much lies between sentences.
_MOST_REMEMBERED = 1 << 16

#: A task's name between marks that no visible text has.
_MARKED = re.compile("\x02(\\d+)\x1f([^\x03]*)\x03")


class Story:
    """The sentences of a chronicle, by its positions. It grows with that by itself; so may what it has told.

    ``moments`` may be given where somebody has them already, or ``scene``, which has them.
    """

    def __init__(self, chronicle: Chronicle, moments: Moments | None = None, scene: Scene | None = None) -> None:
        self.chronicle = chronicle
        self._scene = scene or Scene(chronicle.trace, moments)
        #: Whether ``brief`` leaves a position out, where that was asked for since the story has grown.
        self._folded: dict[int, bool] = {}
        self._grown = (0, 0)

    def update(self) -> None:
        """Take in what the chronicle has. Whatever is asked does so by itself."""
        grown = self.chronicle.taken, len(self.chronicle.trace.records)
        if grown != self._grown:
            self._grown = grown
            self._folded.clear()
            self._scene.update(self.chronicle.taken)

    def name(self, task: int) -> str:
        """What a task is called in the story."""
        self.update()
        return self._scene.names.task(task)

    def text(self, position: int) -> str:
        """What is told of the event at a position. Raises IndexError where there is none."""
        return self._tell(self._told(position))

    def sentence(self, position: int) -> Sentence:
        """The same, with the tasks that it names. Raises IndexError where there is no such event."""
        scene, told = self._scene, self._told(position)
        names = scene.names.task
        scene.name = lambda number: f"\x02{number}\x1f{names(number)}\x03"
        try:
            marked = self._tell(told)
        finally:
            scene.name = names
        return _unmarked(marked)

    def is_folded(self, position: int, level: Level = Level.BRIEF) -> bool:
        """Whether a level leaves out the event at a position."""
        return level is not Level.FULL and self._folds(self._told(position))

    def first_told(self, positions: range, level: Level = Level.BRIEF) -> int | None:
        """The first of these positions that a level tells; None where it leaves out all of them.

        What was found is remembered: a screen asks anew with every frame.
        """
        if level is Level.FULL:
            return next(iter(positions), None)
        self.update()
        known = self._folded
        for position in positions:
            folded = known.get(position)
            if folded is None:
                if len(known) >= _MOST_REMEMBERED:
                    known.clear()
                folded = known[position] = self._folds(self._fact(position))
            if not folded:
                return position
        return None

    def told(self, first: int, last: int, level: Level = Level.BRIEF) -> Iterator[tuple[int, str]]:
        """When and what a level tells of the positions from ``first`` up to, not including, ``last``: one by one."""
        self.update()
        for position in range(first, last):
            told = self._fact(position)
            if level is Level.FULL or not self._folds(told):
                yield told.t_ns, self._tell(told)

    def positions(self, first: int, last: int, level: Level = Level.BRIEF) -> Iterator[int]:
        """The positions that a level tells, from ``first`` up to, not including, ``last``; found one by one."""
        return (position for position in range(first, last) if not self.is_folded(position, level))

    def before(self, position: int, level: Level = Level.BRIEF) -> Iterator[int]:
        """The positions that a level tells before ``position``, the nearest first; found one by one."""
        return (earlier for earlier in range(position - 1, -1, -1) if not self.is_folded(earlier, level))

    def _told(self, position: int) -> Told:
        self.update()
        return self._fact(position)

    def _fact(self, position: int) -> Told:
        t_ns, record, part = self.chronicle.place(position)
        return Told(self.chronicle.trace, record, part, self._scene.raw(record), t_ns)

    def _tell(self, told: Told) -> str:
        return _TELLERS[told.raw.kind << PART_BITS | told.part](self._scene, told)

    def _folds(self, told: Told) -> bool:
        """Whether a brief story leaves it out."""
        rule = _FOLDED.get(told.raw.kind << PART_BITS | told.part)
        return (rule is not None and rule(self._scene, told)) or self._is_tidying_up(told)

    def _is_tidying_up(self, told: Told) -> bool:
        if told.raw.kind in _OF_TASKS:
            return told.raw.who in self._scene.trace.housekeeping
        return told.raw.kind in _OF_LOOPS and story_tasks.is_run_of_housekeeping(self._scene, told)


_OF_TASKS: frozenset[int] = frozenset({RecordKind.STEP, RecordKind.READY, RecordKind.RUNNING})
_OF_LOOPS: frozenset[int] = frozenset(
    {RecordKind.LOOP_STARTED, RecordKind.LOOP_STOPPED, RecordKind.IDLE, RecordKind.CALLBACK, RecordKind.TIMER_SET}
)


def _unmarked(marked: str) -> Sentence:
    """A sentence whose names are marked, without the marks, and where they were."""
    parts: list[str] = []
    mentions: list[Mention] = []
    length = end = 0
    for found in _MARKED.finditer(marked):
        plain, name = marked[end : found.start()], found[2]
        end = found.end()
        parts += plain, name
        length += len(plain) + len(name)
        mentions.append(Mention(length - len(name), length, int(found[1])))
    return Sentence("".join([*parts, marked[end:]]), tuple(mentions))


_Rule = Callable[[Scene, Told], bool]


def _always(_scene: Scene, _told: Told) -> bool:
    return True


def _is_own_callback(_scene: Scene, told: Told) -> bool:
    return told.raw.end != StepEnd.RAISED and is_own(told.text(told.raw.target) or "")


def _ended_well(_scene: Scene, told: Told) -> bool:
    return told.raw.end != StepEnd.RAISED


def _sets_own_timer(_scene: Scene, told: Told) -> bool:
    name = told.text(told.raw.target) or ""
    return is_own(name) and name not in TIME_LIMITS


def _is_own_timer(scene: Scene, told: Told) -> bool:
    record = scene.trace.timer_records.get(told.raw.who)
    name = told.text(scene.trace.records.raw(record).target) if record is not None else None
    return name is None or is_own(name)


def _is_said_elsewhere(scene: Scene, told: Told) -> bool:
    return story_sayings.is_of_a_traceback(told) or story_sayings.repeats_a_warning(scene, told)


#: When ``brief`` folds an event; what is not here, it tells.
_FOLDED_IF: dict[tuple[int, Part], _Rule] = {
    (RecordKind.TASK_CREATED, Part.AGAIN): _always,
    (RecordKind.STEP, Part.AGAIN): _always,
    (RecordKind.STEP, Part.EAGER_START): _always,
    (RecordKind.IDLE, Part.END): _always,
    (RecordKind.CALLBACK, Part.START): _is_own_callback,
    (RecordKind.CALLBACK, Part.END): _ended_well,
    (RecordKind.TIMER_SET, Part.MOMENT): _sets_own_timer,
    (RecordKind.TIMER_CANCELLED, Part.MOMENT): _is_own_timer,
    (RecordKind.OUTPUT, Part.MOMENT): _is_said_elsewhere,
}
_FOLDED = {kind << PART_BITS | part: rule for (kind, part), rule in _FOLDED_IF.items()}
