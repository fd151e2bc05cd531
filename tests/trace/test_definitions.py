"""Definitions: what records point at by number, and numbers that point at nothing."""

from __future__ import annotations

from building import Recording
from loopviz.events import SITE, DefinitionKind
from loopviz.trace.definitions import Definitions, Frame


def definitions(recording: Recording) -> Definitions:
    return recording.trace().definitions


def test_a_chain_runs_from_the_tasks_own_coroutine_to_the_innermost() -> None:
    made = Recording()
    site = made.chain(("main", "app.py", 3), ("sleep", "asyncio/tasks.py", 660))
    assert definitions(made).chain(site) == (
        Frame("main", "app.py", 3, library=False),
        Frame("sleep", "asyncio/tasks.py", 660, library=True),
    )


def test_an_unknown_site_has_an_empty_chain() -> None:
    assert definitions(Recording()).chain(7) == ()


def test_a_chain_asked_for_too_early_is_whole_once_it_is_defined() -> None:
    made = Recording()
    trace = made.trace()
    assert trace.definitions.chain(1) == ()
    site = made.chain(("main", "app.py", 3))
    trace.feed(*made.cut().chunks[0])
    assert [frame.name for frame in trace.definitions.chain(site)] == ["main"]


def test_frames_that_point_at_each_other_end_somewhere() -> None:
    made = Recording()
    code = made.code("loop")
    made.define(DefinitionKind.SITE, SITE.pack(2, code, 1, 0))
    made.define(DefinitionKind.SITE, SITE.pack(1, code, 2, 0))
    assert len(definitions(made).chain(2)) == 2


def test_source_lines_are_counted_as_python_counts_them() -> None:
    text = "a = 1\r\nb = '\x0c\x1c\u2028'\rc = 3\n"
    kept = definitions(Recording().source("app.py", 7, text))
    assert [kept.source_line("app.py", line) for line in (6, 7, 8, 9, 10)] == [
        None,
        "a = 1",
        "b = '\x0c\x1c\u2028'",
        "c = 3",
        None,
    ]


def test_source_of_one_file_may_come_in_several_parts() -> None:
    kept = definitions(Recording().source("app.py", 7, "seven\n").source("app.py", 20, "twenty"))
    assert (kept.source_line("app.py", 7), kept.source_line("app.py", 20)) == ("seven", "twenty")


def test_half_a_surrogate_pair_in_a_text_survives() -> None:
    made = Recording()
    number = made.text("file-\udc80")
    assert definitions(made).texts[number] == "file-\udc80"


def test_a_place_is_file_and_line_or_the_file_alone() -> None:
    assert [Frame("f", "app.py", line, library=False).place for line in (3, 0, -1)] == ["app.py:3", "app.py", "app.py"]


def test_what_is_not_known_of_a_loop_is_said_with_a_question_mark() -> None:
    trace = Recording().loop_defined(1, "uvloop", "Thread-9").trace()
    assert (trace.loop_info(1).kind, trace.loop_info(1).thread) == ("uvloop", "Thread-9")
    assert (trace.loop_info(2).number, trace.loop_info(2).kind) == (2, "?")
