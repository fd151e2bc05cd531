"""The collector of garbage, which the first screen does not wait for."""

from __future__ import annotations

import gc

import pytest

from loopviz.tui import garbage
from loopviz.tui.app import LoopvizApp
from loopviz.tui.screens.picker import PickerScreen
from tui.driver import Driver


async def test_garbage_is_collected_again_once_the_first_screen_is_drawn() -> None:
    frozen = gc.get_freeze_count()
    try:
        with garbage.aside():
            app = LoopvizApp()
            async with app.run_test() as pilot:
                await Driver(app, pilot).until(gc.isenabled, "the collector")
                assert isinstance(app.screen, PickerScreen)
                assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()


async def test_a_collector_that_was_not_stopped_freezes_nothing() -> None:
    frozen = gc.get_freeze_count()
    app = LoopvizApp()
    async with app.run_test() as pilot:
        await Driver(app, pilot).settle()
        assert gc.isenabled()
        assert gc.get_freeze_count() == frozen


def test_garbage_is_collected_again_where_no_screen_came_up() -> None:
    with pytest.raises(ZeroDivisionError), garbage.aside():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()
