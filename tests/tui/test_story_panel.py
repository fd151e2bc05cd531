"""The story on the screen: sentences around the shown moment, which can be read, chosen, and told in full."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual import events

from building import Recording, by_task
from loopviz.commands.export_file import write
from loopviz.exporters import ExportOptions
from loopviz.trace.files import load
from loopviz.trace.levels import Level
from loopviz.trace.story import Story
from loopviz.tui import history, reading, session
from loopviz.tui.travel import Stepped
from loopviz.tui.watch import Watch
from loopviz.tui.widgets.pane import Pane
from tui.driver import Driver, opened
from tui.runs import NASTY_NAMES, US, crowd, nasty, pair


def told(at: Driver) -> list[str]:
    """The lines of the story as it stands on the screen."""
    return [line.text.rstrip() for line in at.timeline.panes["story"]._lines]


def marked(at: Driver, mark: str) -> list[str]:
    """The sentences that have a mark, first lines only."""
    return [line.partition(mark)[2].lstrip("▎ ") for line in told(at) if mark in line]


async def click(at: Driver, text: str) -> None:
    line = next(number for number, line in enumerate(told(at)) if text in line)
    await at.click((10, line + 1), at.timeline.panes["story"])


async def wheel(at: Driver, kind: type[events.MouseEvent], times: int) -> None:
    pane = at.timeline.panes["story"]
    for _ in range(times):
        pane.post_message(kind(pane, 5, 3, 0, 0, 0, False, False, False, 5, 3))
        await at.settle()


async def test_now_is_the_end_of_the_story(pair: Path) -> None:
    async with opened(pair) as at:
        assert told(at)[-1].endswith("the loop stops")
        assert marked(at, "▶") == marked(at, "▷") == []


async def test_the_sentence_of_the_shown_moment_is_marked_and_in_view(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("full_stop")
        assert marked(at, "▶") == ["the loop starts, in the thread"]
        for _ in range(15):
            await at.press("full_stop")
            assert len(marked(at, "▶")) == 1
        assert marked(at, "▶") == ["nothing is ready: the loop sleeps,"]


async def test_between_events_the_last_one_is_the_moments(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.travel.go_to(26 * US)
        at.timeline.show_now()
        assert marked(at, "▶") == ["main prints 'start'"]


async def test_all_events_of_one_instant_are_the_moments(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).mark("a", 10).mark("b", 10).mark("c", 20)
    async with opened(keep(made)) as at:
        await at.press("full_stop", "full_stop")
        assert marked(at, "▶") == ["the program sets the mark 'a'", "the program sets the mark 'b'"]


async def test_what_comes_after_the_moment_is_pale(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("full_stop")
        later = next(line for line in at.timeline.panes["story"]._lines if "main is created" in line.text)
        assert later.pieces[-1][1] == at.app.palette.dim


async def test_the_selected_tasks_sentences_are_marked(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("comma", "down", "down")
        assert [line for line in told(at) if "work(2) returns" in line and "▎" in line]
        assert not [line for line in told(at) if "main returns" in line and "▎" in line]
        await at.press("up", "up")
        assert [line for line in told(at) if "main returns" in line and "▎" in line]


async def test_a_sentence_has_the_number_of_its_line_in_json(pair: Path, tmp_path: Path) -> None:
    write("json", load(pair), str(tmp_path / "out.jsonl"), ExportOptions())
    facts = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    async with opened(pair) as at:
        number = next(int(line.split()[0]) for line in told(at) if "main returns" in line)
    assert (facts[number - 1]["event"], facts[number - 1]["task"]) == ("task_finished", 1)


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_t_lets_the_keys_choose_a_sentence_and_enter_goes_to_its_moment(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("t")
        assert marked(at, "▷") == ["the loop stops"]
        await at.press("up", "k", "up", "down", "j", "up")
        assert marked(at, "▷") == ["main prints '[1, 2]'"]
        assert at.watch.travel.moment_ns is None
        assert "enter go there" in at.lines[-1]
        await at.press("enter")
        assert at.watch.travel.moment_ns == 1_160 * US
        assert marked(at, "▶") == ["main prints '[1, 2]'"]


async def test_home_end_and_the_page_keys_move_in_the_story(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("t", "home")
        assert marked(at, "▷") == ["the loop starts, in the thread"]
        await at.press("pagedown")
        assert marked(at, "▷") != ["the loop starts, in the thread"]
        await at.press("pageup")
        assert marked(at, "▷") == ["the loop starts, in the thread"]
        await at.press("end")
        assert marked(at, "▷") == ["the loop stops"]


async def test_escape_gives_the_keys_back_to_the_timeline(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("t", "home", "escape")
        assert marked(at, "▷") == []
        assert told(at)[-1].endswith("the loop stops")
        await at.press("up")
        assert at.watch.selection.index == 0
        assert "enter go there" not in at.lines[-1]


async def test_a_step_through_time_takes_the_story_along(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("t", "home", "comma")
        assert marked(at, "▶") == ["the loop stops"]
        assert marked(at, "▷") == []
        await at.press("up")
        assert marked(at, "▷") == ["main returns"]


async def test_a_click_on_a_sentence_goes_to_its_moment_and_leaves_the_keys_alone(pair: Path) -> None:
    async with opened(pair) as at:
        await click(at, "main prints '[1, 2]'")
        assert at.watch.travel.moment_ns == 1_160 * US
        assert marked(at, "▶") == ["main prints '[1, 2]'"]
        await at.press("down")
        assert at.watch.selection.index == 2
        assert "esc follows" not in at.text
        await at.press("escape")
        assert at.watch.travel.moment_ns is None


async def test_a_click_below_the_last_sentence_goes_nowhere(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(Recording(clock="virtual").loop_defined().loop_started(0).created(1, 10))) as at:
        await at.click((10, 9), at.timeline.panes["story"])
        assert at.watch.travel.moment_ns is None


async def test_the_wheel_scrolls_the_story_and_stops_at_its_ends(pair: Path) -> None:
    async with opened(pair) as at:
        await wheel(at, events.MouseScrollUp, 30)
        assert told(at)[0].endswith("the loop starts, in the thread")
        assert "esc follows" in at.text
        await wheel(at, events.MouseScrollDown, 30)
        assert told(at)[-1].endswith("the loop stops")
        await wheel(at, events.MouseScrollUp, 30)
        await at.press("escape")
        assert told(at)[-1].endswith("the loop stops")


async def test_what_is_read_stays_where_events_come_late(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined(1).loop_defined(2).mark("a", 10).mark("b", 20)
    async with opened(keep(made)) as at:
        await at.press("t", "up")
        assert marked(at, "▷") == ["the program sets the mark 'a'"]
        late = Recording().on(2).idle(5, 6)
        late.cut()
        for chunk in late.chunks:
            at.view.trace.feed(*chunk)
        at.timeline.tick()
        at.timeline.show_now()
        assert marked(at, "▷") == ["the program sets the mark 'a'"]


# -- how much is told --------------------------------------------------------------------------------------------------


async def test_d_tells_every_event_and_less_again(pair: Path) -> None:
    async with opened(pair, size=(120, 60)) as at:
        assert "─ brief" in at.text
        await at.press("d")
        numbers = [int(line.split()[0]) for line in told(at) if line.split()[0].isdigit()]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert "─ full" in at.text
        await at.press("d")
        assert "─ brief" in at.text


async def test_another_run_is_told_at_the_same_level(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("d")
        assert Watch(at.watch.session, at.watch).reading.level is Level.FULL


async def test_of_a_long_stretch_that_is_left_out_something_is_told(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LONGEST_GAP", 3)
    monkeypatch.setattr(Story, "_folds", lambda *_: True)
    async with opened(pair) as at:
        at.watch.reading.go_to_end(last=False)
        length = len(at.watch.history.chronicle)
        assert list(at.watch.reading.after(-1)) == list(range(3, length, 4))
        assert list(at.watch.reading.before(length)) == list(range(length - 4, -1, -4))


# -- where there is little or much -------------------------------------------------------------------------------------


async def test_t_brings_the_story_to_the_front_and_back_where_panels_were_hidden(pair: Path) -> None:
    async with opened(pair, size=(80, 24)) as at:
        await at.press("tab", "tab")
        assert at.shown_panels == ["loop"]
        await at.press("t")
        assert at.shown_panels == ["story"]
        await at.press("escape", "b", "t")
        assert at.shown_panels == ["story"]


async def test_a_terminal_that_is_too_low_for_the_story_says_so(pair: Path) -> None:
    async with opened(pair, size=(80, 16)) as at:
        await at.press("t")
        assert "too low for the story" in at.text


async def test_where_there_is_room_each_sentence_has_its_time(pair: Path) -> None:
    async with opened(pair, size=(80, 24)) as at:
        assert told(at)[-1].split("  ")[0].strip() == "37 0.001 200 s"


async def test_a_recording_without_events_says_so(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(Recording(clock="virtual"))) as at:
        assert told(at) == ["Nothing was recorded."]
        await at.press("t", "up", "enter", "home")
        assert told(at) == ["Nothing was recorded."]


async def test_only_what_is_in_view_is_told(keep: Callable[[Recording], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(keep(crowd(2_000))) as at:
        await at.until(lambda: at.watch.history.is_whole)
        made: list[int] = []
        sentence = Story.sentence
        monkeypatch.setattr(Story, "sentence", lambda story, at: made.append(at) or sentence(story, at))  # type: ignore[func-returns-value]
        at.watch.reading.move(-1, at.watch.shown_ns)
        at.timeline.show_now()
        assert 0 < len(made) <= 2 * at.timeline.panes["story"].text_height


async def test_the_panels_are_not_written_anew_where_only_the_timeline_moves(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(pair) as at:
        written: list[Pane] = []
        monkeypatch.setattr(Pane, "write", lambda pane, _watch: written.append(pane))
        await at.press("plus", "right", "left", "x", "minus", "0")
        assert written == []
        await at.press("down")
        assert {pane.panel_name for pane in written} >= {"story", "loop"}


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (240, 70)])
async def test_nasty_names_are_told_as_text_and_every_line_keeps_its_width(
    keep: Callable[[Recording], Path], size: tuple[int, int]
) -> None:
    async with opened(keep(nasty()), size=size) as at:
        await at.press("d", "t", "home")
        for _ in NASTY_NAMES * 3:
            await at.press("down")
            assert {cell_len(line) for line in at.lines} == {size[0]}
            assert "\x1b" not in at.text
        await at.press("home", "down")
        assert "[bold red]markup[/]" in " ".join(line.strip() for line in told(at))


async def test_a_story_that_grows_is_followed(keep: Callable[[Recording], Path], tmp_path: Path) -> None:
    async with opened(keep(pair())) as at:
        more = Recording().mark("later", 2_000 * US, by=by_task(1))
        more.cut()
        for chunk in more.chunks:
            at.view.trace.feed(*chunk)
        at.timeline.tick()
        at.timeline.show_now()
        assert told(at)[-1].endswith("main sets the mark 'later'")


# -- a trace that is too long for one frame ----------------------------------------------------------------------------


@pytest.fixture
def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Each frame takes in one record, or as many as are said."""

    def take(records: int) -> None:
        monkeypatch.setattr(history, "_RECORDS", records)

    monkeypatch.setattr(history, "_AT_EASE_S", -1)
    monkeypatch.setattr(history, "_IN_HASTE_S", -1)
    monkeypatch.setattr(history, "_FAR", 0)
    take(1)
    return take


async def test_a_step_waits_until_the_events_are_in_order_and_says_so(
    keep: Callable[[Recording], Path], in_small_pieces: Callable[[int], None]
) -> None:
    async with opened(keep(crowd(1_000))) as at:
        await at.press("comma", "comma")
        assert "still being put in order" in at.lines[-1]
        assert at.watch.travel.moment_ns is None
        assert "─ brief, reading, " in at.text
        assert "reading, " in at.panel("loop")
        in_small_pieces(1 << 12)
        await at.wait_for("❚❚")
        assert at.watch.travel.moment_ns == at.view.trace.end_ns - 5 * US


def test_a_step_from_the_end_of_a_trace_that_loads_waits_for_its_real_end(
    keep: Callable[[Recording], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_BYTES_AT_ONCE", 1 << 10)
    monkeypatch.setattr(session, "_READING_S", -1)
    with session.Session.opened(keep(crowd(300))) as recorded:
        watch = Watch(recorded)
        while recorded.is_loading:
            if not watch.travel.is_awaited:
                assert watch.travel.step(-1) is Stepped.LATER
            assert watch.travel.take_waiting_step() is Stepped.LATER
            watch.poll(0)
        while not watch.history.is_whole:
            watch.poll(0)
        assert watch.travel.take_waiting_step() is Stepped.TAKEN
        assert watch.travel.moment_ns == watch.view.trace.end_ns


async def test_a_step_that_waited_for_nothing_says_so(
    keep: Callable[[Recording], Path], in_small_pieces: Callable[[int], None]
) -> None:
    async with opened(keep(crowd(1_000))) as at:
        at.watch.travel.go_to(at.view.trace.end_ns)
        await at.press("full_stop")
        in_small_pieces(1 << 12)
        await at.wait_for("that was the last event")


async def test_escape_calls_off_a_step_that_waits(
    keep: Callable[[Recording], Path], in_small_pieces: Callable[[int], None]
) -> None:
    async with opened(keep(crowd(1_000))) as at:
        await at.press("comma", "escape")
        in_small_pieces(1 << 12)
        while not at.watch.history.is_whole:
            at.timeline.tick()
        at.timeline.tick()
        assert at.watch.travel.moment_ns is None


async def test_the_keys_are_the_timelines_again_where_the_story_makes_room_for_another_panel(pair: Path) -> None:
    async with opened(pair, size=(80, 24)) as at:
        await at.press("t", "tab", "down")
        assert at.watch.selection.index == 2
        assert "enter go there" not in at.lines[-1]


async def test_t_reads_at_once(pair: Path) -> None:
    async with opened(pair) as at:
        at.app.post_message(events.Key("t", "t"))
        at.app.post_message(events.Key("up", None))
        await at.settle()
        assert marked(at, "▷") == ["main returns"]
