"""Where the tasks of a loop stand at a moment: which of them run, are ready, are suspended.

Decides how one moment is made of another. Only the tasks that something happened to between the two are looked at, so
that a step through time costs the same however many tasks live; all that lived are looked at for the first moment, and
where so much lies between that this is less.

Awkward case: a task of which nothing is known at the moment, or that has ended, stands nowhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator, Mapping

from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import STATE_BITS, STATE_MASK, Task

_SUSPENDED, _READY, _RUNNING = int(State.SUSPENDED), int(State.READY), int(State.RUNNING)

#: Of a task: what it is sorted by (two numbers), its number, the boundary at which its span begins.
Place = tuple[int, int, int, int]


class Standing:
    """The tasks of one loop at ``t_ns``, given all that may have lived then.

    ``running`` and ``ready`` are sorted by when that began and by the record that tells of it, ``suspended`` by when
    the task began.
    """

    def __init__(self, tasks: Mapping[int, Task], t_ns: int, living: Iterable[int]) -> None:
        self.t_ns = t_ns
        self.running: list[Place] = []
        self.ready: list[Place] = []
        self.suspended: list[Place] = []
        self._tasks = tasks
        self._in_state = {_RUNNING: self.running, _READY: self.ready, _SUSPENDED: self.suspended}
        for state, place in _places(tasks, t_ns, living):
            self._in_state[state].append(place)
        for places in self._in_state.values():
            places.sort()

    def __len__(self) -> int:
        return sum(map(len, self._in_state.values()))

    def move(self, t_ns: int, changed: Collection[int]) -> None:
        """Go to another moment. ``changed`` are at least the tasks that stand elsewhere then."""
        for state, place in _places(self._tasks, self.t_ns, changed):
            del self._in_state[state][bisect_left(self._in_state[state], place)]
        for state, place in _places(self._tasks, t_ns, changed):
            insort(self._in_state[state], place)
        self.t_ns = t_ns


def _places(tasks: Mapping[int, Task], t_ns: int, numbers: Iterable[int]) -> Iterator[tuple[int, Place]]:
    """The state and the place of each task that stands somewhere."""
    latest = t_ns << STATE_BITS | STATE_MASK
    for number in numbers:
        task = tasks[number]
        boundaries = task.boundaries
        at = bisect_right(boundaries, latest) - 1
        if at < 0:
            continue
        state = boundaries[at] & STATE_MASK
        if state == _SUSPENDED:
            yield state, (boundaries[0], number, number, at)
        elif state in (_READY, _RUNNING):
            yield state, (boundaries[at] >> STATE_BITS, task.tellers[at], number, at)
