"""What the screen shows: a trace that was recorded, or a program that runs now. The seam to ``loopviz.commands``.

The command line gives the screen three things and knows nothing else of it::

    with Session.live(launch) as session:            # or Session.opened(path), or None: the picker opens
        app = LoopvizApp(session, offer)
        app.run()
        app.session                                  # the last one on show: a rerun and the picker start others

- ``Session.opened(path)``: a finished trace. Raises TraceUnreadable here, before the terminal is touched.
- ``Session.live(launch)``: starts the program. A ``Launch`` says how, so that ``r`` can start it again with a trace of
  its own each time. Raises ProgramUnstartable (a LoopvizError) here.
- ``Offer``: what else the screen can do, made by the command layer since the screen may import neither commands nor
  exporters: the cards of the picker, how a target becomes a ``Launch``, and the formats of the export dialog. All of it
  is called only when the user asks for it, so that the first frame waits for nothing.

Decides whose moment is now: while a program runs on the real clock, now moves on even when nothing is recorded; but
where it writes faster than is read, now is what was read last, since what came after is not known yet.

Awkward cases: the trace file appears only when the child's recorder starts; a child that dies before that leaves no
trace but its stderr; a bounded trace is replaced under us (``generation`` rises); a trace recorded under the virtual
clock has no now but its last event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from loopviz.errors import TraceUnreadable
from loopviz.events import RecordKind
from loopviz.trace.files import TraceFile
from loopviz.trace.trace import Trace
from loopviz.tui.child import Child
from loopviz.tui.contest import Contest

#: Bytes taken in at once, and how long a frame may do so while a large file loads: figures, axes and rows, which are
#: made of them, take as long again.
_BYTES_AT_ONCE = 1 << 16
_READING_S = 0.016
#: The same where a program runs: rather fewer frames than ones that tell of long ago.
_KEEPING_UP_S = 0.03
#: A recorder writes what it has much sooner than this.
_WRITTEN_WITHIN_NS = 200_000_000


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a program under the recorder, as often as asked.

    ``command`` makes the whole argv for a given trace path: ``[sys.executable, "-m", "loopviz.recording",
    "--out=PATH", ...]``. ``new_trace_path`` gives a path for each start, in a directory that exists and is writable;
    the program's stdout and stderr go to the same path with ``.log`` added. ``environment`` is added to this process's
    own.
    """

    title: str
    command: Callable[[Path], Sequence[str]]
    new_trace_path: Callable[[], Path]
    cwd: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    #: What the program was named by, and its own words: as after ``loopviz run``, without that command's options.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One scenario as the picker shows it. ``unavailable`` says why it can't run here and what would help; empty
    where it can.

    ``name`` is the target that ``Offer.launch`` takes, ``lesson`` plain text, ``section`` a title such as "2. Ten
    items, each way"; cards come in the order to show. Keys 1 to 9 run the cards whose ``section`` begins with "2", in
    their order.
    """

    name: str
    title: str
    section: str
    lesson: str
    source: Path
    unavailable: str = ""
    #: Where it lies, as a person would say it.
    place: str = ""

    @property
    def is_method(self) -> bool:
        """Whether it is one of the ways to do ten things, which have a digit key each."""
        return self.section.startswith("2")


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format of the export dialog. ``write(content, path, axis)`` writes the file; ``axis`` is "time" or "steps".

    ``content`` is a Trace, or a Comparison where the format is one of those.

    ``has_axis`` is False where the format knows no axis (JSON); ``write`` is then given "time". It raises a
    LoopvizError or OSError where it can't write; the dialog asks before it replaces a file.
    """

    name: str
    title: str
    suffix: str
    has_axis: bool
    write: Callable[[Any, Path, str], None]


def _no_launch(arguments: Sequence[str]) -> Launch:
    raise LookupError(f"nothing here can start {arguments}")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the command layer offers to the screen. ``launch(["gather", "--items", "3"])`` raises a LoopvizError where
    it can't.

    The first argument is a scenario's name, a path, or ``-m`` with the module after it: the words after ``loopviz
    run``.
    """

    cards: Callable[[], Sequence[Card]] = tuple
    launch: Callable[[Sequence[str]], Launch] = _no_launch
    formats: Callable[[], Sequence[ExportFormat]] = tuple
    #: The comparison that ``c`` opens beside a program, which may be None; and the formats of one.
    compare: Callable[[Launch | None], Contest | None] = lambda _launch: None
    comparison_formats: Callable[[], Sequence[ExportFormat]] = tuple


class Phase(Enum):
    """Where a session stands."""

    WAITING = "waiting for the program to start"
    LIVE = "live"
    FINISHED = "finished"
    OPENED = "opened"


class Session:
    """What is on show. Made by ``opened`` or ``live``; ``close`` ends the program, if one runs."""

    def __init__(self, title: str, path: Path, launch: Launch | None) -> None:
        self.title = title
        self.path = path
        self.launch = launch
        self.child: Child | None = None
        self.unreadable: str | None = None
        self._file: TraceFile | None = None
        self._empty = Trace()
        self._is_closed = False
        self._read_to_the_end = False
        #: Whether there was more to read than could be.
        self._is_behind = False

    @classmethod
    def opened(cls, path: Path) -> Self:
        """A trace that was recorded before. Raises TraceUnreadable."""
        session = cls(path.name, path, None)
        session._file = TraceFile(path)
        try:
            session._file.poll(_BYTES_AT_ONCE)
            if not session._file.has_header:
                raise TraceUnreadable(path, "it ends before a trace begins", "was the program killed at once?")
        except TraceUnreadable:
            session.close()
            raise
        return session

    @classmethod
    def live(cls, launch: Launch) -> Self:
        """Start a program and watch it. Raises ProgramUnstartable."""
        session = cls(launch.title, launch.new_trace_path(), launch)
        log = session.path.with_name(session.path.name + ".log")
        session.child = Child(launch.command(session.path), log, launch.cwd, launch.environment)
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def end(self) -> None:
        """End the program, if it runs. That may take a second, and be done in a thread."""
        if self.child is not None:
            self.child.end()

    def close(self) -> None:
        """End the program, if it runs, and read no further. What was read, and the trace file, stay.

        Not to be called from another thread than ``poll``.
        """
        self._is_closed = True
        self.end()
        if self._file is not None:
            self._file.close()

    @property
    def trace(self) -> Trace:
        """The trace as far as it was read; an empty one while there is none."""
        return self._file.trace if self._file is not None else self._empty

    @property
    def generation(self) -> int:
        """Rises when ``trace`` begins anew with other contents."""
        return self._file.generation if self._file is not None else -1

    @property
    def phase(self) -> Phase:
        if self.child is None:
            return Phase.OPENED
        if self.child.exit_status is not None and self._read_to_the_end:
            return Phase.FINISHED
        return Phase.LIVE if self._file is not None and self._file.has_header else Phase.WAITING

    @property
    def is_loading(self) -> bool:
        """Whether a file is still being read for the first time."""
        return self.child is None and not self._read_to_the_end

    @property
    def exit_status(self) -> int | None:
        """How the program ended by itself; None while it runs, where it was ended with the screen, and for an opened
        trace.
        """
        return self.child.exit_status if self.child is not None else None

    @property
    def note(self) -> str | None:
        """What is to be said of the file once nothing more comes: cut off, damaged, not a trace."""
        if self.unreadable is not None:
            return self.unreadable
        done = self._read_to_the_end and self.phase in (Phase.FINISHED, Phase.OPENED)
        return self._file.note if done and self._file is not None else None

    def poll(self) -> bool:
        """Take in what has been written since; True where there was something. Never raises."""
        ended = self.child is None or self.child.exit_status is not None
        try:
            grew = self._poll_file()
        except TraceUnreadable as error:
            self.unreadable, grew = str(error), False
        if ended and not grew:
            self._read_to_the_end = True
            if self._file is not None:
                self._file.trace.note = self._file.note
        return grew

    def _poll_file(self) -> bool:
        if self.unreadable is not None or self._is_closed:
            return False
        if self._file is None:
            if not self.path.exists():
                return False
            self._file = TraceFile(self.path)
        until, grew = time.thread_time() + (_READING_S if self.child is None else _KEEPING_UP_S), False
        self._is_behind = False
        while not self._is_behind and self._file.poll(_BYTES_AT_ONCE):
            grew = True
            self._is_behind = time.thread_time() > until
        return grew

    @property
    def now_ns(self) -> int:
        """The moment to show as now, on the trace's clock, in ns since its start."""
        return self.trace.end_ns if self._is_behind else self._running_ns

    @property
    def behind_ns(self) -> int:
        """By how much the program is ahead of what was read of it; 0 where all was read."""
        return self._running_ns - self.trace.end_ns if self._is_behind else 0

    @property
    def _running_ns(self) -> int:
        """How far the program is by the clock, whatever was read of it."""
        trace = self.trace
        if self.phase is not Phase.LIVE or trace.header.get("clock", "real") == "virtual" or not _loop_runs(trace):
            return trace.end_ns
        elapsed = time.monotonic_ns() - trace.records.origin_ns
        return max(trace.end_ns, round(elapsed * float(trace.header.get("speed", 1))))

    @property
    def known_ns(self) -> int:
        """The moment up to which all is known: now, but for what a program that is busy has not written yet.

        What the screen says of a moment (who queues, who waits) it says of this one; else each timer that has just
        fired would look late.
        """
        now_ns, end_ns = self.now_ns, self.trace.end_ns
        speed = float(self.trace.header.get("speed", 1))
        return end_ns if now_ns - end_ns < _WRITTEN_WITHIN_NS * speed else now_ns


def _loop_runs(trace: Trace) -> bool:
    return len(trace.of_kind(RecordKind.LOOP_STARTED)) > len(trace.of_kind(RecordKind.LOOP_STOPPED))
