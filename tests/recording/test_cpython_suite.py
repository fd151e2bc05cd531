"""CPython's own tests of asyncio, run by the recorder: no test fails that passes without it.

The ordinary run takes the modules that meet the recorder most. Set ``LOOPVIZ_WHOLE_CPYTHON_SUITE=1`` to run all of
``test.test_asyncio`` (a minute and a half for each Python). An interpreter that ships no test package skips both.

Some of them count seconds, and fail on a machine that is busy with something else: the modules of those that failed are
run again, and only what fails each time counts.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace

import pytest

from recording.launching import Launcher

WHOLE = "LOOPVIZ_WHOLE_CPYTHON_SUITE"
#: Two processes of about the same length.
PARTS = {
    "tasks": ("test_tasks",),
    "loops": (
        "test_base_events", "test_futures", "test_futures2",
        "test_eager_task_factory", "test_runners", "test_taskgroups",
        "test_timeouts", "test_locks", "test_queues", "test_context", "test_threads", "test_free_threading",
    ),
}  # fmt: skip
_RUNS = 3
#: Tests that fail recorded and pass plain, each with the reason why that is right.
EXCUSED: dict[str, str] = {}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("test") is None or importlib.util.find_spec("test.test_asyncio") is None,
    reason="this Python ships no test package",
)


def _failures(output: str) -> set[str]:
    """The tests that failed, as ``module.Class.test``."""
    found = re.findall(r"^(?:FAIL|ERROR): (\w+) \((?:test\.test_asyncio\.)?([\w.]+)\)", output, re.MULTILINE)
    return {where if where.endswith(f".{name}") else f"{where}.{name}" for name, where in found}


def _run_recorded(launcher: Launcher, name: str, modules: Iterable[str]) -> subprocess.Popen[str]:
    out = launcher.folder / f"{name}.loopviz"
    return subprocess.Popen(
        launcher.command(out, "-m", "unittest", *modules),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=launcher.folder, env=launcher.surroundings(),
    )  # fmt: skip


def _output(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=1200)
    assert re.search(r"^Ran \d+ tests", output, re.MULTILINE), output[-2000:]
    assert "loopviz:" not in output
    return output


def _judge(launcher: Launcher, process: subprocess.Popen[str]) -> None:
    output = _output(process)
    failed = _failures(output) - EXCUSED.keys()
    for run in range(1, _RUNS):
        if failed:
            modules = {f"test.test_asyncio.{test.partition('.')[0]}" for test in failed}
            output = _output(_run_recorded(launcher, f"again {run}", sorted(modules)))
            failed &= _failures(output)
    fails_plainly = {
        test for test in failed if launcher.plain("-m", "unittest", f"test.test_asyncio.{test}").status != 0
    }
    assert failed <= fails_plainly, output[-6000:]


def _present(names: Iterable[str]) -> list[str]:
    modules = [f"test.test_asyncio.{name}" for name in names]
    return [module for module in modules if importlib.util.find_spec(module) is not None]


def test_asyncios_own_tests_pass_recorded(launcher: Launcher) -> None:
    launcher = replace(launcher, timeout_s=600)
    running = {name: _run_recorded(launcher, name, _present(modules)) for name, modules in PARTS.items()}
    try:
        for process in running.values():
            _judge(launcher, process)
    finally:
        for process in running.values():
            process.kill()
            process.wait()


@pytest.mark.skipif(not os.environ.get(WHOLE), reason=f"takes minutes; set {WHOLE}=1")
def test_all_of_asyncios_own_tests_pass_recorded(launcher: Launcher) -> None:
    launcher = replace(launcher, timeout_s=1200)
    _judge(launcher, _run_recorded(launcher, "whole", ["test.test_asyncio"]))
