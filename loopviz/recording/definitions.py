"""Interning: each text, function and frame is written once and called by a number from then on.

Decides what lasts and what passes. Functions, frames and callback names are bounded by the program's own text, so they
are remembered for good (a function's code object is kept alive by that; no task, coroutine or future is). Names,
results, arguments and output are not bounded: they are remembered only as long as few, and written again after that.
Loops are not bounded either, where each request runs one of its own: they pass, too.

Awkward cases: two threads may define at once, and a destructor may print while a definition is under way, hence a
re-entrant lock; it is the sink's own, since two could be waited for crosswise. A frame's line is looked up once, when
its instruction is first seen. Source lines are read when their function is first seen, from the file as it is then.
"""

from __future__ import annotations

import json
import linecache
from contextlib import AbstractContextManager
from itertools import count
from types import CodeType, FrameType
from typing import Any

from loopviz.events import DEFINITION, SITE, DefinitionKind
from loopviz.recording.chains import LEAVES
from loopviz.recording.places import Places
from loopviz.recording.probes import is_telling
from loopviz.recording.sites import Code, Origin, Site

#: Of one function, at most so many lines of source are kept.
MOST_SOURCE_LINES = 400
_MOST_PASSING = 4096
_TEXT = int(DefinitionKind.TEXT)


class Definitions:
    """What has been defined, and the bytes of what has not been written yet."""

    def __init__(self, places: Places, lock: AbstractContextManager[Any]) -> None:
        self.lock = lock
        #: Whose a function is, by the identity of its code; see ``callers``.
        self.origins: dict[int, Origin] = {}
        self._kept: list[CodeType] = []
        #: The root of all known frames. Read by the hot path.
        self.root = Site(0, False)
        self._places = places
        #: By the identity of a function's code. Read by what creates tasks.
        self.codes: dict[int, Code] = {}
        self._named_codes: dict[str, int] = {}
        self._frameless: dict[tuple[int, str], Site] = {}
        self._names: dict[str, int] = {}
        self._passing: dict[str, int] = {}
        self._numbers = {kind: count(1) for kind in DefinitionKind}
        self._next_text = self._numbers[DefinitionKind.TEXT].__next__
        self._lasting_bytes = bytearray()
        self._passing_bytes = bytearray()

    def take(self) -> tuple[bytearray, bytearray]:
        """The bytes of lasting and of passing definitions not yet written; from now on they count as written."""
        with self.lock:
            lasting, passing = bytearray(), bytearray()
            lasting, self._lasting_bytes = self._lasting_bytes, lasting
            passing, self._passing_bytes = self._passing_bytes, passing
        return lasting, passing

    def forget_passing(self) -> None:
        """The file has dropped passing texts: from now on they are written again."""
        with self.lock:
            self._passing.clear()

    def name(self, text: str) -> int:
        """The number of a text of which a program has few: the name of a function or type."""
        number = self._names.get(text)
        if number is None:
            with self.lock:
                number = self._names[text] = self._define(DefinitionKind.TEXT, text.encode("utf-8", "surrogatepass"))
        return number

    def passing(self, text: str) -> int:
        """The number of a text of which a program may have any number; 0 for an empty one."""
        if not text:
            return 0
        number = self._passing.get(text)
        if number is None:
            with self.lock:
                if len(self._passing) >= _MOST_PASSING:
                    self._passing.clear()
                number = self._next_text()
                body = text.encode("utf-8", "surrogatepass")
                entry = DEFINITION.pack(_TEXT, number, len(body)) + body
                # A destructor that runs before this line may have had the bytes so far written and begun anew.
                self._passing_bytes += entry
                self._passing[text] = number
        return number

    def _define(self, kind: DefinitionKind, body: bytes, lasting: bool = True) -> int:
        number = next(self._numbers[kind])
        entry = DEFINITION.pack(kind, number, len(body)) + body
        if lasting:
            self._lasting_bytes += entry  # as in ``passing``
        else:
            self._passing_bytes += entry
        return number

    def _define_json(self, kind: DefinitionKind, facts: dict[str, Any], lasting: bool = True) -> int:
        body = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode()
        return self._define(kind, body, lasting)

    def loop(self, facts: dict[str, Any]) -> int:
        """A new event loop's number."""
        with self.lock:
            return self._define_json(DefinitionKind.LOOP, facts, lasting=False)

    def short_file(self, filename: str) -> str:
        """How the trace calls a file."""
        return self._places.of(filename)[0]

    def keep(self, code: CodeType) -> None:
        """Keep a function's code alive, so that its identity stays its own."""
        self._kept.append(code)

    def code(self, code: CodeType) -> Code:
        """What is known of a function. It is kept alive by that, or another's identity could be the same one day."""
        known = self.codes.get(id(code))
        if known is None:
            with self.lock:
                known = self.codes.get(id(code)) or self._define_code(code)
        return known

    def _define_code(self, code: CodeType) -> Code:
        file, library = self._places.of(code.co_filename)
        facts = {"name": code.co_qualname, "file": file, "line": code.co_firstlineno, "library": library}
        number = self._define_json(DefinitionKind.CODE, facts)
        known = self.codes[id(code)] = Code(code, number, library, self.root.inner.setdefault(id(code), {}))
        if not library:
            self._keep_source(code, file)
        return known

    def _keep_source(self, code: CodeType, file: str) -> None:
        first = max(1, code.co_firstlineno)
        last = max((line for _start, _end, line in code.co_lines() if line), default=first)
        lines = linecache.getlines(code.co_filename)[first - 1 : min(last, first + MOST_SOURCE_LINES)]
        if lines:
            self._define_json(DefinitionKind.SOURCE, {"file": file, "line": first, "text": "".join(lines)})

    def code_named(self, name: str) -> int:
        """The number of a function without Python code (an extension's coroutine)."""
        number = self._named_codes.get(name)
        if number is None:
            with self.lock:
                facts = {"name": name, "file": "", "line": 0, "library": True}
                number = self._named_codes[name] = self._define_json(DefinitionKind.CODE, facts)
        return number

    def site(self, parent: Site, frame: FrameType) -> Site:
        """The site of a frame inside ``parent``, the frame that awaits or calls it; defined where it is new."""
        known = parent.inner.get(id(frame.f_code), _NOTHING).get(frame.f_lasti)
        if known is None:
            with self.lock:
                known = self._define_site(parent, frame)
                parent.inner.setdefault(id(frame.f_code), {})[frame.f_lasti] = known
        return known

    def link(self, parent: Site, frame: FrameType) -> Site:
        """The site of a frame of an await chain. A library's is known by its code alone, so its line is the one it was
        first seen at: to ask for the line of each would cost more than all the rest of the record.
        """
        code = frame.f_code
        if not self.code(code).library:
            return self.site(parent, frame)
        known = parent.library.get(id(code))
        if known is None:
            with self.lock:
                known = parent.library[id(code)] = self._define_site(parent, frame)
                parent.usual, parent.usual_code = known, code
                known.leaf = id(code) in LEAVES
                if parent is self.root:
                    self.code(code).outermost = known
        return known

    def frameless(self, parent: Site, name: str) -> Site:
        """The site of a coroutine that has a name but no frame."""
        known = self._frameless.get((parent.number, name))
        if known is None:
            with self.lock:
                body = SITE.pack(parent.number, self.code_named(name), 0, -1)
                number = self._define(DefinitionKind.SITE, body)
                known = self._frameless[parent.number, name] = Site(number, False)
        return known

    def _define_site(self, parent: Site, frame: FrameType) -> Site:
        code = self.code(frame.f_code)
        body = SITE.pack(parent.number, code.number, frame.f_lineno or 0, frame.f_lasti)
        number = self._define(DefinitionKind.SITE, body)
        # What a telling function of a library awaits (``as_completed`` a queue) tells the same.
        telling = is_telling(frame.f_code, code.library) or (code.library and not parent.user and parent.telling)
        return Site(number, not code.library, telling)


_NOTHING: dict[int, Site] = {}
