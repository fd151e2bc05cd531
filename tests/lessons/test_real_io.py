"""What each scenario of section 4 makes visible; they need the real clock, and all but two need aiohttp."""

from __future__ import annotations

import importlib.util

import pytest

from lessons.recorded import Lesson, lesson
from loopviz.events import RecordKind, WakeKind

needs_aiohttp = pytest.mark.skipif(importlib.util.find_spec("aiohttp") is None, reason="needs loopviz[http]")


def _woken_by_io(seen: Lesson) -> int:
    return sum(kind == WakeKind.IO for task in seen.tasks for kind, _task in seen.wakes(task))


@needs_aiohttp
def test_fetch_is_woken_by_the_network() -> None:
    seen = lesson("fetch", clock="real")
    assert (seen.status, seen.stderr) == (0, "")
    assert "status 200" in seen.lines
    assert _woken_by_io(seen) > 0


@needs_aiohttp
def test_fetch_tells_connecting_from_reading() -> None:
    seen = lesson("fetch", clock="real")
    assert len(set(seen.waits(seen.task("main")))) > 1


@needs_aiohttp
def test_fetch_many_gathers_twenty_requests_that_io_wakes() -> None:
    seen = lesson("fetch_many", clock="real")
    assert sum(task.coroutine == "get" for task in seen.tasks) == 20
    assert "gather of 20" in seen.waits(seen.task("main"))
    assert _woken_by_io(seen) >= 20


@needs_aiohttp
def test_pages_sync_starves_the_ticker_and_pages_async_does_not() -> None:
    starved, free = lesson("pages_sync", clock="real"), lesson("pages_async", clock="real")
    documents = [[line for line in seen.lines if not line.startswith("tick")] for seen in (starved, free)]
    assert documents[0] == documents[1]

    def last_document(seen: Lesson) -> int:
        return max(index for index, line in enumerate(seen.lines) if not line.startswith("tick"))

    def ticks_before(seen: Lesson) -> int:
        return sum(line.startswith("tick") for line in seen.lines[: last_document(seen)])

    assert ticks_before(starved) <= 1
    assert ticks_before(free) > 1


@needs_aiohttp
def test_pages_sync_has_a_second_loop_in_the_servers_thread() -> None:
    assert len(lesson("pages_sync", clock="real").trace.definitions.loops) >= 2


@needs_aiohttp
def test_pages_prefetch_reads_the_same_documents_page_by_page() -> None:
    prefetched, plain = lesson("pages_prefetch", clock="real"), lesson("pages_async", clock="real")
    documents = [[line for line in seen.lines if not line.startswith("tick")] for seen in (prefetched, plain)]
    assert documents[0] == documents[1]
    assert len(prefetched.calls("Documents.refill")) == 4  # calls that wait; the fifth finds that there is no more
    assert len([line for line in documents[0] if line.startswith("document")]) == 12


@needs_aiohttp
def test_rate_limited_shows_who_waits_for_a_token() -> None:
    seen = lesson("rate_limited", clock="real")
    waiting = [task for task in seen.tasks if task.coroutine == "get" and "Queue.get" in seen.waits(task)]
    assert waiting


def test_echo_transport_works_in_plain_callbacks() -> None:
    seen = lesson("echo_transport", clock="real")
    records = (seen.trace.records.raw(index) for index in seen.trace.callback_records.values())
    by_io = [raw for raw in records if raw.waker_kind == WakeKind.IO]
    assert len(by_io) >= 2
    assert (seen.status, seen.stderr) == (0, "")


def test_async_with_waits_on_entering_and_on_leaving() -> None:
    seen = lesson("async_with", clock="real")
    places = [place for _words, place in seen.waits_and_places(seen.task("main"))]
    assert len(set(places)) >= 3
    assert seen.count(RecordKind.LOOP_STARTED) >= 1


@pytest.mark.parametrize("name", ["echo_transport", "async_with"])
def test_real_io_under_the_virtual_clock_is_a_clear_error(name: str) -> None:
    seen = lesson(name)
    assert seen.status == 1
    assert "real I/O" in seen.stderr
    assert "--clock real" in seen.stderr
