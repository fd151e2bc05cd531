"""The golden traces: every event of a scenario under the virtual clock, in a form that a person can read and compare.

Decides what is golden: all that the program chose. What Python chose is left out: its version, frames inside libraries,
the names it gives to tasks, the tasks by which ``asyncio.run`` ends, the traceback that it prints. Where a newer Python
brings other events, ``NAME.3.12.txt`` holds from 3.12 on, up to the next such text; before the first of them
``NAME.txt`` holds.

``python -m pytest tests/lessons/test_golden_traces.py --rewrite-golden`` writes the texts of the running Python anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loopviz.trace.chronicle import Chronicle
from loopviz.trace.facts import Event
from loopviz.trace.trace import Trace

#: Names that asyncio gave; a defect of 3.13.0 names an eager task "None".
_MADE_UP = re.compile(r"Task-\d+|None")
FOLDER = Path(__file__).parent / "golden"
_NOT_GOLDEN = frozenset(
    {"python", "kind", "class", "thread", "file", "line", "created_file", "created_line", "library"}
)


def text_of(trace: Trace) -> str:
    """Every event on a line: its time in microseconds, its name, its task, its facts."""
    chronicle = Chronicle(trace)
    chronicle.update()
    events = [event for event in chronicle if _is_golden(trace, event)]
    last = max(index for index, event in enumerate(events) if event.task is not None)
    return "".join(f"{_line(event)}\n" for event in events[: last + 1])


def _is_golden(trace: Trace, event: Event) -> bool:
    if event.name == "output":
        return bool(event.facts["stream"] == "stdout")
    return event.task is None or not trace.tasks[event.task].coroutine.startswith("BaseEventLoop.")


def _line(event: Event) -> str:
    task = "" if event.task is None else f"task {event.task}"
    facts = "  ".join(_facts(event.facts))
    return f"{event.t_ns / 1000:14.3f}  {event.name:18}{task:8}  {facts}".rstrip()


def _facts(facts: Any) -> Iterator[str]:
    for name, value in facts.items():
        if name == "frames":
            yield "frames=" + " > ".join(f"{frame['name']}:{frame['line']}" for frame in value if not frame["library"])
        elif name not in _NOT_GOLDEN and not _MADE_UP.fullmatch(str(value)) and value not in (None, "", False):
            yield f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}"


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """The golden text of a scenario for the running Python: the newest that is not newer."""
    versions = sorted(
        (tuple(map(int, path.name[len(name) + 1 : -4].split("."))), path) for path in folder.glob(f"{name}.3.*.txt")
    )
    fitting = [path for version, path in versions if version <= sys.version_info[:2]]
    return fitting[-1] if fitting else folder / f"{name}.txt"
