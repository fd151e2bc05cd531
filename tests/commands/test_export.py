"""``loopviz export``: which format, and where it goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from building import Recording
from loopviz.events import StepEnd

from .conftest import Loopviz


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    recording = Recording().loop_defined().created(1, 1_000, "h\u00e4ndler \U0001f40d")
    recording.step(1, 2_000, 3_000, ready=1_000).step(1, 5_000, 9_000, StepEnd.RETURNED, ready=4_000)
    (tmp_path / "t.loopviz").write_bytes(recording.file())
    return tmp_path / "t.loopviz"


def is_svg(text: str) -> bool:
    return "<svg" in text


def is_json(text: str) -> bool:
    return all("event" in json.loads(line) for line in text.splitlines())


def is_text(text: str) -> bool:
    return "1 task" in text.splitlines()[1]


@pytest.mark.parametrize(
    ("suffix", "is_format"),
    [
        (".svg", is_svg),
        (".SVG", is_svg),
        (".jsonl", is_json),
        (".json", is_json),
        (".txt", is_text),
        (".text", is_text),
    ],
)
def test_the_outputs_name_tells_the_format(
    loopviz: Loopviz, trace: Path, suffix: str, is_format: Callable[[str], bool]
) -> None:
    assert loopviz("export", str(trace), "-o", f"out{suffix}") == (0, "", "")
    assert is_format(trace.with_name(f"out{suffix}").read_text(encoding="utf-8"))


def test_the_format_asked_for_goes_before_the_outputs_name(loopviz: Loopviz, trace: Path) -> None:
    loopviz("export", str(trace), "--to", "json", "-o", "out.svg")
    assert is_json(trace.with_name("out.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["svg", "json", "text"])
def test_standard_output_gets_the_same_bytes_as_a_file_whatever_the_locale(trace: Path, name: str) -> None:
    command = [sys.executable, "-m", "loopviz", "export", str(trace), "--to", name]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shown = subprocess.run(command, capture_output=True, check=True, env=environment, timeout=60).stdout
    subprocess.run([*command, "-o", "out"], check=True, env=environment, timeout=60, cwd=trace.parent)
    assert shown == trace.with_name("out").read_bytes()
    assert shown


def test_a_picture_takes_an_axis_a_width_and_a_filter(loopviz: Loopviz, trace: Path) -> None:
    def text(*options: str) -> list[str]:
        return loopviz("export", str(trace), "--to", "text", *options).stdout.splitlines()

    assert max(map(len, text("--width", "60"))) <= 60 < max(map(len, text()))
    assert text("--axis", "steps") != text()
    assert [line for line in text() if "h\u00e4ndler" in line]
    assert not [line for line in text("--filter", "no such task") if "h\u00e4ndler" in line]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words",
    [
        ("export", "TRACE", "--to", "svg", "-o", "/dev/full"),
        ("export", "TRACE", "--to", "svg"),
        ("stats", "TRACE"),
        ("story", "TRACE"),
        ("compare", "TRACE", "TRACE"),
        ("list",),
    ],
    ids=" ".join,
)
def test_a_full_disk_is_told_in_one_line(trace: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "loopviz", *(str(trace) if word == "TRACE" else word for word in words)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no space left on device" in done.stderr


def test_a_closed_standard_output_is_told(trace: Path) -> None:
    command = f"exec {sys.executable} -m loopviz export {trace} --to svg >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == "loopviz: can't write to standard output: it is closed; send it to another place\n"
