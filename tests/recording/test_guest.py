"""A recorded program does what it does under plain ``python``, in every way that can be seen from outside.

The programs of ``guests/`` each show what their docstring says; here each is run both ways.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recording.launching import Launcher

GUESTS = sorted((Path(__file__).parent / "guests").glob("*.py"))
FLAGS = {"as usual": (), "strict": ("-X", "dev", "-W", "error"), "optimized": ("-O",)}
#: Two programs show that ``-O`` is kept; every one is run in the other modes.
CASES = [(guest, mode) for mode in ("as usual", "strict") for guest in GUESTS] + [
    (guest, "optimized") for guest in GUESTS if guest.stem in ("main_module", "cancellation")
]
NO_LOOP = "loopviz: this program ran no asyncio event loop: its trace has no tasks\n"


@pytest.mark.parametrize(("guest", "mode"), CASES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_a_program_does_the_same_recorded_as_plain(launcher: Launcher, guest: Path, mode: str) -> None:
    if guest.stem == "eager_tasks" and sys.version_info < (3, 12):
        pytest.skip("eager tasks came with Python 3.12")
    launcher = replace(launcher, flags=FLAGS[mode], stdin="first\nsecond\nthird\n")
    words = (guest, "two words", "-c", "--", "--out", "é")
    recorded = launcher.recorded(*words)
    debug = mode == "strict"
    assert recorded.outcome.without_what_varies(debug) == launcher.plain(*words).without_what_varies(debug)
    assert recorded.trace.tasks


def test_debug_mode_from_the_environment_is_kept(launcher: Launcher) -> None:
    launcher = replace(launcher, environment={"PYTHONASYNCIODEBUG": "1"})
    program = launcher.write("import asyncio\nasync def main(): print(asyncio.current_task())\nasyncio.run(main())")
    recorded = launcher.recorded(program)
    assert recorded.outcome.without_what_varies(True) == launcher.plain(program).without_what_varies(True)
    assert "created at" in recorded.stdout


FILES = {
    "script.py": "import sys, os\nprint(sys.argv, sys.path[0], __file__, __name__, __spec__)\nimport neighbour",
    "neighbour.py": "print(__name__)",
    "folder/__main__.py": (
        "import sys\nprint(sys.argv, sys.path[:2], __file__, __package__, __spec__.name)\nimport near"
    ),
    "folder/near.py": "print('near')",
    "package/__init__.py": "import sys\nprint(sys.argv)",
    "package/__main__.py": "import sys\nfrom . import other\nprint(sys.argv, sys.path[0], __package__, __spec__.name)",
    "package/other.py": "print(__name__, __package__)",
    "syntax.py": "print('never printed')\ndef broken(:\n",
    "latin.py": "# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))",
    "imports.py": "import nowhere_to_be_found",
    "raises.py": (
        "def f(x):\n    return 1 / x\ntry:\n    f(0)\nexcept ZeroDivisionError as e:\n    raise KeyError(1) from e"
    ),
    "group.py": "raise ExceptionGroup('both', [ValueError(1), OSError(2, 'two')])",
    "status.py": "import sys\nsys.exit(3)",
    "text.py": "import sys\nsys.exit('some text')",
    "nothing.py": "raise SystemExit",
    "large.py": "raise SystemExit(300)",
    "odd.py": "raise SystemExit([1, 2])",
    "interrupt.py": "raise KeyboardInterrupt('by hand')",
    "hook.py": "import sys\nsys.excepthook = lambda *a: print('hook', a[0], a[2].tb_frame.f_code.co_name)\n1 / 0",
    "badhook.py": "import sys\nsys.excepthook = lambda *a: 1 / 0\n[][0]",
    "deep.py": "def f(): f()\ntry: f()\nexcept RecursionError as e: print(e)",
    "atexits.py": "import atexit, sys\natexit.register(print, 'bye')\natexit.register(lambda: 1 / 0)\nsys.exit(4)",
    "thread.py": (
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.05), print('late'))).start()\n1 / 0"
    ),
    "os_exit.py": "import os\nprint('flushed', flush=True)\nos._exit(9)",
    "abort.py": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "stdin.py": "print(input('? '), open(0).read().split())",
}
#: How each of them is started: a path as one types it, or ``-m`` and a module's name.
STARTS = {
    "a file": ("script.py", "x"),
    "a file by an odd path": ("./folder/../script.py", "x"),
    "a link to a file": ("link/linked.py",),
    "a folder": ("folder", "-x"),
    "a folder by an odd path": ("./folder/",),
    "a zip archive": ("archive.zip", "x"),
    "a module": ("-m", "script", "x"),
    "a package": ("-m", "package", "-m", "x"),
    "a module of a package": ("-m", "package.other"),
    **{name: (name,) for name in FILES if "/" not in name and name not in ("script.py", "neighbour.py")},
}


@pytest.mark.parametrize("start", STARTS)
def test_a_program_without_a_loop_starts_and_ends_as_under_python(launcher: Launcher, start: str) -> None:
    for name, source in FILES.items():
        (launcher.folder / name).parent.mkdir(exist_ok=True)
        (launcher.folder / name).write_bytes(source.encode("latin-1"))
    (launcher.folder / "link").mkdir()
    (launcher.folder / "link" / "linked.py").symlink_to("../script.py")
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-c", "../archive.zip", "."], cwd=launcher.folder / "folder", check=True
    )
    launcher = replace(launcher, stdin="one\ntwo three\n")
    recorded = launcher.recorded(*STARTS[start]).outcome.without_what_varies()
    plain = launcher.plain(*STARTS[start]).without_what_varies()
    killed = start in ("os_exit.py", "abort.py")
    assert recorded == plain._replace(stderr=plain.stderr + ("" if killed else NO_LOOP))


@pytest.mark.parametrize("words", [("nowhere.py",), ("-m", "nowhere"), ("-m", "package"), (".",)])
def test_a_program_that_is_not_there_is_told_so_in_one_line(launcher: Launcher, words: tuple[str, ...]) -> None:
    (launcher.folder / "package").mkdir()
    status, stdout, stderr = launcher.recorded(*words).outcome
    assert (status, stdout) == (2, "")
    assert stderr.startswith("loopviz: can't run ")
    assert stderr.count("\n") == 1


def test_what_a_package_raises_on_import_is_its_own_traceback(launcher: Launcher) -> None:
    (launcher.folder / "package").mkdir()
    launcher.write("import nowhere_to_be_found", "package/__init__.py")
    launcher.write("", "package/__main__.py")
    status, _, stderr = launcher.recorded("-m", "package").outcome
    assert status == 1
    assert "ModuleNotFoundError: No module named 'nowhere_to_be_found'" in stderr
    assert "loopviz/recording" not in stderr


def test_an_uncaught_exception_that_passed_the_loop_shows_no_frame_of_the_recorder(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio\n"
        "async def main():\n"
        "    asyncio.get_running_loop().call_soon(leave)\n"
        "    await asyncio.sleep(1)\n"
        "def leave():\n"
        "    try: 1 / 0\n"
        "    finally: raise KeyboardInterrupt\n"
        "loop = asyncio.new_event_loop()\n"
        "loop.run_until_complete(main())\n"
    )
    recorded = launcher.recorded(program)
    assert "ZeroDivisionError" in recorded.stderr
    assert "recording" not in recorded.stderr.replace(str(launcher.folder), "")
    assert recorded.outcome.without_what_varies() == launcher.plain(program).without_what_varies()


def test_the_program_gets_the_file_numbers_that_it_would_get(launcher: Launcher) -> None:
    program = launcher.write("import asyncio, os\nasyncio.run(asyncio.sleep(0))\nprint(os.open('.', os.O_RDONLY))")
    assert launcher.recorded(program).outcome == launcher.plain(program)


def test_a_program_that_closes_all_files_does_not_find_the_trace_in_its_own(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio, os\n"
        "asyncio.run(asyncio.sleep(0.1))\n"
        "os.closerange(3, 4096)\n"
        "file = open('own.txt', 'w')\n"
        "asyncio.run(asyncio.sleep(0.1))\n"
        "file.write('own'); file.close(); print('done')\n"
    )
    status, stdout, stderr = launcher.recorded(program).outcome
    assert (status, stdout) == (0, "done\n")
    assert stderr.startswith("loopviz: recording ended")
    assert stderr.count("\n") == 1
    assert (launcher.folder / "own.txt").read_text() == "own"


def test_a_terminal_stays_one(launcher: Launcher) -> None:
    program = launcher.write(
        "import asyncio, sys\nasyncio.run(asyncio.sleep(0))\nprint(sys.stdout.isatty(), sys.stdout.line_buffering)"
    )
    ours, theirs = os.openpty()
    try:
        subprocess.run(
            launcher.command(launcher.folder / "out.loopviz", program),
            stdin=theirs, stdout=theirs, stderr=theirs,
            cwd=launcher.folder, env=launcher.surroundings(), timeout=60, check=True,
        )  # fmt: skip
        assert os.read(ours, 1000) == b"True True\r\n"
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("words", [(), ("--path=a.py", "--module=a"), ("--path=a.py", "--speed=4"), ("--path",)])
def test_a_command_line_that_is_not_the_recorders_is_told_so_in_one_line(
    launcher: Launcher, words: tuple[str, ...]
) -> None:
    status, stdout, stderr = launcher.plain("-m", "loopviz.recording", "--out", "out.loopviz", *words)
    assert (status, stdout) == (2, "")
    assert stderr.startswith("loopviz: can't record by '--out out.loopviz") and stderr.count("\n") == 1
    assert not list(launcher.folder.glob("*.loopviz"))


def test_a_bound_that_is_no_number_is_told_so_in_one_line(launcher: Launcher) -> None:
    words = ("--out", "out.loopviz", "--max-size", "64M", "--path", "a.py")
    status, stdout, stderr = launcher.plain("-m", "loopviz.recording", *words)
    assert (status, stdout) == (2, "")
    assert stderr == "loopviz: --max-size can't be '64M'; it takes a number of bytes, such as 67108864\n"
