"""What the README promises is there: its commands, its Python, its links."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import loopviz
from loopviz.commands import launch_options
from loopviz.commands.group import COMMANDS, group

ROOT = Path(__file__).parents[2]
PATH = ROOT / "README.md"
#: Without one, the tests below fail, and not the collection of all tests.
README = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|href|srcset)=\"([^\"#:]+)\"")


def blocks(*languages: str) -> list[str]:
    return [text for language, text in _BLOCK.findall(README) if language in languages]


def commands() -> list[str]:
    lines = "".join(blocks("sh", "bash", "console")).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ").strip() for line in lines if line.strip()]


def loopviz_commands() -> Iterator[str]:
    for line in commands():
        if match := re.match(r"(?:uv run )?(?:\S*/)?loopviz\b(.*)", line):
            yield match[1].partition(" | ")[0]


def test_there_is_a_readme() -> None:
    assert len(README) > 1000


def test_the_first_command_sets_up_and_opens_the_screen() -> None:
    assert commands()[0] == "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/loopviz"


def test_the_second_command_sets_up_and_runs_the_tests_as_ci_does() -> None:
    assert commands()[1] == (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/python -m pytest"
    )
    ci = (ROOT / ".ci" / "run").read_text()
    assert "-m venv" in ci
    assert "-e '.[dev]'" in ci
    assert "-m pytest" in ci


@pytest.mark.parametrize("words", list(loopviz_commands()))
def test_every_command_line_is_understood(words: str) -> None:
    name, *rest = shlex.split(words, comments=True) or ["--version"]
    if name in ("run", "record"):
        found = launch_options.read(rest)
        assert found.understood
        assert found.target
    elif name in COMMANDS:
        command = group.get_command(group.make_context("loopviz", [name], resilient_parsing=True), name)
        assert command is not None
        command.make_context(name, rest)
    else:
        assert name in ("--help", "--version")


def test_every_name_of_the_python_interface_is_public() -> None:
    used = {
        node.attr
        for text in blocks("python")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "loopviz"
    }
    assert used <= set(loopviz.__all__)


def test_the_program_that_it_shows_runs(tmp_path: Path) -> None:
    [program] = blocks("python")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("['main'")
    assert [path.name for path in tmp_path.iterdir()] == ["part.loopviz"]


def test_every_link_into_the_repository_leads_somewhere() -> None:
    for match in _LINK.finditer(README):
        target = (match[1] or match[2]).split()[0]
        assert (ROOT / target).exists(), target


def test_the_texts_that_it_shows_are_what_the_commands_print(tmp_path: Path) -> None:
    run = partial(subprocess.run, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    loopviz_command = [sys.executable, "-m", "loopviz"]
    run([*loopviz_command, "record", "--clock", "virtual", "create_task"])
    drawn = run([*loopviz_command, "export", "create_task.loopviz", "--to", "text"]).stdout
    told = run([*loopviz_command, "story", "create_task.loopviz"]).stdout
    assert [text.rstrip() for text in blocks("text")] == [drawn.rstrip(), told.rstrip()]
