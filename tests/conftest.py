"""What all tests share: no property fails because the machine was busy, nor by the luck of the draw: its examples are
the same on each run, and ``--hypothesis-profile=random`` looks for others. Golden files are rewritten only when asked.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("loopviz", settings.get_profile("random"), derandomize=True)
settings.load_profile("loopviz")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write the golden files anew, to be read in the diff"
    )


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether a test is to write its golden file before it compares."""
    return bool(request.config.getoption("--rewrite-golden"))
