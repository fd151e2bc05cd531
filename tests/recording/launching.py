"""Running a program twice, as ``python`` runs it and as the recorder does, to see that they do the same.

Decides what "the same" is: standard output, standard error and exit status, byte for byte, but for

- what differs between any two runs: addresses, times of timers, durations that debug mode logs;
- the frames by which a program is run, where a stack is shown: those of the interpreter's ``runpy``, of asyncio's
  loop and
  of the recorder, which stand in each other's place; and in debug mode, whose stacks end after so many frames, the
  module's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from loopviz.trace.files import TraceFile, load_file
from loopviz.trace.trace import Trace

ROOT = Path(__file__).parents[2]
#: A frame of what runs the program, as a traceback prints it, with its line of source and the marks below that.
_RUNNING = r"<frozen runpy>|[^\"]*/asyncio/(?:base_events|events|runners)\.py|[^\"]*/loopviz/recording/[^\"]*"
_VARYING = [
    (re.compile(rf'^  File "(?:{_RUNNING})", line .*\n(?:    .*\n)*', re.MULTILINE), ""),
    (re.compile(rf"<FrameSummary file (?:{_RUNNING}), line [^>]*(?:>>|>)(?:, )?"), ""),
    (re.compile(r"0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"when=\d+\.\d+"), "when="),
    (re.compile(r"took \d+\.\d+ seconds"), "took seconds"),
]
_VARYING_IN_DEBUG_MODE = [
    # On a busy machine any step may be slow enough to be told; the guest about slow callbacks has a format of its own.
    (re.compile(r"^Executing .* took seconds\n", re.MULTILINE), ""),
    (re.compile(r'^  File "[^"]*", line \d+, in <module>\n(?:    .*\n)*', re.MULTILINE), ""),
    (re.compile(r"<FrameSummary file [^>]*in <module>>(?:, )?"), ""),
]


class Outcome(NamedTuple):
    """What a run of a program shows to the world. ``status`` is negative for a signal."""

    status: int
    stdout: str
    stderr: str

    def without_what_varies(self, in_debug_mode: bool = False) -> Outcome:
        """The same for every run of a program that does the same."""
        return Outcome(self.status, _steady(self.stdout, in_debug_mode), _steady(self.stderr, in_debug_mode))


def _steady(text: str, in_debug_mode: bool) -> str:
    for pattern, replacement in [*_VARYING, *(_VARYING_IN_DEBUG_MODE if in_debug_mode else ())]:
        text = pattern.sub(replacement, text)
    return text


class Recorded(NamedTuple):
    """A recorded run: what it showed, and its trace file."""

    outcome: Outcome
    path: Path

    @property
    def status(self) -> int:
        return self.outcome.status

    @property
    def stdout(self) -> str:
        return self.outcome.stdout

    @property
    def stderr(self) -> str:
        return self.outcome.stderr

    @property
    def file(self) -> TraceFile:
        """The whole file, read. Raises TraceUnreadable."""
        return load_file(self.path)

    @property
    def trace(self) -> Trace:
        """The trace, which has to be whole: nothing cut off, refused or lost."""
        file = self.file
        assert file.note is None
        assert file.trace.lost_records == 0
        return file.trace


@dataclass(frozen=True)
class Launcher:
    """Runs programs in ``folder``. ``options`` are the recorder's (``--clock virtual``)."""

    folder: Path
    flags: Sequence[str] = ()
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    timeout_s: float = 60

    def write(self, source: str, name: str = "program.py") -> Path:
        """Put a program of that source into the folder."""
        path = self.folder / name
        path.write_text(source, "utf-8")
        return path

    def plain(self, *words: str | Path) -> Outcome:
        """As ``python WORDS``."""
        return self._run([sys.executable, *self.flags, *map(str, words)])

    def recorded(self, *words: str | Path, out: str = "out.loopviz") -> Recorded:
        """As ``python WORDS``, recorded. The words begin with a path or with ``-m MODULE``."""
        path = self.folder / out
        return Recorded(self._run(self.command(path, *words)), path)

    def command(self, out: Path, *words: str | Path) -> list[str]:
        """The command line that records ``python WORDS`` to ``out``."""
        first, *rest = map(str, words)
        target = ["--module", rest.pop(0)] if first == "-m" else ["--path", first]
        recorder = [sys.executable, *self.flags, "-m", "loopviz.recording", "--out", str(out), *self.options]
        return [*recorder, *target, "--", *rest]

    def surroundings(self) -> dict[str, str]:
        """The environment that both kinds of run get."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **self.environment}

    def _run(self, command: list[str]) -> Outcome:
        done = subprocess.run(
            command,
            input=self.stdin,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            cwd=self.folder,
            env=self.surroundings(),
            timeout=self.timeout_s,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)
