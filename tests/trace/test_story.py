"""Every event is one plain sentence; a brief story leaves out what is said elsewhere; both grow with the trace."""

from __future__ import annotations

import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import Recording, by_callback, by_task, by_timer, everything
from loopviz.events import RECORD, ChunkKind, StepEnd
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.levels import Level
from loopviz.trace.story import Mention, Story
from loopviz.trace.trace import Trace
from simulating import simulate
from telling import sentences, sleeping, story_of

seeds = st.integers(0, 10**9).map(Random)


def is_plain(sentence: str) -> bool:
    """One line that only reads as text, and says something."""
    return bool(sentence.strip()) and not {"Cc", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, sentence))


@given(seeds)
def test_every_event_is_one_plain_sentence(random: Random) -> None:
    trace = simulate(random, loops=2).recording.trace()
    told = sentences(trace)
    assert len(told) == len(Chronicle(trace))
    assert all(map(is_plain, told))


@given(st.text(), st.text(), st.text())
def test_a_sentence_is_plain_whatever_the_program_says(name: str, output: str, callback: str) -> None:
    made = Recording().loop_defined(1, thread=name).loop_defined(2, thread=output).loop_started(0, thread=callback)
    made.created(1, 1, name, coroutine=output, arguments=callback).output(output, 2).mark(output, 3).warned(output, 4)
    made.callback(1, 5, 6, callback).timer(2, 7, 10, callback).timer_cancelled(2, 8)
    made.call(3, 1, 9, callback, output).step(1, 10, 20, StepEnd.RAISED, result=output)
    made.step(2, 10, 20, site=made.chain((name, output, 3), (callback, "asyncio/x.py", 4)))
    assert all(map(is_plain, sentences(made)))


def test_every_kind_of_event_has_its_sentence() -> None:
    made = everything()
    assert len(sentences(made)) == len(Chronicle(made.trace()))
    assert all(map(is_plain, sentences(made)))


@given(seeds)
def test_a_brief_story_is_a_part_of_the_full_one_in_the_same_order(random: Random) -> None:
    story = story_of(simulate(random).recording)
    length = len(story.chronicle)
    full, brief = (list(story.positions(0, length, level)) for level in (Level.FULL, Level.BRIEF))
    assert full == list(range(length))
    assert brief == [position for position in full if not story.is_folded(position)]
    assert brief[::-1] == list(story.before(length))
    assert full[::-1] == list(story.before(length, Level.FULL))
    assert [(story.chronicle.place(at)[0], story.text(at)) for at in brief] == list(story.told(0, length))


@given(seeds)
def test_a_sentence_and_its_text_are_the_same_and_its_names_are_where_it_says(random: Random) -> None:
    story = story_of(simulate(random).recording)
    for position in range(len(story.chronicle)):
        sentence = story.sentence(position)
        assert sentence.text == story.text(position)
        for mention in sentence.mentions:
            assert sentence.text[mention.start : mention.end] == story.name(mention.task)


def test_a_sentence_mentions_its_tasks_in_order() -> None:
    story = story_of(Recording().created(1, 0, "main").created(2, 15, "a job", by=by_task(1)))
    sentence = story.sentence(2)
    assert sentence.text.startswith("main creates a job: ")
    assert sentence.mentions == (Mention(0, 4, 1), Mention(13, 18, 2))


def test_where_there_is_no_event_there_is_no_sentence() -> None:
    story = story_of(Recording().mark("a", 1))
    with pytest.raises(IndexError):
        story.text(1)


@given(seeds, st.booleans())
def test_a_story_that_grew_is_the_story_of_the_whole(random: Random, record_by_record: bool) -> None:
    simulated = simulate(random, loops=2, turns=12)
    whole = simulated.recording.trace()
    trace = Trace(dict(simulated.recording.header))
    chronicle = Chronicle(trace)
    story = Story(chronicle)
    for kind, loop, payload in simulated.recording.chunks:
        piece = RECORD.size if record_by_record and kind == ChunkKind.RECORDS else len(payload)
        for start in range(0, len(payload), piece):
            trace.feed(kind, loop, payload[start : start + piece])
            chronicle.update()
            if len(chronicle):
                assert is_plain(story.text(len(chronicle) - 1))
    assert [story.text(position) for position in range(len(chronicle))] == sentences(whole)


@given(seeds, st.integers(1, 40))
def test_a_story_that_was_taken_in_piece_by_piece_is_the_story_of_the_whole(random: Random, piece: int) -> None:
    trace = simulate(random, loops=2, turns=12).recording.trace()
    chronicle = Chronicle(trace, at_most=0)
    story = Story(chronicle)
    while chronicle.taken < len(trace.records):
        chronicle.update(piece)
        assert not len(chronicle) or is_plain(story.text(len(chronicle) - 1))
    assert [story.text(position) for position in range(len(chronicle))] == sentences(trace)


def brief_names(made: Recording) -> list[str]:
    """The names of the events that a brief story tells."""
    story = story_of(made)
    return [story.chronicle[position].name for position in story.positions(0, len(story.chronicle))]


def test_brief_leaves_out_what_a_creation_a_yield_and_a_sleep_have_said() -> None:
    made = Recording().created(1, 0, "a").created(2, 11, "b", by=by_task(1)).step(1, 10, 20, StepEnd.YIELDED, ready=0)
    made.step(2, 22, 24, StepEnd.RETURNED, ready=11)
    sleeping(made, 1, 30, 40, 1_000).idle(50, 1_030, 990)
    made.callback(1, 1_040, 1_050, "_set_result_unless_cancelled", by=by_timer(1))
    made.step(1, 1_060, 1_070, StepEnd.RETURNED, ready=1_045, by=by_callback(1))
    assert brief_names(made) == [
        "task_created",
        "task_started",
        "task_created",
        "task_suspended",
        "task_started",
        "task_finished",
        "task_resumed",
        "task_suspended",
        "loop_idle",
        "task_ready",
        "task_resumed",
        "task_finished",
    ]


def test_brief_tells_the_programs_own_callbacks_and_timers_and_time_limits() -> None:
    made = Recording().timer(1, 5, 100, "tick").timer(2, 6, 100, "Timeout._on_timeout").timer_cancelled(2, 7)
    made.callback(1, 110, 115, "tick", by=by_timer(1)).timer(3, 120, 100, "tock").timer_cancelled(3, 130)
    assert brief_names(made) == ["timer_set", "timer_set", "callback_started", "timer_set", "timer_cancelled"]


def test_brief_tells_of_tidying_up_only_that_it_is_done() -> None:
    made = Recording().loop_defined().created(1, 0, "main").loop_started(5).step(1, 10, 20, StepEnd.RETURNED)
    made.callback(1, 25, 26, "_run_until_complete_cb", by=by_task(1)).loop_stopped(30)
    for task, at in ((2, 40), (3, 60)):
        made.created(task, at, coroutine="BaseEventLoop.shutdown_asyncgens", library=True)
        made.loop_started(at + 1).idle(at + 2, at + 3)
        made.step(task, at + 5, at + 6, StepEnd.RETURNED, ready=at)
        made.callback(task, at + 8, at + 9, "_run_until_complete_cb", by=by_task(task)).loop_stopped(at + 10)
    assert brief_names(made)[-4:] == ["task_finished", "loop_stopped", "task_created", "task_created"]


def test_a_rename_is_told_with_the_name_before_it() -> None:
    made = Recording().created(1, 1, "worker").renamed(1, "worker 7", 5)
    assert sentences(made)[-1] == "worker 7 is given the name 'worker 7' in place of 'worker'"
