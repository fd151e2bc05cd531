"""What the panels below the timeline say, and how they scroll."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import events

from building import Recording, by_task
from loopviz.events import StepEnd, WakeKind
from loopviz.timeline.row_order import Sort
from loopviz.trace.wakes import Wake
from loopviz.tui.panels.span_facts import waker_words
from tui.driver import Driver, opened
from tui.runs import US, crowd, pair


async def wheel(at: Driver, panel: str, kind: type[events.MouseEvent], times: int = 1) -> None:
    pane = at.timeline.panes[panel]
    for _ in range(times):
        pane.post_message(kind(pane, 5, 3, 0, 0, 0, False, False, False, 5, 3))
        await at.settle()


async def test_the_loop_panel_counts_all_and_lists_as_many_as_a_scroll_can_reach(
    keep: Callable[[Recording], Path],
) -> None:
    async with opened(keep(crowd(300))) as at:
        lines = at.panel("loop").splitlines()
        assert "waiting 301" in at.panel("loop")
        assert len(lines) <= 21
        assert "child" in lines[-1]


async def test_what_has_no_number_takes_the_room_of_the_numbers(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 0, "main").step(1, 10, 20, ready=0)
    async with opened(keep(made.timer(1, 15, 5_000_000_000, by=by_task(1)))) as at:
        lines = at.timeline.panes["loop"].panel.lines(at.watch, 36, 20)
        assert lines[0].text.split(None, 1)[1].strip() == "until something wakes it"


async def test_the_wheel_scrolls_a_panel_and_stops_at_its_ends(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(crowd(300))) as at:
        assert "waiting 301" in at.text
        await wheel(at, "loop", events.MouseScrollDown, 3)
        assert "waiting 301" not in at.text
        assert "child 9 " in at.text
        await wheel(at, "loop", events.MouseScrollUp, 9)
        assert "waiting 301" in at.text


async def test_output_stays_at_its_end_until_somebody_scrolls_up(keep: Callable[[Recording], Path]) -> None:
    made = pair()
    for number in range(100):
        made.output(f"later {number}\n", (1_201 + number) * US, by=by_task(1))
    async with opened(keep(made)) as at:
        at.timeline.bring("output")
        await at.wait_for("main   later 99")
        await wheel(at, "output", events.MouseScrollUp, 2)
        assert "main   later 99" not in at.text
        await wheel(at, "output", events.MouseScrollDown, 2)
        assert "main   later 99" in at.text


async def test_long_output_is_folded_and_stderr_has_a_mark(keep: Callable[[Recording], Path]) -> None:
    made = pair().output("x" * 100 + "end\n", 1_300 * US, stream=2)
    async with opened(keep(made)) as at:
        folded = [line.strip() for line in at.panel("output").splitlines() if "!" in line]
        assert len(folded) > 1
        assert all(line.startswith("! ") for line in folded)
        assert "".join(line.removeprefix("! ") for line in folded) == "x" * 100 + "end"


async def test_the_source_panel_keeps_the_marked_line_in_view_and_scrolls_around_it(
    keep: Callable[[Recording], Path],
) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0)
    made.source("long.py", 1, "\n".join(f"line_{number} = 0" for number in range(1, 301))).created(1, 10)
    made.step(1, 20, 30, site=made.chain(("work", "long.py", 200)))
    async with opened(keep(made)) as at:
        assert "200 ▶ line_200" in at.text
        assert "line_1 " not in at.text
        await wheel(at, "source", events.MouseScrollUp, 4)
        assert "line_190 " in at.text
        await wheel(at, "source", events.MouseScrollDown, 80)
        assert "line_300 " in at.text


async def test_a_span_tells_its_times_its_line_and_its_waker(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.selection.select_at(2, 500 * US)
        facts = {line[:9].strip(): line[9:].strip() for line in at.panel("span").splitlines()[3:]}
        assert facts["from"] == "0.000 090 s"
        assert facts["to"] == "0.001 082 s"
        assert facts["length"] == "992 µs"
        assert facts["line"] == "app.py:6"
        assert facts["in"] == "work"
        assert facts["woken by"] == "its own timer"
        assert facts["through"] == "set_result"
        assert facts["span"] == "3 of 5"


async def test_a_step_that_held_the_loop_is_at_the_line_where_it_was_seen(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0)
    made.source("app.py", 12, "def report():\n    time.sleep(1)\n").created(1, 10)
    made.blocked(1, 20, 400, made.chain(("work", "asyncio/x.py", 3), ("report", "app.py", 13)))
    made.step(1, 20, 500, StepEnd.YIELDED, ready=10, site=made.chain(("work", "app.py", 40)))
    made.step(1, 700, 720, StepEnd.RETURNED, ready=500)
    async with opened(keep(made)) as at:
        at.watch.selection.select_at(1, 300)
        assert "line     app.py:13" in at.panel("span")
        assert "in       report" in at.panel("span")
        assert "13 ▶     time.sleep(1)" in at.panel("source")
        at.watch.selection.select_at(1, 600)
        assert "line     app.py:40" in at.panel("span")


async def test_a_task_that_queues_is_still_at_the_line_where_it_waited(pair: Path) -> None:
    async with opened(pair) as at:
        at.watch.selection.select_at(2, 1_085 * US)
        assert "▒ ready" in at.panel("span")
        assert "app.py:6" in at.panel("source")
        at.watch.selection.select_at(2, 65 * US)
        assert "app.py:1" in at.panel("source")


async def test_what_only_stepped_aside_was_woken_by_nobody(keep: Callable[[Recording], Path]) -> None:
    made = Recording().loop_defined().created(1, 0, "main").step(1, 10, 20, ready=0)
    made.step(1, 30, 40, StepEnd.RETURNED, ready=20, by=by_task(1))
    async with opened(keep(made), size=(80, 24)) as at:
        at.watch.travel.go_to(25)
        assert "woken by nobody: it only stepped aside" in at.panel("span")
        await at.press("w")
        assert at.lines[-1].strip() == "woken by nobody: it only stepped aside"
        assert at.watch.selection.trail == []


async def test_w_says_whose_row_it_would_go_to_where_that_is_not_listed(keep: Callable[[Recording], Path]) -> None:
    async with opened(keep(pair())) as at:
        await at.press("slash", *"work(2)", "enter")
        at.view.set_options(replace(at.view.options, sort=Sort.NAME))
        at.watch.selection.select(1)
        at.watch.travel.go_to(60 * US)
        await at.press("w")
        assert at.lines[-1].strip() == "woken by main, whose row is not listed"


async def test_a_span_that_lasts_has_no_end_and_no_waker_yet(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 10).step(1, 20, 30).idle(40, 1_000)
    async with opened(keep(made)) as at:
        assert "to       lasts" in at.panel("span")
        assert "length   970 ns so far" in at.panel("span")
        assert "woken by nothing yet" in at.panel("span")


async def test_a_finished_task_tells_how_it_ended(keep: Callable[[Recording], Path]) -> None:
    made = Recording(clock="virtual").loop_defined().loop_started(0).created(1, 10)
    made.step(1, 20, 30, StepEnd.RAISED, result="ValueError: " + "no " * 40)
    async with opened(keep(made)) as at:
        said = at.panel("span")
        assert said.splitlines()[2].startswith("✗ raised ValueError: no")
        assert said.count("no") > 30
        assert "steps    1" in said


async def test_a_loops_row_tells_of_the_loop(pair: Path) -> None:
    async with opened(pair) as at:
        await at.press("up")
        assert "class    Loop" in at.panel("span")
        assert "ran      3 tasks" in at.panel("span")
        assert "at 0.001 200 s" in at.panel("loop")


async def test_each_origin_of_a_wake_has_its_words(pair: Path) -> None:
    async with opened(pair) as at:
        words = {kind: waker_words(at.watch, Wake(kind, None, None, None, 0)) for kind in WakeKind if kind != 1}
        assert words[WakeKind.IO] == "I/O"
        assert len(set(words.values())) == len(words)
        assert waker_words(at.watch, Wake(WakeKind.TIMER, 2, 1, None, 0)) == "a timer that work(1) set"
        assert waker_words(at.watch, Wake(WakeKind.TASK, 1, None, "Future.set_result", 0)) == "itself"


async def test_a_loop_that_runs_nothing_is_idle_busy_or_stopped(keep: Callable[[Recording], Path]) -> None:
    def says(at: Driver) -> str:
        return " ".join(at.panel("loop").splitlines()[1].split())

    made = Recording(clock="virtual").loop_defined().loop_started(0).callback(1, 100 * US, 200 * US)
    made.callback(2, 300 * US, 400 * US)
    async with opened(keep(made)) as at:
        assert says(at) == "idle until something wakes it"
        at.watch.travel.go_to(250 * US)
        assert says(at) == "running the loop itself"
    async with opened(keep(made.loop_stopped(500 * US))) as at:
        assert says(at) == "stopped the loop runs nothing"
