"""The bundled scenarios, as their own files tell of them.

Decides how a file becomes a card. The package ``loopviz.scenarios`` is found as Python finds any package, and its
files are read, never imported: a scenario that is broken, or that needs what is not installed, still has its card. A
file's docstring is the card::

    Title, the first line

    The lesson: what to watch for.

    Needs: Python 3.12              or  Needs: loopviz[http]
    Clock: real                     its lesson is lost under the virtual clock, which knows neither I/O nor computing
    Section: 2.10                   tenth in section 2; the package's own docstring has the sections' titles

Awkward cases: no docstring or no section puts a file last, under "Other", titled by its file name; a file that can't be
read or parsed is there too, and ``missing`` says why; a name that begins with ``_`` is no scenario.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from importlib.machinery import SOURCE_SUFFIXES
from importlib.util import decode_source, find_spec
from pathlib import Path
from typing import NamedTuple

from loopviz.errors import LoopvizError

_PACKAGE = "loopviz.scenarios"
_SECTION_TITLE = re.compile(r"^(\d+)\s+(\S.*)$", re.MULTILINE)
_TRAILER = re.compile(r"^(Needs|Clock|Section):\s*(.*?)\s*$")
_PLACE = re.compile(r"^(\d+)\.(\d+)$")
_PYTHON = re.compile(r"^Python (\d+)\.(\d+)$")
_EXTRA = re.compile(r"^loopviz\[(\w+)\]$")
#: What an extra installs, by the module that proves it is there.
EXTRA_MODULES = {"http": "aiohttp"}


class ScenariosMissing(LoopvizError):
    """loopviz runs from a source tree that was never installed."""

    def __init__(self) -> None:
        super().__init__("the scenarios are not installed; 'pip install -e .' in the source tree does it")


class Section(NamedTuple):
    """A part of the catalogue. ``number`` is None for the scenarios that name no section."""

    number: int | None
    title: str

    def __str__(self) -> str:
        return f"{self.number}. {self.title}" if self.number is not None else self.title


OTHER = Section(None, "Other")


class Scenario(NamedTuple):
    """One card. ``position`` orders it within its section; ``missing`` is what it lacks to run here, if anything.

    ``needs_time`` says that it means nothing under the virtual clock.
    """

    name: str
    title: str
    lesson: str
    section: Section
    position: int
    path: Path
    source: str
    missing: str | None
    needs_time: bool = False


def scenarios(directory: Path | None = None) -> list[Scenario]:
    """Every scenario in the order to show. ``directory`` stands in for the installed package.

    Raises ScenariosMissing where the package is not installed.
    """
    directory = directory or _installed()
    titles = _section_titles(directory)
    found = (_read(path, titles) for path in _files(directory))
    return sorted(found, key=lambda card: (card.section.number is None, card.section, card.position, card.name))


def names(directory: Path | None = None) -> list[str]:
    """The names of all scenarios, sorted; opens no file. Raises ScenariosMissing."""
    return [path.stem for path in _files(directory or _installed())]


def find(name: str, directory: Path | None = None) -> Scenario | None:
    """The scenario of this name, read from its file alone; None if there is none. Raises ScenariosMissing."""
    directory = directory or _installed()
    path = directory / f"{name}.py"
    return _read(path, _section_titles(directory)) if path in _files(directory) else None


def _installed() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ScenariosMissing
    return Path(spec.submodule_search_locations[0])


def _files(directory: Path) -> list[Path]:
    return sorted(p for p in directory.iterdir() if p.suffix in SOURCE_SUFFIXES and not p.name.startswith("_"))


def _section_titles(directory: Path) -> dict[int, str]:
    try:
        text = _docstring(decode_source((directory / "__init__.py").read_bytes()))
    except (OSError, SyntaxError, ValueError):
        return {}
    return {int(number): title.strip() for number, title in _SECTION_TITLE.findall(text)}


def _read(path: Path, titles: dict[int, str]) -> Scenario:
    source = ""
    try:
        source = decode_source(path.read_bytes())
        text = _docstring(source)
    except OSError as error:
        missing = f"can't be read: {(error.strerror or str(error)).lower()}"
    except SyntaxError as error:
        missing = f"can't be parsed: line {error.lineno or '?'}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        missing = f"can't be parsed: {error}"
    else:
        return _card(path, source, text, titles)
    return Scenario(path.stem, path.name, "", OTHER, 0, path, source, missing)


def _docstring(source: str) -> str:
    return ast.get_docstring(ast.parse(source), clean=False) or ""


def _card(path: Path, source: str, text: str, titles: dict[int, str]) -> Scenario:
    lines, trailer = _split(text)
    section, position = OTHER, 0
    for key, value in trailer:
        if key == "Section" and (place := _PLACE.match(value)) and int(place[1]) in titles:
            section, position = Section(int(place[1]), titles[int(place[1])]), int(place[2])
    title = lines[0].strip() if lines else path.name
    lesson = "\n".join(lines[1:]).strip("\n")
    needs = [value for key, value in trailer if key == "Needs"]
    needs_time = ("Clock", "real") in trailer
    return Scenario(path.stem, title, lesson, section, position, path, source, _missing(needs), needs_time)


def _split(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The docstring's lines down to the lesson's last, and the ``(key, value)`` pairs after it."""
    lines = text.strip().splitlines()
    trailer: list[tuple[str, str]] = []
    while lines:
        if entry := _TRAILER.match(lines[-1]):
            trailer.insert(0, (entry[1], entry[2]))
        elif lines[-1].strip():
            break
        lines.pop()
    return lines, trailer


def _missing(needs: Iterable[str]) -> str | None:
    return next((what for need in needs if (what := _lack(need))), None)


def _lack(need: str) -> str | None:
    """What to do about one ``Needs:`` line; None where it is met."""
    if python := _PYTHON.match(need):
        met = sys.version_info[:2] >= (int(python[1]), int(python[2]))
        return None if met else f"needs {need}, and this is {sys.version_info[0]}.{sys.version_info[1]}"
    if extra := _EXTRA.match(need):
        module = EXTRA_MODULES.get(extra[1])
        met = module is not None and find_spec(module) is not None
        return None if met else f"needs the extra {extra[1]!r}: pip install '{need}'"
    return f"needs {need}"
