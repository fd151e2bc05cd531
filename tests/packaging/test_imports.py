"""What is imported where, as far as import-linter can't tell."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import loopviz
from tui.runs import pair

PACKAGE = Path(loopviz.__file__).parent
GUEST = [*(PACKAGE / "recording").rglob("*.py"), PACKAGE / "events.py", PACKAGE / "errors.py", PACKAGE / "__init__.py"]


def imported(path: Path) -> Iterator[str]:
    """The top-level names of all that a file imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", GUEST, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_runs_inside_the_program_imports_the_standard_library_alone(path: Path) -> None:
    assert set(imported(path)) <= sys.stdlib_module_names | {"loopviz"}


def loaded_by(statement: str) -> set[str]:
    return printed_by("-c", f"{statement}\nimport sys\nprint(*sys.modules)")


def printed_by(*words: str) -> set[str]:
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_to_import_loopviz_imports_nothing_else() -> None:
    loaded = loaded_by("import loopviz")
    assert {name for name in loaded if name.startswith("loopviz")} == {"loopviz"}
    assert not {"asyncio", "inspect", "pathlib"} & (loaded - loaded_by("pass"))


def test_what_record_does_before_the_program_starts_needs_neither_click_nor_the_screen() -> None:
    statement = (
        "from loopviz.commands.record import prepare\nfrom loopviz.commands.launch_options import read\n"
        "import os\nassert '--path=' in ' '.join(prepare(read(['-o', os.devnull, {target!r}])))"
    )
    loaded = loaded_by(statement.format(target=__file__))
    assert not {"click", "rich", "textual", "asyncio", "loopviz.catalogue", "loopviz.tui"} & loaded
    loaded = loaded_by(statement.format(target="gather"))
    assert "loopviz.catalogue" in loaded
    assert not {"click", "rich", "textual", "asyncio", "loopviz.tui"} & loaded


#: Of the standard library: what is slow to import, and what drags that in. A program that is recorded for the first
#: time would wait for it, and one that has a module of the same name in its folder would get the wrong one.
HEAVY = {
    "argparse", "bz2", "concurrent.futures.thread", "copy", "dataclasses", "difflib", "gettext", "importlib.abc",
    "importlib.resources", "lzma", "multiprocessing", "pathlib", "pkgutil", "platform", "queue", "random", "shutil",
    "sysconfig", "tempfile", "urllib.parse", "zipfile",
}  # fmt: skip
#: Ours: what only other clocks, options and commands need.
UNUSED = {
    "loopviz.catalogue", "loopviz.exporters", "loopviz.recording.bounded_sink", "loopviz.recording.carrying",
    "loopviz.recording.shortening", "loopviz.recording.virtual", "loopviz.timeline", "loopviz.trace", "loopviz.tui",
}  # fmt: skip


def test_a_recorded_program_waits_for_no_import_that_its_recording_does_not_need(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import asyncio, sys\nasyncio.run(asyncio.sleep(0))\nprint(*sys.modules)\n")
    # Without ``site``: what an editable install imports would hide what we do.
    command = "import sys\nsys.path.append(sys.argv.pop(1))\nfrom loopviz.__main__ import main\nmain()"
    record = ("record", "-o", str(tmp_path / "out.loopviz"), str(program))
    loaded = printed_by("-S", "-c", command, str(PACKAGE.parent), *record)
    assert "loopviz.recording.recorder" in loaded
    assert not {"click", "rich", "textual", "platformdirs"} & loaded
    assert not UNUSED & loaded
    assert not HEAVY & (loaded - printed_by("-S", str(program)))


def test_the_help_of_all_commands_needs_no_screen() -> None:
    loaded = loaded_by(
        "from loopviz.commands.group import COMMANDS, group\n[group.get_command(None, name) for name in COMMANDS]"
    )
    assert {"loopviz.commands.export", "loopviz.commands.stats", "loopviz.commands.open"} <= loaded
    assert not {"textual", "loopviz.tui"} & loaded


DRAW = """
import asyncio, sys
from pathlib import Path
from loopviz.commands import {command}, screen
from loopviz.tui.app import LoopvizApp
from loopviz.tui.session import Session

async def loaded_by_first_frame() -> list[str]:
    async with LoopvizApp({session}, screen.offer(Path())).run_test():
        return list(sys.modules)

print(*asyncio.run(loaded_by_first_frame()))
"""


def test_the_pickers_first_frame_needs_nothing_of_what_may_be_chosen_there() -> None:
    loaded = printed_by("-c", DRAW.format(command="picker", session=None))
    assert {"loopviz.tui.screens.picker", "loopviz.catalogue"} <= loaded
    assert not {name for name in loaded if name.startswith(("loopviz.exporters", "loopviz.tui.panels"))}
    assert not {"loopviz.commands.contest", "loopviz.timeline.rows", "loopviz.tui.screens.timeline"} & loaded


def test_the_timelines_first_frame_needs_no_click_and_nothing_of_comparisons_and_exports(tmp_path: Path) -> None:
    trace = tmp_path / "pair.loopviz"
    trace.write_bytes(pair().file())
    session = f"Session.opened(Path({str(trace)!r}))"
    loaded = printed_by("-c", DRAW.format(command="run", session=session))
    assert "loopviz.tui.screens.timeline" in loaded
    assert not {name for name in loaded if name.startswith(("loopviz.exporters", "loopviz.tui.screens.picker"))}
    assert not {"click", "loopviz.commands.contest", "loopviz.timeline.comparison"} & loaded
