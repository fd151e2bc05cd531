"""``python -m loopviz.recording``: run a program as ``python`` would, and record it.

Decides how like the real thing that is. ``sys.argv``, ``sys.path[0]``, ``__main__`` and its ``__file__``,
``__spec__`` and loader are the program's; its uncaught exception is printed with none of our frames, through its own
``sys.excepthook``; its exit status is the process's. The recording ends last, after the program's own ``atexit``
functions and threads.

This is what ``loopviz run`` and ``loopviz record`` start; its command line is between us and may change:
``--out FILE [--clock CLOCK] [--max-size BYTES] [--title NAME] [--blocked-after SECONDS] [--children] (--path FILE |
--module NAME) -- ARGS...``

Awkward cases: a program that does not compile, or whose package fails on import, ends as it would under ``python``; one
that can't be found is told so in a line, with exit status 2; one that never ran
an event loop is told so on stderr, since its trace is empty; ``os._exit`` and ``kill -9`` leave the trace as far as
it was written.
"""

from __future__ import annotations

import atexit
import builtins
import importlib.machinery
import io
import os
import sys
import threading
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

from loopviz.errors import LoopvizError, ProgramUnrunnable, ValueInvalid
from loopviz.recording import session
from loopviz.recording.children import path_of_process
from loopviz.recording.clocks import parse
from loopviz.recording.recorder import Recorder
from loopviz.recording.tracebacks import cut_own_frames_of
from loopviz.recording.words import Words, divide

_OPTIONS = {
    name: (f"--{name}",) for name in ("out", "clock", "max-size", "title", "blocked-after", "path", "module")
}
_SWITCHES = {"children": ("--children",)}


def main(arguments: list[str]) -> None:
    """Record the program that the command line names. Returns, or raises SystemExit, when it ends."""
    try:
        words = _read(arguments)
        recorder = _begin(words)
    except LoopvizError as error:
        _refuse(error)
    path, module = words.values.get("path"), words.values.get("module", "")
    atexit.register(_end, recorder, path_of_process(words.values["out"], "PID") if recorder.children else "")
    # What python says while it looks for a module, whose packages run their own code by then.
    sys.argv[:] = [path or "-m", *words.target]
    try:
        program = _Program.from_module(module) if path is None else _Program.from_path(path)
        sys.argv[0] = program.argv0
        _run(program)
    except LoopvizError as error:
        recorder.end()
        _refuse(error)
    except SystemExit:
        raise
    except BaseException:
        _hide_own_frames()
        raise


def _refuse(error: LoopvizError) -> NoReturn:
    print(f"loopviz: {error}", file=sys.stderr)
    raise SystemExit(error.exit_status) from None


def _read(arguments: list[str]) -> Words:
    """The words of our command line. Raises LoopvizError where they are not such."""
    words = divide(arguments, _OPTIONS, _SWITCHES)
    programs = {"path", "module"} & words.values.keys()
    if not words.understood or "out" not in words.values or len(programs) != 1:
        raise LoopvizError(f"can't record by {' '.join(arguments)!r}; 'loopviz record --help' shows what there is")
    return words


def _begin(words: Words) -> Recorder:
    """Raises LoopvizError where the trace can't be written, or an option has no such value."""
    values = words.values
    size, path = values.get("max-size"), values.get("path")
    return session.begin(
        values["out"],
        clock=parse(values.get("clock", "real")),
        max_bytes=None if size is None else _bytes(size),
        blocked_after_s=session.threshold_s(values.get("blocked-after", str(session.BLOCKED_AFTER_S))),
        title=values.get("title") or os.path.basename(values["module"] if path is None else path),
        folder=os.getcwd() if path is None else _folder_of(path),
        arguments=words.target,
        children="children" in values,
    )


def _bytes(size: str) -> int:
    if not size.isdecimal():
        raise ValueInvalid("--max-size", size, "a number of bytes, such as 67108864")
    return int(size)


def _folder_of(path: str) -> str:
    """The folder that holds the program: its files are the user's code."""
    full = os.path.abspath(path)
    return os.path.dirname(full) if _main_within(path) is None else full


def _main_within(path: str) -> importlib.machinery.ModuleSpec | None:
    """The ``__main__.py`` in a folder or zip archive; None where ``path`` is another kind of file."""
    return importlib.machinery.PathFinder.find_spec("__main__", [os.path.join(os.getcwd(), path)])


class _Program:
    """What is to be run: its ``__main__`` module, its code (compiled later), and the first of ``sys.argv``."""

    def __init__(self, module: ModuleType, argv0: str, spec: importlib.machinery.ModuleSpec | None = None) -> None:
        self.module = module
        self.argv0 = argv0
        self.spec = spec

    @classmethod
    def from_path(cls, path: str) -> _Program:
        """A file, or a folder or zip archive with a ``__main__.py``, run as ``python PATH``."""
        full = os.path.join(os.getcwd(), path)
        if (spec := _main_within(path)) is not None:
            _set_path0(full)
            return cls(_main_module(spec.origin, spec.loader, spec), path, spec)
        _set_path0(os.path.dirname(os.path.realpath(path)))
        return cls(_main_module(full, importlib.machinery.SourceFileLoader("__main__", full)), path)

    @classmethod
    def from_module(cls, name: str) -> _Program:
        """A module or package, run as ``python -m NAME``. Raises LoopvizError where there is none."""
        _set_path0(os.getcwd())
        spec = _find(name)
        return cls(_main_module(spec.origin, spec.loader, spec), spec.origin or name, spec)

    def code(self) -> CodeType:
        """Compile it. Raises SyntaxError, ValueError as ``python`` would meet them, and LoopvizError."""
        if self.spec is not None:
            code = self.spec.loader.get_code(self.spec.name)  # type: ignore[union-attr]
            if code is None:
                raise ImportError(f"No code object available for {self.spec.name}")
            return code  # type: ignore[no-any-return]
        filename = str(self.module.__file__)
        try:
            with io.open_code(filename) as file:
                source = file.read()
        except OSError as error:
            raise ProgramUnrunnable(filename, (error.strerror or str(error)).lower()) from None
        return compile(source, filename, "exec", dont_inherit=True)


def _main_module(file: str | None, loader: Any, spec: importlib.machinery.ModuleSpec | None = None) -> ModuleType:
    """``__main__`` as the interpreter fills it before a program runs, which differs from version to version."""
    ours = vars(sys.modules["__main__"])
    module = ModuleType("__main__")
    if spec is not None:
        module.__package__ = spec.parent
    module.__loader__ = loader
    module.__spec__ = spec
    if "__annotations__" in ours:
        module.__annotations__ = {}
    vars(module)["__builtins__"] = builtins
    module.__file__ = file
    if "__cached__" in ours:
        vars(module)["__cached__"] = spec.cached if spec is not None else None
    return module


def _find(name: str) -> importlib.machinery.ModuleSpec:
    """Where the module is. What its packages' own code raises as they are imported passes through."""
    from importlib.util import find_spec  # late: a file needs no such search

    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = find_spec(f"{name}.__main__")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        spec = None
    if spec is None or not hasattr(spec.loader, "get_code"):
        why = "it is not found, or a package without __main__; is it installed here?"
        raise ProgramUnrunnable(f"module {name!r}", why)
    return spec


def _set_path0(folder: str) -> None:
    """``sys.path[0]`` is the program's folder, where ``-m`` put ours, unless the interpreter was told not to (``-P``,
    ``-I``).
    """
    if sys.flags.safe_path:
        return
    sys.path[0] = folder


def _run(program: _Program) -> None:
    """Execute the program in place of this one."""
    sys.modules["__main__"] = program.module
    exec(program.code(), vars(program.module))


def _hide_own_frames() -> None:
    """Have the exception that now ends the program printed without our frames, by the interpreter and its hook."""
    hook = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        sys.excepthook = hook
        cut_own_frames_of(error)
        hook(kind, error, error.__traceback__)

    sys.excepthook = excepthook


def _end(recorder: Recorder, children: str) -> None:
    """The last ``atexit`` function to run, after non-daemon threads have ended. ``children`` is what the files of its
    children are called, empty where they are not recorded.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    ran_a_loop = recorder.loops_seen > 0
    was_open = recorder.open
    recorder.end()
    if was_open and not ran_a_loop:
        more = f"; children that ran one have {children}" if children else ""
        print(f"loopviz: this program ran no asyncio event loop: its trace has no tasks{more}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
