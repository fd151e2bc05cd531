"""Rows: what is listed, in which order, and how the tree is drawn.

Decides that each loop has a row, its tasks stand below it as a tree of who created whom, or flat in another order (see
``row_order``), and an opened task shows its calls as lanes before its children. A filter keeps the rows it matches and,
in the tree, all that lead to them. Not listed are the tasks by which ``asyncio.run`` ends, unless they found something
to wait for, or failed.

Ten thousand rows cost some tens of milliseconds to make, so they are kept until something that they show has changed.

Awkward cases: a chain in which each task created the next may be as deep as there are tasks: it is walked with a list,
not by recursion, and drawn with ``DEEPEST_DRAWN`` levels at most; a filter that matches nothing leaves no rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from loopviz.events import RecordKind
from loopviz.timeline.family import Family
from loopviz.timeline.labels import call_label, loop_label, task_label
from loopviz.timeline.row_order import Sort, TaskOrder, state_of
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace

#: Levels of the tree whose lines are drawn; what lies deeper begins with ``⋯``.
DEEPEST_DRAWN = 8
_LEVEL = len("│ ")
_CUT = "⋯ "


class RowKind(IntEnum):
    LOOP = 1
    TASK = 2
    CALL = 3


class Row(NamedTuple):
    """One line of the timeline. ``number`` is the loop's, task's or call's; ``guide`` the lines of the tree ("│ └ ").

    ``depth`` counts the rows above it in the tree: 0 for loops and for tasks that no task created.
    """

    kind: RowKind
    number: int
    label: str
    guide: str
    loop: int
    depth: int = 0
    expandable: bool = False
    expanded: bool = False


@dataclass(frozen=True, slots=True)
class RowOptions:
    """``filter`` is looked for in labels and names, whatever the case. ``expanded``: tasks whose calls are shown."""

    sort: Sort = Sort.CREATION
    filter: str = ""
    only_live: bool = False
    expanded: frozenset[int] = frozenset()

    @property
    def depends_on_moment(self) -> bool:
        """Whether which rows there are, or their order, changes from one moment to another."""
        return self.only_live or self.sort is Sort.STATE


class Rows:
    """The rows of a growing trace; asks the trace only for what is new."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._family = Family(trace)
        self.order = TaskOrder(trace)
        self._at_ns: int | None = None
        self._version: object = None
        self._rows: list[Row] = []

    def of(self, options: RowOptions, at_ns: int | None = None) -> list[Row]:
        """All rows from top to bottom; the same list object as long as nothing changed.

        ``at_ns`` is the moment at which tasks have to be alive, where that is asked for, and whose states order them.
        """
        self._family.update()
        self._at_ns = at_ns if options.depends_on_moment else None
        version = (options, self._at_ns, *self._stand(options))
        if version != self._version:
            self._rows = self._made(options)
            self._version = version
        return self._rows

    def _stand(self, options: RowOptions) -> tuple[int, ...]:
        """Numbers that change whenever the rows might."""
        trace = self.trace
        moving = options.only_live or options.sort in (Sort.STATE, Sort.BUSY)
        return (
            self._family.revision,
            len(trace.definitions.loops),
            len(trace.of_kind(RecordKind.TASK_CREATED)),
            len(trace.of_kind(RecordKind.TASK_RENAMED)),
            len(trace.records) if moving else 0,
            sum(map(self._is_hidden, trace.housekeeping)),
        )

    def _is_hidden(self, number: int) -> bool:
        """Whether a task is one of those by which ``asyncio.run`` ends, and found nothing to do or to wait for."""
        task = self.trace.tasks[number]
        return task.step_count <= 1 and task.state in (State.UNKNOWN, State.READY, State.RUNNING, State.RETURNED)

    def _made(self, options: RowOptions) -> list[Row]:
        trace, parents = self.trace, self._family.parents
        hidden = {number for number in trace.housekeeping if self._is_hidden(number)}
        shown = self._shown(options)
        roots: dict[int, list[int]] = {number: [] for number in sorted(trace.definitions.loops)}
        for task in trace.tasks.values():
            is_root = options.sort.is_flat or task.number not in parents
            if is_root and task.number not in hidden and (shown is None or task.number in shown):
                roots.setdefault(task.loop, []).append(task.number)
        rows: list[Row] = []
        for loop, members in roots.items():
            label = loop_label(trace, loop)
            if members or _matches(label, options.filter):
                rows.append(Row(RowKind.LOOP, loop, label, "", loop))
                rows += self._tree(members, loop, options, shown)
        return rows

    def _tree(self, roots: list[int], loop: int, options: RowOptions, shown: set[int] | None) -> list[Row]:
        """The rows of tasks and what is below them, top to bottom."""
        rows: list[Row] = []
        ordered = self.order.of(roots, options.sort, self._at_ns)
        nodes = [_Node(RowKind.TASK, number, "", "", 0) for number in reversed(ordered)]
        while nodes:
            node = nodes.pop()
            if node.kind == RowKind.CALL:
                label = call_label(self.trace, node.number)
                rows.append(Row(node.kind, node.number, label, node.guide, loop, node.depth))
                below = _nodes(RowKind.CALL, self._family.inner_calls.get(node.number, []))
            else:
                label = task_label(self.trace, self.trace.tasks[node.number])
                calls = self._family.calls.get(node.number, [])
                opened = bool(calls) and node.number in options.expanded
                rows.append(Row(node.kind, node.number, label, node.guide, loop, node.depth, bool(calls), opened))
                below = _nodes(RowKind.CALL, calls) if opened else []
                if not options.sort.is_flat:
                    below += _nodes(RowKind.TASK, self._children(node.number, shown))
            nodes += _below(node, below)
        return rows

    def _children(self, number: int, shown: set[int] | None) -> list[int]:
        children = self._family.children.get(number, [])
        return sorted(children if shown is None else [child for child in children if child in shown])

    def _shown(self, options: RowOptions) -> set[int] | None:
        """The tasks to list: those that pass, and in the tree their ancestors; None for all."""
        if not options.filter and not options.only_live:
            return None
        shown: set[int] = set()
        for task in self.trace.tasks.values():
            number: int | None = task.number
            if not self._passes(task, options):
                continue
            while number is not None and number not in shown:
                shown.add(number)
                number = None if options.sort.is_flat else self._family.parents.get(number)
        return shown

    def _passes(self, task: Task, options: RowOptions) -> bool:
        state = state_of(task, self._at_ns)
        return (not options.only_live or (state is not None and state not in FINISHED)) and (
            _matches(task_label(self.trace, task), options.filter)
            or _matches(task.name, options.filter)
            or _matches(task.coroutine, options.filter)
        )


class _Node(NamedTuple):
    """A row to be made. ``prefix`` is the guide of what is below it, up to its own level."""

    kind: RowKind
    number: int
    guide: str
    prefix: str
    depth: int


def _nodes(kind: RowKind, numbers: list[int]) -> list[tuple[RowKind, int]]:
    return [(kind, number) for number in numbers]


def _below(node: _Node, members: list[tuple[RowKind, int]]) -> list[_Node]:
    """The nodes below one, last first, as a stack wants them."""
    if not members:
        return []
    prefix, depth = node.prefix, node.depth + 1
    if depth > DEEPEST_DRAWN:
        prefix = _CUT + prefix[len(_CUT) + _LEVEL :]
    middle = [_Node(kind, number, prefix + "├ ", prefix + "│ ", depth) for kind, number in members]
    kind, number = members[-1]
    middle[-1] = _Node(kind, number, prefix + "└ ", prefix + "  ", depth)
    middle.reverse()
    return middle


def _matches(label: str, text: str) -> bool:
    return text.casefold() in label.casefold()


def rows_of(trace: Trace, options: RowOptions | None = None) -> list[Row]:
    """The rows of a trace that no longer grows."""
    return Rows(trace).of(options or RowOptions())
