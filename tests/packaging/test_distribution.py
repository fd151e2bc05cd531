"""What is built, and that it works where nothing of the source tree is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from loopviz import catalogue

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
#: What a checkout holds that a build reads or must leave alone.
SOURCES = ["loopviz", "scenarios", "tests", "pyproject.toml", "README.md", "LICENSE"]


@pytest.fixture(scope="module")
def source_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, since a build leaves its traces in the tree."""
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def wheel(source_tree: Path) -> Path:
    return source_tree / "dist" / build(source_tree, "build_wheel")


def build(tree: Path, hook: str) -> str:
    """Run a hook of the build backend, as pip does, in a process of its own; gives the file's name."""
    code = f"from setuptools import build_meta; print(build_meta.{hook}('dist'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.splitlines()[-1]


def python_files(directory: Path) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in directory.rglob("*.py")}


def test_every_package_of_the_source_tree_is_packaged() -> None:
    found = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in (ROOT / "loopviz").rglob("*.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"loopviz.scenarios"}


def test_the_wheel_holds_the_package_and_the_scenarios_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.startswith("loopviz-")}
    scenarios = {f"loopviz/{name}" for name in python_files(ROOT / "scenarios")}
    styles = {path.relative_to(ROOT).as_posix() for path in (ROOT / "loopviz").rglob("*.tcss")}
    assert names == python_files(ROOT / "loopviz") | scenarios | styles | {"loopviz/py.typed"}


def test_the_wheel_names_its_licence_and_its_needs(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        [metadata] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA")]
        assert [name for name in archive.namelist() if name.endswith("/LICENSE")]
    for line in ("License-Expression: MIT", "Requires-Python: >=3.11", "Provides-Extra: http", "Provides-Extra: dev"):
        assert line in metadata.splitlines()


def test_a_source_distribution_builds_the_same_wheel(source_tree: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(source_tree / "dist" / build(source_tree, "build_sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    [unpacked] = tmp_path.iterdir()
    again = unpacked / "dist" / build(unpacked, "build_wheel")
    with ZipFile(wheel) as first, ZipFile(again) as second:
        assert set(first.namelist()) == set(second.namelist())


def test_an_extras_module_proves_what_the_extra_installs() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    for extra, module in catalogue.EXTRA_MODULES.items():
        assert [need for need in extras[extra] if need.startswith(module)]


def test_the_installed_wheel_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Only loopviz is installed; what it depends on is borrowed from this environment."""
    home = tmp_path / "environment"
    # With a pip of its own: the environment that the tests run in may have none, uv's has not.
    venv.create(home, with_pip=True, symlinks=os.name == "posix")
    [packages] = home.glob("lib/python*/site-packages")
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run(install, check=True, timeout=120)
    (packages / "borrowed.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))

    def output_of(*command: str) -> str:
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        return subprocess.run(
            [str(home / "bin" / command[0]), *command[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    where = output_of("python", "-c", "import loopviz; print(loopviz.__file__)")
    assert where.startswith(str(packages))
    for loopviz in (["loopviz"], ["python", "-m", "loopviz"]):
        cards = json.loads(output_of(*loopviz, "list", "--json"))
        assert [card["name"] for card in cards] == [card.name for card in catalogue.scenarios()]
        assert all(card["path"].startswith(str(packages)) for card in cards)
        out = output_of(*loopviz, "record", "-o", "trace.loopviz", "interleave", "--delay", "0.01")
        assert out.split() == ["fun_a", "fun_b"] * 5 + ["[1,", "2]"]
        assert "fun_a" in output_of(*loopviz, "export", "trace.loopviz", "--to", "json")
