"""From TARGET, as typed, to the program it names.

Decides what a word means. ``-m MODULE`` is a module. A word with a path separator or that ends in ``.py`` is a file, so
``./gather.py`` is never the scenario. Any other word is a scenario first, then a file of that name.

What can't run is said here, before a recorder or a screen starts: no such file (with the nearest names), a directory
without ``__main__.py``, a file that can't be read, a trace, a module that isn't there, a scenario whose requirement is
missing, or that is given an option of loopviz's behind its name (any other program may have one that is called so).
What a program is made of is not looked at: its syntax errors are told by Python, as always.

Awkward cases: a module's parents would run if asked for, so only the first part of its name is looked up; a pipe
(bash's ``<(...)``) is a file that can be opened only once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from loopviz.commands.launch_options import own_flag
from loopviz.errors import ProgramUnrunnable, TargetMissing, TargetUnknown
from loopviz.events import MAGIC


class Program(NamedTuple):
    """A program to run. ``flag`` is ``--path`` or ``--module``, as the recorder takes them, ``place`` what follows it.

    ``scenario`` is the scenario's name, None for any other program. ``arguments`` are the program's own.
    ``needs_time``, which is known of scenarios alone, says that it means nothing under the virtual clock.
    """

    flag: str
    place: str
    arguments: tuple[str, ...]
    scenario: str | None = None
    needs_time: bool = False

    @property
    def label(self) -> str:
        """What to call it: the scenario, the file's name, or the module."""
        if self.flag == "--module" or self.scenario:
            return self.scenario or self.place
        return os.path.basename(os.path.abspath(self.place))

    @property
    def default_output(self) -> str:
        """The trace's file name where none is given."""
        return self.label.removesuffix(".py") + ".loopviz"


def resolve(words: Sequence[str], command: str = "run") -> Program:
    """The program that ``words`` name: TARGET, then its arguments. ``command`` is for the complaint that there is none.

    Raises TargetMissing, TargetUnknown, ProgramUnrunnable, ScenariosMissing.
    """
    match list(words):
        case [] | ["-m"]:
            raise TargetMissing(command)
        case ["-m", module, *arguments]:
            return _module(module, arguments)
        case [joined, *arguments] if joined.startswith("-m"):
            return _module(joined[2:], arguments)
        case [target, *arguments]:
            return _file(target, arguments) if _is_path(target) else _scenario(target, arguments)
    raise TargetMissing(command)


def _is_path(target: str) -> bool:
    return target.endswith(".py") or os.sep in target or bool(os.altsep and os.altsep in target)


def _module(module: str, arguments: Sequence[str]) -> Program:
    top = module.partition(".")[0]
    if not top or not _can_be_found(top):
        raise ProgramUnrunnable(f"-m {module}", f"no module is named {top or module!r}")
    return Program("--module", module, tuple(arguments))


def _can_be_found(top: str) -> bool:
    from importlib.util import find_spec

    here = [] if sys.flags.safe_path else [os.getcwd()]
    sys.path[:0] = here
    try:
        return find_spec(top) is not None
    except ValueError:
        return True
    finally:
        del sys.path[: len(here)]


def _scenario(name: str, arguments: Sequence[str]) -> Program:
    # Imported late: `record FILE.py` needs nothing of the catalogue.
    from loopviz import catalogue

    card = catalogue.find(name)
    if card is None:
        return _file(name, arguments)
    if card.missing is not None:
        raise ProgramUnrunnable(name, f"it {card.missing}")
    if (misplaced := next(filter(None, map(own_flag, arguments)), None)) is not None:
        raise ProgramUnrunnable(name, f"{misplaced} is loopviz's own, and goes before the name")
    return Program("--path", str(card.path), tuple(arguments), name, card.needs_time)


def _file(path: str, arguments: Sequence[str]) -> Program:
    if not os.path.exists(path):
        raise TargetUnknown(path, _nearest(path))
    runs = os.path.join(path, "__main__.py") if os.path.isdir(path) else path
    if not os.path.exists(runs):
        raise ProgramUnrunnable(path, "it is a directory without __main__.py")
    if not os.access(runs, os.R_OK):
        raise ProgramUnrunnable(path, "permission denied")
    if os.path.isfile(runs) and is_trace(runs):
        raise ProgramUnrunnable(path, f"it is a recorded trace; 'loopviz open {path}' shows it")
    return Program("--path", path, tuple(arguments))


def _nearest(target: str) -> list[str]:
    """The names that ``target`` may have meant: scenarios, and files beside it."""
    from difflib import get_close_matches

    from loopviz import catalogue

    folder, name = os.path.split(target)
    files = [file for file in _listing(folder or os.curdir) if file.endswith(".py")]
    scenarios = [] if folder else catalogue.names()
    near = get_close_matches(name, [*scenarios, *files], n=3)
    near = near or get_close_matches(name.removesuffix(".py"), scenarios, n=3)
    return [os.path.join(folder, name) for name in near]


def _listing(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def is_trace(word: str) -> bool:
    """Whether a TARGET is a recorded trace: it is called one, or begins like one."""
    if word.endswith(".loopviz"):
        return True
    try:
        with open(word, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False
