"""Every event of a growing trace, in order of time over all loops.

Decides the order. A record tells up to four events (a step: ready, started, suspended, ready again), and records stand
in the file in the order in which their facts *ended*, one loop's block after another's. The chronicle keeps, sorted by
time, which record tells the event and which of its events it is; the ``Event`` itself is made when somebody looks at
it.

Where times are equal, causes precede effects: a step's start, then what happened in the step (also an eager task's
first step), then its end, then that the task is ready again; a task's ready precedes its start; beyond that, the order
of the file.

Awkward cases: a step that lasted long comes late but belongs early (another loop went on meanwhile); a task whose
creation or yield has told that it is ready is not told ready again by its next step; a name that was asked for as the
task was created is part of that, and no event; what a provisional record tells stands in the chronicle only until the
step itself has come; a long trace may be taken in piece by piece, and what was told in advance of its steps comes with
the last one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from itertools import chain

from loopviz.events import Flag, RecordKind, StepEnd
from loopviz.trace.causes import in_causal_order
from loopviz.trace.facts import Event, event_of
from loopviz.trace.lifecycle import State
from loopviz.trace.tasks import NEVER_READY, STATE_BITS, Task
from loopviz.trace.told import PART_BITS, PART_MASK, Part
from loopviz.trace.trace import Trace
from loopviz.trace.walk import Walk

#: Records are sorted so many at a time, so that a long trace takes little memory meanwhile.
_BATCH = 1 << 16
#: Where a few events come so late that more than so many would have to be sorted anew, they are put in one by one.
_FEW_LATE, _FAR_BACK = 32, 1 << 13

_READY, _START, _END, _AGAIN = int(Part.READY), int(Part.START), int(Part.END), int(Part.AGAIN)
_MOMENT, _EAGER_START, _EAGER_END = int(Part.MOMENT), int(Part.EAGER_START), int(Part.EAGER_END)
_STEP, _CREATED, _RENAMED = int(RecordKind.STEP), int(RecordKind.TASK_CREATED), int(RecordKind.TASK_RENAMED)
_YIELDED = int(StepEnd.YIELDED)
_EAGER = int(Flag.EAGER)
#: Other tasks are ready as they are created.
_NOT_READY_AT_ONCE = int(Flag.EAGER | Flag.ALIVE_BEFORE | Flag.CARRIED)
_STRETCHES: frozenset[int] = frozenset({RecordKind.CALLBACK, RecordKind.IDLE})
_PARTS = tuple(Part)
#: Records that tell one event, and which of their three times is its.
_TIMES: dict[int, int] = {
    RecordKind.TIMER_SET: 0,
    RecordKind.TIMER_CANCELLED: 1,
    RecordKind.CANCEL_REQUESTED: 1,
    RecordKind.LOOP_STARTED: 1,
    RecordKind.LOOP_STOPPED: 1,
    RecordKind.OUTPUT: 1,
    RecordKind.MARK: 1,
    RecordKind.WARNING: 1,
    RecordKind.TASK_RENAMED: 1,
    RecordKind.BLOCKED: 2,
}

#: Until it is stored, an entry is one integer: ``time_ns << _CODE_BITS | record << PART_BITS | part``.
_CODE_BITS = 48
_CODE_MASK = (1 << _CODE_BITS) - 1


class Chronicle:
    """The events of a trace. Call ``update`` after the trace has grown; positions may shift then.

    ``at_most`` is how many records to take in at the beginning, ``first`` the record to begin with. Of the tasks
    ``told_ready``, records before that have told that they are ready.
    """

    def __init__(
        self, trace: Trace, at_most: int = 1 << 62, first: int = 0, told_ready: Collection[int] = frozenset()
    ) -> None:
        self.trace = trace
        self._walk = Walk(trace, first)
        self._times = array("q")
        self._codes = array("q")
        # Tasks whose next ready has been told already, by their creation or by the step that yielded.
        self._told_ready = set(told_ready)
        self._provisional: list[int] = []
        #: How many known events the last update had to sort anew, since new ones belong before them.
        self.sorted_anew = 0
        self.update(at_most)

    @property
    def taken(self) -> int:
        """How many of the trace's records were taken in, with those before the first."""
        return self._walk.done

    def update(self, at_most: int = 1 << 62) -> None:
        """Take in what the trace has got since, or as many records of that."""
        last = min(len(self.trace.records), self.taken + at_most)
        if last <= self.taken:
            return
        self._withdraw_provisional()
        while self.taken < last:
            self._merge(self._new_entries(min(_BATCH, last - self.taken)))
        if self.taken == len(self.trace.records):
            self._insert_provisional()

    def __len__(self) -> int:
        return len(self._times)

    def __getitem__(self, position: int) -> Event:
        """The event at a position. Raises IndexError where there is none."""
        return event_of(self.trace, *self.place(position))

    def place(self, position: int) -> tuple[int, int, Part]:
        """Of the event at a position: when it happened, the record that tells it, and which of its events it is."""
        code = self._codes[position]
        return self._times[position], code >> PART_BITS, _PARTS[code & PART_MASK]

    def position_of(self, t_ns: int, record: int, part: Part) -> int:
        """Where the event of this place stands now; where none does any more, the first that is not before it."""
        position = first = self.position_at(t_ns)
        code = record << PART_BITS | part
        while position < len(self) and self._times[position] == t_ns:
            if self._codes[position] == code:
                return position
            position += 1
        return first

    def __iter__(self) -> Iterator[Event]:
        return map(self.__getitem__, range(len(self)))

    def position_at(self, time_ns: int) -> int:
        """How many events happened before ``time_ns``: the position of the first that did not."""
        return bisect_left(self._times, time_ns)

    def between(self, from_ns: int, to_ns: int) -> Iterator[Event]:
        """The events from ``from_ns`` up to, not including, ``to_ns``; made one by one."""
        return map(self.__getitem__, range(self.position_at(from_ns), self.position_at(to_ns)))

    def next_after(self, time_ns: int) -> Event | None:
        """The first event later than ``time_ns``."""
        position = bisect_right(self._times, time_ns)
        return self[position] if position < len(self) else None

    def last_before(self, time_ns: int) -> Event | None:
        """The last event earlier than ``time_ns``."""
        position = self.position_at(time_ns)
        return self[position - 1] if position else None

    def _new_entries(self, at_most: int) -> list[int]:
        """The events of the next records, in file order. Nearly all are of steps: those are made here, with no call."""
        entries: list[int] = []
        add, told_ready = entries.append, self._told_ready
        seen = chain.from_iterable(seen for _loop, seen in self._walk.new(at_most))
        for record, kind, who, end, flags, ready_ns, start_ns, end_ns in seen:
            code = record << PART_BITS
            if kind != _STEP:
                entries += self._other_entries(record, kind, who, flags, ready_ns, start_ns, end_ns)
                continue
            if who in told_ready:
                told_ready.discard(who)
            elif ready_ns != NEVER_READY:
                add(ready_ns << _CODE_BITS | code | _READY)
            eager = flags & _EAGER
            add(start_ns << _CODE_BITS | code | (_EAGER_START if eager else _START))
            add(end_ns << _CODE_BITS | code | (_EAGER_END if eager else _END))
            if end == _YIELDED:
                told_ready.add(who)
                add(end_ns << _CODE_BITS | code | _AGAIN)
        return entries

    def _other_entries(
        self, record: int, kind: int, who: int, flags: int, ready_ns: int, start_ns: int, end_ns: int
    ) -> Iterator[int]:
        if kind in _STRETCHES:
            yield _entry(start_ns, record, _START)
            yield _entry(end_ns, record, _END)
        elif kind in _TIMES and not (kind == _RENAMED and flags & Flag.AT_CREATION):
            yield _entry((ready_ns, start_ns, end_ns)[_TIMES[kind]], record, _MOMENT)
        elif kind == _CREATED and self.trace.tasks[who].created_record == record:
            yield _entry(start_ns, record, _MOMENT)
            if is_ready_at_once(self.trace.tasks[who], flags, start_ns):
                self._told_ready.add(who)
                yield _entry(start_ns, record, _AGAIN)

    def _merge(self, entries: list[int]) -> None:
        """Sort new entries in. What is earlier than all of them stays as it is."""
        entries.sort()
        late = self._late(entries)
        for entry in entries[:late]:
            self._insert(entry)
        self._append(entries[late:])

    def _late(self, entries: list[int]) -> int:
        """How many of the new entries, which are sorted, belong so far back that each is better put in by itself."""
        at = min(_FEW_LATE, len(entries))
        if not at or self._behind(entries[0]) < _FAR_BACK:
            return 0
        while at and self._behind(entries[at - 1]) < _FAR_BACK:
            at -= 1
        return at if at == len(entries) or self._behind(entries[at]) < _FAR_BACK else 0

    def _behind(self, entry: int) -> int:
        """How many events are not before an entry."""
        return len(self._times) - self.position_at(entry >> _CODE_BITS)

    def _insert(self, entry: int) -> None:
        time_ns = entry >> _CODE_BITS
        first, last = self.position_at(time_ns), bisect_right(self._times, time_ns)
        instant = sorted([*self._codes[first:last], entry & _CODE_MASK])
        in_causal_order(self.trace, [time_ns] * len(instant), instant)
        self._times.insert(first, time_ns)
        self._codes[first:last] = array("q", instant)

    def _append(self, entries: list[int]) -> None:
        """Sort entries in with all that is later than the first of them."""
        if not entries:
            return
        times, codes = self._times, self._codes
        first = bisect_left(times, entries[0] >> _CODE_BITS)
        self.sorted_anew = len(times) - first
        entries += [times[at] << _CODE_BITS | codes[at] for at in range(first, len(times))]
        entries.sort()
        new_times = [entry >> _CODE_BITS for entry in entries]
        new_codes = [entry & _CODE_MASK for entry in entries]
        in_causal_order(self.trace, new_times, new_codes)
        del times[first:], codes[first:]
        times.extend(new_times)
        codes.extend(new_codes)

    def _insert_provisional(self) -> None:
        self._provisional = sorted(self._provisional_entries())
        for entry in self._provisional:
            position = bisect_right(self._times, entry >> _CODE_BITS)
            self._times.insert(position, entry >> _CODE_BITS)
            self._codes.insert(position, entry & _CODE_MASK)

    def _provisional_entries(self) -> Iterator[int]:
        records = self.trace.records
        for number, record in self.trace.pending_tasks.items():
            task = self.trace.tasks[number]
            if number not in self._told_ready:
                yield _entry(task.boundaries[bisect_left(task.tellers, record)] >> STATE_BITS, record, _READY)
            if records.raw(record).kind == RecordKind.RUNNING:
                yield _entry(task.boundaries[-1] >> STATE_BITS, record, _START)
        for record in self.trace.pending_callbacks.values():
            yield _entry(records.since_start(records.raw(record).start_ns), record, _START)

    def _withdraw_provisional(self) -> None:
        for entry in self._provisional:
            at = self._codes.index(entry & _CODE_MASK, bisect_left(self._times, entry >> _CODE_BITS))
            del self._times[at], self._codes[at]
        self._provisional.clear()


def is_ready_at_once(task: Task, flags: int, created_ns: int) -> bool:
    """Whether the record of a task's creation, of these flags and at this time, tells that it is ready."""
    first = task.boundaries[0] if task.boundaries else -1
    return not flags & _NOT_READY_AT_ONCE and first == max(0, created_ns) << STATE_BITS | State.READY


def _entry(time_ns: int, record: int, part: int) -> int:
    return max(0, time_ns) << _CODE_BITS | record << PART_BITS | part
