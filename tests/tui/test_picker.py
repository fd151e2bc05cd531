"""The picker: cards, files, options, the clock, and what is said where a program does not start."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from loopviz.tui.keys import bindings
from loopviz.tui.picker_keys import PICKER_BAR, PICKER_KEYS
from loopviz.tui.screens.picker import PickerScreen
from loopviz.tui.session import Session
from loopviz.tui.themes import LIGHT
from tui.driver import driving, opened
from tui.test_sizes import SIZES, assert_looks_as_before
from tui.workshop import Workshop

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are recorded on POSIX systems")


async def test_s_opens_the_picker_with_cards_lesson_and_code(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s")
        assert "1. First steps" in at.text
        assert "2. Ten items, each way" in at.text
        assert "Say hello." in at.text
        await at.press("down", "down")
        assert "All [b]start[/b] at once." in at.text
        assert 'print("the code")' in at.text
        assert "Card." not in at.text
        await at.press("escape")
        assert "work(1)" in at.text


async def test_typing_in_the_picker_filters_and_enter_runs_with_the_words_from_the_first_option_on(
    workshop: Workshop, pair: Path
) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s", *"gath", "space", *"--items", "space", "3")
        assert "sequential" not in at.text
        assert "smallest" not in at.text
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["gather", "--items", "3"]]


async def test_any_program_can_be_run_by_its_path(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s", *"./my", "space", *"x.py")
        assert "run  ./my x.py" in at.text
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["./my", "x.py"]]


async def test_a_program_that_is_not_there_is_told_in_the_picker(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s", *"nothing.py", "enter")
        assert "did you mean something.py?" in at.lines[-1]
        await at.press("escape", *"'x", "enter")
        assert "not understood: No closing quotation" in at.lines[-1]


async def test_a_card_that_cant_run_here_says_why(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s", *"fetch", "enter")
        assert "fetch needs the extra 'http'" in at.lines[-1]
        assert workshop.started == []


async def test_without_a_session_the_picker_opens_and_leads_to_the_timeline(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        assert "choose what to run" in at.text
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["hello"]]
        await at.wait_for("work(2)")


async def test_escape_in_a_picker_with_nothing_behind_it_leaves_loopviz(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press("x", "escape")
        assert not at.app._exit
        await at.press("escape")
        assert at.app._exit


# Which card is chosen


async def test_a_name_typed_in_full_is_chosen_before_those_that_hold_it(workshop: Workshop) -> None:
    offer = workshop.offer()
    longer = [replace(card, name="gather_two", section="1. First steps") for card in offer.cards()[:1]]
    async with driving(None, offer=replace(offer, cards=lambda: [*longer, *offer.cards()])) as at:
        await at.press(*"gather", "enter")
        await at.wait_for("● live")
        assert workshop.started == [["gather"]]


async def test_the_scenario_on_show_is_chosen_at_first(workshop: Workshop) -> None:
    async with driving(Session.live(workshop.launch(["sequential"])), offer=workshop.offer()) as at:
        await at.press("s", "enter")
        await at.wait_for("work(2)")
        assert workshop.started == [["sequential"], ["sequential"]]


async def test_on_an_empty_line_digits_run_the_ways_to_do_ten_things(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press("9")
        assert "there are 2 ways to choose from" in at.lines[-1]
        await at.press("2")
        await at.wait_for("● live")
        assert workshop.started == [["gather"]]


async def test_a_digit_on_a_line_is_typed(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"x2?")
        assert "x2?" in at.lines[1]


# Options and the clock


async def test_tab_asks_for_the_options_with_their_defaults_and_enter_runs_with_what_was_changed(
    workshop: Workshop,
) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab")
        assert "Run gather" in at.text
        assert "--items    10" in at.text
        assert "how many (10)" in at.text
        assert "[up]  down" in at.text
        await at.press("ctrl+u", "3", "down", "right", "enter")
        await at.wait_for("● live")
        assert workshop.started == [["gather", "--items", "3", "--order", "down"]]


async def test_the_form_shows_the_command_that_it_stands_for(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab", "ctrl+u", "5", "up", "right")
        assert "loopviz run --clock 4x gather --items 5" in at.text
        assert "4x clock: loop time runs four times as fast" in at.text


async def test_words_that_were_typed_are_in_their_fields_and_the_others_in_one_of_their_own(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather --items=7 --other", "tab")
        assert "--items    7" in at.text
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["gather", "--items", "7", "--other"]]


async def test_what_was_filled_in_is_found_again(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab", "ctrl+u", "5", "enter")
        await at.wait_for("● live")
        await at.press("s", "tab")
        assert "loopviz run gather --items 5" in at.text


async def test_ctrl_t_changes_the_clock_in_the_form_wherever_one_types(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab", "ctrl+t")
        assert "[4x]" in at.text
        assert "loopviz run --clock 4x gather" in at.text
        await at.press("up", "ctrl+t")
        assert "[virtual]" in at.text
        await at.press("ctrl+t")
        assert "[real]" in at.text


async def test_wrong_options_leave_the_form_with_the_programs_own_usage(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab", *("down",) * 2, *"wrong", "enter")
        await at.wait_for("gather.py: error: 'wrong' is wrong")
        assert "usage: gather.py [--items N]" in at.text
        assert "Run gather" in at.text
        await at.press("ctrl+u", "enter")
        await at.wait_for("● live")


async def test_an_open_quote_in_the_form_is_told(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather", "tab", "down", "down", "'", "enter")
        assert "not understood: No closing quotation" in at.text
        assert workshop.started == []


async def test_ctrl_t_changes_the_clock_of_all_that_is_run(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        assert "real clock" in at.lines[0]
        await at.press("ctrl+t")
        assert "4x clock" in at.lines[0]
        await at.press("ctrl+t", *"gather", "enter")
        await at.wait_for("● live")
        await at.press("1")
        await at.wait_for("sequential  ● live")
        assert workshop.started == [["--clock", "virtual", "gather"], ["--clock", "virtual", "sequential"]]


# Files


@pytest.fixture
def files(workshop: Workshop) -> Path:
    """A directory with a blank in its name and a program with another."""
    (workshop.folder / "my dir").mkdir()
    program = workshop.folder / "my dir" / "an app.py"
    program.write_text('"""An app\n\nIt does things.\n"""\nparser.add_argument("--port", default=80)\n')
    return program


async def test_a_path_is_completed_with_tab_and_its_program_has_a_card_and_options(
    workshop: Workshop, files: Path
) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"./m")
        assert "my dir/" in at.text
        await at.press("tab")
        assert "./my\\ dir/" in at.lines[1]
        assert "It does things." in at.text
        await at.press("tab", "tab", "ctrl+u", *"81", "enter")
        await at.wait_for("● live")
        assert workshop.started == [["./my dir/an app.py", "--port", "81"]]


async def test_enter_opens_a_directory_and_runs_a_file(workshop: Workshop, files: Path) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"./", "enter")
        assert "./my\\ dir/" in at.lines[1]
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["./my dir/an app.py"]]


async def test_a_trace_is_opened(workshop: Workshop, pair: Path) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"run.l", "tab", "tab")
        assert "a trace has no options" in at.lines[-1]
        await at.press("enter")
        await at.wait_for("■ recorded")
        assert workshop.started == []
        assert len(at.app.screen_stack) == 2


async def test_what_is_called_a_trace_and_is_none_is_told(workshop: Workshop) -> None:
    (workshop.folder / "notes.loopviz").write_text("notes")
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"./notes.loopviz", "enter")
        assert "this is not a loopviz trace" in at.lines[-1]


async def test_tab_where_nothing_can_be_completed_says_so(workshop: Workshop) -> None:
    (workshop.folder / "gate.py").touch()
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"./ga", "tab", "tab")
        assert "type on, or choose one with" in at.lines[-1]
        assert "gate.py" in at.text


async def test_paths_are_shown_as_a_person_would_say_them(workshop: Workshop, files: Path) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        assert "scenarios/hello.py" in at.text
        await at.press(*"./m", "tab")
        assert any(line.rstrip().endswith(" my dir/an app.py") for line in at.lines)
        assert str(workshop.folder) not in at.text


# A program that does not start


async def test_a_program_that_fails_before_its_loop_leaves_the_picker_with_the_reason(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather -wrong wrong", "enter")
        await at.wait_for("exit status 1: gather.py: error: 'wrong' is wrong")
        assert "usage: gather.py [--items N]" in at.text
        await at.press("ctrl+u", "enter")
        await at.wait_for("● live")


async def test_a_program_that_only_tells_its_help_is_read_in_the_picker(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(*"gather --help", "enter")
        await at.wait_for("it ended without an event loop")
        assert "usage: gather.py [--items N]" in at.text


async def test_a_failure_after_the_picker_was_left_is_told_on_the_timeline(workshop: Workshop, pair: Path) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        at.app.begin(["gather", "wrong"], PickerScreen((), at.app.palette))
        await at.wait_for("'wrong' is wrong")
        assert "The program ended before an event loop ran" in at.text


# Keys and looks


def test_every_key_of_the_picker_does_something_and_every_label_has_its_rank() -> None:
    for binding in bindings(PICKER_KEYS):
        assert hasattr(PickerScreen, f"action_{binding.action.partition('(')[0]}"), binding.action
    labels = [key.bar for keys in PICKER_KEYS.values() for key in keys if key.bar]
    assert sorted(labels) == sorted(PICKER_BAR)


@pytest.mark.parametrize("key", ["?", "f1"])
async def test_the_picker_has_a_help_of_its_own(workshop: Workshop, key: str) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press(key)
        assert "complete a path; else fill in options" in at.text


async def test_ctrl_c_leaves_loopviz(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press("ctrl+c")
        assert at.app._exit


async def test_titles_are_listed_where_there_is_room_for_some_words_of_them(workshop: Workshop) -> None:
    async with driving(None, (99, 30), workshop.offer()) as at:
        await at.press("down")
        assert "1 sequential  " in at.line_of("sequential")
        assert at.text.count("One after the other") == 1
        await at.pilot.resize_terminal(120, 30)
        await at.settle()
        assert at.text.count("One after the other") == 2
        await at.press("enter")
        await at.wait_for("● live")
        assert workshop.started == [["sequential"]]


@pytest.mark.parametrize("size", SIZES)
async def test_the_picker_looks_as_before(workshop: Workshop, size: str) -> None:
    async with driving(None, SIZES[size], workshop.offer()) as at:
        await at.press("down")
        assert_looks_as_before(at, f"picker_{size}")


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_looks_as_before(workshop: Workshop, size: str) -> None:
    async with driving(None, SIZES[size], workshop.offer()) as at:
        await at.press(*"gather", "tab", "down")
        assert_looks_as_before(at, f"form_{size}")


@pytest.mark.parametrize(("width", "height"), [(40, 10), (20, 6), (81, 3)])
async def test_picker_and_form_survive_any_size(workshop: Workshop, width: int, height: int) -> None:
    async with driving(None, (width, height), workshop.offer()) as at:
        await at.press("down", "tab", "down", "right", "escape", *"./x", "tab")
        assert len(at.lines) == height


async def test_another_theme_is_worn_at_once(workshop: Workshop) -> None:
    async with driving(None, offer=workshop.offer()) as at:
        await at.press("down")
        at.app.theme = LIGHT.name
        await at.settle()
        key = at.app.screen.get_style_at(1, at.row_of("1 sequential")).color
        assert key is not None
        assert key.get_truecolor().hex.lower() == LIGHT.primary.lower()


@pytest.mark.parametrize(("opens", "command"), [([], "complete a path; else fill in options"), (["escape"], "zoom in")])
async def test_the_keys_of_the_screen_on_show_are_in_the_palette(
    workshop: Workshop, pair: Path, opens: list[str], command: str
) -> None:
    async with opened(pair, offer=workshop.offer()) as at:
        await at.press("s", *opens)
        assert any(command in found.title for found in at.app.get_system_commands(at.app.screen))
