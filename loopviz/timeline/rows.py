"""Rows: what is listed, in which order, and how the tree is drawn.

Decides that each loop has a row, its tasks stand below it as a tree of who created whom, or flat in another order (see
``row_order``), and an opened task shows its calls as lanes before its children. A filter keeps the tasks that hold its
text (see ``row_filter``) and, in the tree, all that lead to them. Not listed are the tasks by which ``asyncio.run``
ends, unless they found something to wait for, or failed.

Ten thousand rows cost some milliseconds to list, so they are kept until something that they show has changed.

Awkward cases: a chain in which each task created the next may be as deep as there are tasks: it is walked with a list,
not by recursion, and drawn with ``DEEPEST_DRAWN`` levels at most; a filter that matches nothing leaves no rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopviz.events import RecordKind
from loopviz.timeline.family import Family
from loopviz.timeline.labels import loop_label
from loopviz.timeline.row_filter import RowFilter, holds
from loopviz.timeline.row_list import Row, RowKind, RowList
from loopviz.timeline.row_order import Sort, TaskOrder, state_of
from loopviz.trace.lifecycle import FINISHED, State
from loopviz.trace.tasks import Task
from loopviz.trace.trace import Trace

__all__ = ["DEEPEST_DRAWN", "Row", "RowKind", "RowList", "RowOptions", "Rows", "Sort", "rows_of"]

#: Levels of the tree whose lines are drawn; what lies deeper begins with ``⋯``.
DEEPEST_DRAWN = 8
_LEVEL = len("│ ")
_CUT = "⋯ "
_TASK, _CALL = int(RowKind.TASK), int(RowKind.CALL)


@dataclass(frozen=True, slots=True)
class RowOptions:
    """``filter`` is a text to look for, see ``row_filter``. ``expanded``: tasks whose calls are shown."""

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
        self._rows = RowList(trace)

    def of(self, options: RowOptions, at_ns: int | None = None) -> RowList:
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
            len(trace.of_kind(RecordKind.BLOCKED)) if options.filter else 0,
            len(trace.records) if moving else 0,
            sum(map(self._is_hidden, trace.housekeeping)),
        )

    def _is_hidden(self, number: int) -> bool:
        """Whether a task is one of those by which ``asyncio.run`` ends, and found nothing to do or to wait for."""
        task = self.trace.tasks[number]
        return task.step_count <= 1 and task.state in (State.UNKNOWN, State.READY, State.RUNNING, State.RETURNED)

    def _made(self, options: RowOptions) -> RowList:
        trace, parents = self.trace, self._family.parents
        hidden = {number for number in trace.housekeeping if self._is_hidden(number)}
        shown = self._shown(options)
        roots: dict[int, list[int]] = {number: [] for number in sorted(trace.definitions.loops)}
        for task in trace.tasks.values():
            is_root = options.sort.is_flat or task.number not in parents
            if is_root and task.number not in hidden and (shown is None or task.number in shown):
                roots.setdefault(task.loop, []).append(task.number)
        rows = RowList(trace)
        for loop, members in roots.items():
            if members or holds(loop_label(trace, loop), options.filter):
                rows.add(RowKind.LOOP, loop, "", loop, 0)
                self._add_tree(rows, loop, self.order.of(members, options.sort, self._at_ns), options, shown)
        return rows

    def _add_tree(
        self, rows: RowList, loop: int, roots: list[int], options: RowOptions, shown: set[int] | None
    ) -> None:
        """Add the rows of tasks and of all that is below them."""
        ways = [_Branch(roots, "", 0)]
        while ways:
            branch = ways[-1]
            for member in branch.left:
                guide = branch.last_guide if member == branch.last else branch.guide
                below = self._below(member, options, shown)
                if member < 0:
                    rows.add(_CALL, -member, guide, loop, branch.depth)
                else:
                    opens = member in self._family.calls
                    rows.add(_TASK, member, guide, loop, branch.depth, opens, opens and member in options.expanded)
                if below:
                    ways.append(_Branch(below, branch.prefix_below(member), branch.depth + 1))
                    break
            else:
                ways.pop()

    def _below(self, member: int, options: RowOptions, shown: set[int] | None) -> list[int]:
        """What stands right below a task or call, as ``_Branch`` has it."""
        family = self._family
        if member < 0:
            return [-call for call in family.inner_calls.get(-member, ())]
        children = [] if options.sort.is_flat else self._children(member, shown)
        if member in options.expanded and member in family.calls:
            return [*(-call for call in family.calls[member]), *children]
        return children

    def _children(self, number: int, shown: set[int] | None) -> list[int]:
        children = self._family.children.get(number, [])
        return sorted(children if shown is None else [child for child in children if child in shown])

    def _shown(self, options: RowOptions) -> set[int] | None:
        """The tasks to list: those that pass, and in the tree their ancestors; None for all."""
        if not options.filter and not options.only_live:
            return None
        shown: set[int] = set()
        kept = RowFilter(self.trace, options.filter)
        for task in self.trace.tasks.values():
            number: int | None = task.number
            if (options.only_live and not self._is_alive(task)) or not kept.passes(task):
                continue
            while number is not None and number not in shown:
                shown.add(number)
                number = None if options.sort.is_flat else self._family.parents.get(number)
        return shown

    def _is_alive(self, task: Task) -> bool:
        state = state_of(task, self._at_ns)
        return state is not None and state not in FINISHED


class _Branch:
    """The rows right below one: tasks by their numbers, calls by theirs below zero.

    ``left`` gives those that are still to be listed, ``prefix`` is what the lines of the tree begin with.
    """

    def __init__(self, members: list[int], prefix: str, depth: int) -> None:
        self.left = iter(members)
        self.last = members[-1] if members else 0
        self.depth = depth
        self._prefix = prefix
        self.guide, self.last_guide = (prefix + "├ ", prefix + "└ ") if depth else ("", "")

    def prefix_below(self, member: int) -> str:
        """What the lines of the tree begin with below one of the members."""
        if not self.depth:
            return ""
        prefix = self._prefix + ("  " if member == self.last else "│ ")
        return _CUT + prefix[len(_CUT) + _LEVEL :] if self.depth >= DEEPEST_DRAWN else prefix


def rows_of(trace: Trace, options: RowOptions | None = None) -> list[Row]:
    """The rows of a trace that no longer grows."""
    return list(Rows(trace).of(options or RowOptions()))
