"""The named things that records point at: texts, code, frames, loops, and the source lines kept with them.

Decides how a definition's bytes become an object. Ids come from the file and are never trusted: an id that was not
defined gives ``None`` or an empty chain, since a bounded recording may have dropped it. A definition that makes no
sense is left out, and one of a kind that a later version may add is skipped; the others of its chunk are taken all the
same.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from loopviz.events import DEFINITION, SITE, DefinitionKind

_TEXT = int(DefinitionKind.TEXT)


@dataclass(frozen=True, slots=True)
class Code:
    """A function: qualified name, file as the recorder shortened it, first line, and whether it is library code."""

    name: str
    file: str
    line: int
    library: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of an await chain or stack. ``line`` is the line being awaited or executed; 0 where unknown."""

    name: str
    file: str
    line: int
    library: bool

    @property
    def place(self) -> str:
        """``file:line``, as the screens print it."""
        return f"{self.file}:{self.line}" if self.line > 0 else self.file


def innermost_own(chain: tuple[Frame, ...]) -> Frame:
    """The innermost frame of the user's own code; the innermost of all where there is none."""
    return next((frame for frame in reversed(chain) if not frame.library), chain[-1])


@dataclass(frozen=True, slots=True)
class LoopInfo:
    """One event loop: its number, implementation ("asyncio", "uvloop"), class and the thread it first ran in."""

    number: int
    kind: str
    loop_class: str
    thread: str


@dataclass(slots=True)
class Definitions:
    """All definitions of one trace, by id."""

    texts: dict[int, str] = field(default_factory=dict)
    codes: dict[int, Code] = field(default_factory=dict)
    loops: dict[int, LoopInfo] = field(default_factory=dict)
    sources: dict[str, dict[int, str]] = field(default_factory=dict)
    _loops_run: set[int] = field(default_factory=set)
    _sites: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    _chains: dict[int, tuple[Frame, ...]] = field(default_factory=dict)

    def chain(self, site: int) -> tuple[Frame, ...]:
        """The frames from the task's own coroutine (first) to the innermost (last); empty for an unknown site."""
        known = self._chains.get(site)
        if known is None:
            known = self._chains[site] = tuple(reversed(list(self._walk(site))))
        return known

    def _walk(self, site: int) -> Iterator[Frame]:
        # A damaged file may hold a cycle; every parent is defined before its child, so ids must fall.
        while (entry := self._sites.get(site)) is not None:
            parent, code_id, line = entry
            if (code := self.codes.get(code_id)) is not None:
                yield Frame(code.name, code.file, line, code.library)
            if parent >= site:
                return
            site = parent

    def source_line(self, file: str, line: int) -> str | None:
        """The text of one line, where the recording kept it."""
        return self.sources.get(file, {}).get(line)

    def runs_in(self, loop: int, thread: int) -> None:
        """A loop starts, in the thread of that text. Until its first start it is known by where it was made."""
        info, name = self.loops.get(loop), self.texts.get(thread)
        if info is not None and name is not None and loop not in self._loops_run:
            self._loops_run.add(loop)
            self.loops[loop] = replace(info, thread=name)

    def add_all(self, payload: bytes) -> int:
        """Take in the payload of a chunk of definitions; returns how many of them make no sense."""
        position = refused = 0
        head, head_size, texts = DEFINITION.unpack_from, DEFINITION.size, self.texts
        last = len(payload) - head_size
        while position <= last:
            kind, number, length = head(payload, position)
            start = position + head_size
            position = start + length
            try:
                if kind == _TEXT:  # nearly all are
                    texts[number] = payload[start:position].decode("utf-8", "surrogatepass")
                else:
                    self._add(kind, number, payload[start:position])
            except (ValueError, TypeError, OverflowError, RecursionError, struct.error):
                refused += 1
        return refused + (position != len(payload))

    def _add(self, kind: int, number: int, body: bytes) -> None:
        self._chains.clear()  # a chain asked for before all of it was defined may be longer now
        if kind == DefinitionKind.SITE:
            parent, code, line, _offset = SITE.unpack(body)
            self._sites[number] = (parent, code, line)
        elif kind in _FROM_JSON:
            facts = json.loads(body)
            if not isinstance(facts, dict):
                raise ValueError("a definition is not an object")
            _FROM_JSON[kind](self, number, facts)

    def _add_code(self, number: int, facts: dict[str, Any]) -> None:
        self.codes[number] = Code(
            str(facts.get("name", "?")),
            str(facts.get("file", "")),
            int(facts.get("line", 0)),
            bool(facts.get("library")),
        )

    def _add_loop(self, number: int, facts: dict[str, Any]) -> None:
        self.loops[number] = LoopInfo(
            number, str(facts.get("kind", "?")), str(facts.get("class", "?")), str(facts.get("thread", "?"))
        )

    def _add_source(self, _number: int, facts: dict[str, Any]) -> None:
        first = int(facts.get("line", 1))
        lines = self.sources.setdefault(str(facts.get("file", "")), {})
        text = str(facts.get("text", "")).replace("\r\n", "\n").replace("\r", "\n")
        # Not splitlines(): a form feed within the source ends no line of Python.
        lines.update(enumerate(text.removesuffix("\n").split("\n"), first))


_FROM_JSON: dict[int, Callable[[Definitions, int, dict[str, Any]], None]] = {
    DefinitionKind.CODE: Definitions._add_code,
    DefinitionKind.LOOP: Definitions._add_loop,
    DefinitionKind.SOURCE: Definitions._add_source,
}
