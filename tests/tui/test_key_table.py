"""The table of keys holds together: what is shown is bound, what is bound does something, nothing is bound twice."""

from __future__ import annotations

from collections import Counter

import pytest

from loopviz.tui.keys import BAR_ORDER, KEYS, bar_keys, bar_width, bindings
from loopviz.tui.screens.timeline import TimelineScreen


def test_no_key_is_bound_twice() -> None:
    assert [key for key, times in Counter(binding.key for binding in bindings()).items() if times > 1] == []


def test_every_action_is_there() -> None:
    for binding in bindings():
        name = binding.action.partition("(")[0]
        assert name.startswith("app.") or hasattr(TimelineScreen, f"action_{name}"), name


def test_every_label_of_the_bar_has_its_rank() -> None:
    labels = [key.bar for keys in KEYS.values() for key in keys if key.bar]
    assert sorted(labels) == sorted(BAR_ORDER)


@pytest.mark.parametrize("cells", [0, 20, 79, 119, 239])
def test_the_bar_never_takes_more_room_than_it_has(cells: int) -> None:
    shown = bar_keys(cells)
    assert sum(map(bar_width, shown)) <= cells
    assert cells < 20 or {key.bar for key in shown} >= {"help", "quit"}
