"""No bytes make the reader raise anything but its own error, and what was damaged is said."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import Recording, everything, header_bytes, state_of
from loopviz.errors import TraceUnreadable
from loopviz.events import CHUNK, DEFINITION, HEADER, MAGIC, RECORD, ChunkKind, DefinitionKind, chunk_of
from loopviz.exporters.json_lines import line_of
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.chunks import ChunkParser, NotATrace
from loopviz.trace.files import TraceFile, load, load_file
from loopviz.trace.moments import Moments
from loopviz.trace.statistics import Statistics, task_statistics
from loopviz.trace.story import Story
from loopviz.trace.tasks import STATE_BITS
from loopviz.trace.trace import Trace
from loopviz.trace.visible import visible

WHOLE = everything().file()
HEADER_LENGTH = len(header_bytes(everything().header))


def read(data: bytes) -> Trace | None:
    """What the parser and the Trace make of bytes; None where they are no trace."""
    parser = ChunkParser()
    try:
        chunks = list(parser.feed(data))
    except NotATrace:
        return None
    trace = Trace(parser.header or {})
    for chunk in chunks:
        trace.feed(*chunk)
    return trace


def ask_everything(trace: Trace) -> None:
    """Every query there is; the point is that none of them fails, and spans hold."""
    for task in trace.tasks.values():
        times = [boundary >> STATE_BITS for boundary in task.boundaries]
        assert times == sorted(times) and len(times) == len(task.tellers)
        task_statistics(trace, task)
        trace.parent(task)
    chronicle = Chronicle(trace)
    for event in chronicle:
        line_of(event)
    story = Story(chronicle)
    for position in range(len(chronicle)):
        assert visible(story.text(position)) == story.sentence(position).text != ""
        story.is_folded(position)
    ask_piece_by_piece(trace)
    moments, statistics = Moments(trace), Statistics(trace)
    assert statistics.latency.count <= statistics.step_count
    for loop in (0, 1, 2, 2**32 - 1):
        for time_ns in (0, 1_112, trace.end_ns, trace.end_ns + 1):
            moments.at(time_ns, loop)


def ask_piece_by_piece(trace: Trace) -> None:
    """What is told of a part, as a screen asks that takes the trace in little by little."""
    chronicle = Chronicle(trace, at_most=0)
    story = Story(chronicle)
    while chronicle.taken < len(trace.records):
        chronicle.update(3)
        for position in {0, len(chronicle) // 2, len(chronicle) - 1} if len(chronicle) else ():
            assert story.text(position)
            story.is_folded(position)
            assert chronicle.position_of(*chronicle.place(position)) == position


@given(st.binary(max_size=300))
def test_any_bytes_are_a_trace_or_not(data: bytes) -> None:
    assert (read(data) is None) == (data[: len(MAGIC)] != MAGIC[: len(data)])


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_leave_a_trace(data: bytes) -> None:
    trace = read(header_bytes({"origin_ns": 0}) + data)
    assert trace is not None
    ask_everything(trace)


def test_a_file_cut_at_any_length_is_read_to_its_last_whole_chunk() -> None:
    ends = [HEADER_LENGTH]
    for chunk in everything().cut().chunks:
        ends.append(ends[-1] + len(chunk_of(*chunk)))
    assert ends[-1] == len(WHOLE)
    for length in range(len(WHOLE)):
        parser = ChunkParser()
        chunks = list(parser.feed(WHOLE[:length]))
        assert parser.damage is None
        assert len(chunks) == max(0, sum(end <= length for end in ends) - 1)
        assert parser.waiting == length - max([0, *(end for end in ends if end <= length)])


@settings(max_examples=300)
@given(st.integers(HEADER_LENGTH * 8, len(WHOLE) * 8 - 1))
def test_a_flipped_bit_ends_the_trace_at_the_chunk_before_and_says_so(bit: int) -> None:
    data = bytearray(WHOLE)
    data[bit // 8] ^= 1 << bit % 8
    parser, whole = ChunkParser(), ChunkParser()
    chunks, expected = list(parser.feed(bytes(data))), list(whole.feed(WHOLE))
    assert len(chunks) < len(expected)
    assert chunks == expected[: len(chunks)]
    assert parser.damage or parser.waiting


def flipped(chunks: list[tuple[int, int, bytes]], random: Random, flips: int) -> bytes:
    """A file of chunks with flipped bits, all with checksums that fit."""
    data = header_bytes({"origin_ns": 5_000_000_000})
    targets = [random.randrange(len(chunks)) for _ in range(flips)]
    for index, (kind, loop, payload) in enumerate(chunks):
        body = bytearray(payload)
        for _ in range(targets.count(index)):
            body[random.randrange(len(body))] ^= 1 << random.randrange(8)
        data += chunk_of(kind, loop, bytes(body))
    return data


@settings(max_examples=200)
@given(st.integers(0, 10**9).map(Random), st.integers(1, 40))
def test_nonsense_with_a_fitting_checksum_leaves_a_trace_that_can_be_asked(random: Random, flips: int) -> None:
    trace = read(flipped(everything().cut().chunks, random, flips))
    assert trace is not None
    ask_everything(trace)


# Few tasks and little time, so that the records contradict each other; and now and then anything at all.
fields = st.one_of(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2**32 - 1))
times = st.one_of(st.integers(495, 515), st.integers(495, 515), st.integers(0, 2**64 - 1))
records = st.builds(
    RECORD.pack,
    *[st.integers(0, 18), st.integers(0, 7), st.integers(0, 8), st.sampled_from((0, 0, 1, 2, 4, 8, 31))],
    fields,
    *[times] * 3,
    *[fields] * 4,
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 2), st.lists(records, max_size=12).map(b"".join)), max_size=8))
def test_records_of_any_content_leave_a_trace_that_can_be_asked(chunks: list[tuple[int, bytes]]) -> None:
    trace = Trace({"origin_ns": 500})
    for loop, payload in chunks:
        trace.feed(ChunkKind.RECORDS, loop, payload)
    again = Trace({"origin_ns": 500})
    chronicle = Chronicle(again)
    for loop, payload in chunks:
        for start in range(0, len(payload), RECORD.size):
            again.feed(ChunkKind.RECORDS, loop, payload[start : start + RECORD.size])
            chronicle.update()
    assert state_of(again) == state_of(trace)
    assert list(chronicle) == list(Chronicle(trace))
    ask_everything(trace)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "line", "file"]), inner),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(DefinitionKind), st.one_of(st.binary(max_size=20), json_values))))
def test_definitions_of_any_content_are_taken_or_counted(bodies: list[tuple[DefinitionKind, object]]) -> None:
    made = Recording()
    for kind, body in bodies:
        made.define(kind, body if isinstance(body, bytes) else header_bytes(body)[HEADER.size :])
    trace = made.step(1, 10, 20, site=1).trace()
    assert 0 <= trace.refused <= len(bodies)
    ask_everything(trace)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{",
        b'{"records": 1}',
        b'{"records": "x", "reason": 1}',
        b'{"records": 1e999, "reason": ""}',
        b"\xff",
    ],
)
def test_a_loss_that_makes_no_sense_is_counted(payload: bytes) -> None:
    trace = Recording().chunk(ChunkKind.LOSS, payload).trace()
    assert (trace.refused, trace.lost_records) == (1, 0)


def test_a_definition_that_makes_no_sense_costs_only_itself() -> None:
    made = Recording()
    made.define(DefinitionKind.CODE, b"[]")
    made.define(DefinitionKind.TEXT, b"\xff")
    made.define(DefinitionKind.SITE, b"short")
    assert (made.text("good"), made.trace().definitions.texts) == (2, {2: "good"})
    assert made.trace().refused == 3


def test_a_definition_that_is_cut_off_is_counted() -> None:
    good, cut = DEFINITION.pack(DefinitionKind.TEXT, 1, 2) + b"ab", DEFINITION.pack(DefinitionKind.TEXT, 2, 9) + b"ab"
    trace = Recording().chunk(ChunkKind.DEFINITIONS, good + cut).chunk(ChunkKind.PASSING, good + b"\x01").trace()
    assert (trace.definitions.texts[1], trace.refused) == ("ab", 2)


def test_a_chunk_of_records_with_a_torn_last_one_is_read_up_to_it() -> None:
    made = Recording().created(1, 0).step(1, 10, 20).cut()
    kind, loop, payload = made.chunks.pop()
    trace = made.chunk(kind, payload[:-1], loop).trace()
    assert (len(trace.records), trace.refused) == (1, 1)


# Files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "it.loopviz"


def refusal(path: Path | str) -> str:
    with pytest.raises(TraceUnreadable) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ends before a trace begins"),
        (WHOLE[:3], "ends before a trace begins"),
        (WHOLE[: HEADER_LENGTH - 1], "ends before a trace begins"),
        (b"PK\x03\x04 a zip file", "not a loopviz trace"),
        (b'{"traceEvents": []}', "not a loopviz trace"),
        (header_bytes({"origin_ns": 0}, version=3), "format version 3, and this loopviz reads 2; update loopviz"),
        (header_bytes({"origin_ns": 0}, version=1), "version 1, and this loopviz reads 2; record the program again"),
        (header_bytes({}), "header is damaged"),
        (header_bytes([1]), "header is damaged"),
        (header_bytes("text"), "header is damaged"),
        (header_bytes({"origin_ns": "soon"}), "header is damaged"),
        (header_bytes({"origin_ns": float("inf")}), "header is damaged"),
        (HEADER.pack(MAGIC, 2, 0, 4) + b"\xff\xff\xff\xff", "header is damaged"),
        (HEADER.pack(MAGIC, 2, 0, 200_000) + b"[" * 200_000, "header is damaged"),
        (HEADER.pack(MAGIC, 2, 0, 2**32 - 1), "header is damaged"),
    ],
)
def test_what_is_no_trace_gets_one_clear_line(path: Path, data: bytes, words: str) -> None:
    path.write_bytes(data)
    assert words in refusal(path)


def test_a_missing_file_gets_one_clear_line(path: Path) -> None:
    assert refusal(path) == f"{path}: no such file or directory"


def test_a_directory_gets_one_clear_line(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("is a directory")


def test_a_name_that_no_file_can_have_gets_one_clear_line() -> None:
    assert "null" in refusal("a\0b")


def test_a_file_that_may_not_be_read_gets_one_clear_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # By a patch and not by chmod: root, as whom tests often run, may read everything.
    def forbidden(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", forbidden)
    assert refusal(path).endswith("permission denied")


def test_a_file_that_fails_while_it_is_read_gets_one_clear_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(WHOLE)

    class Failing:
        def read(self, _size: int) -> bytes:
            raise OSError(5, "Input/output error")

        def fileno(self) -> int:
            raise OSError(9, "Bad file descriptor")

        def close(self) -> None:
            pass

    monkeypatch.setattr(TraceFile, "_open", lambda _self: Failing())
    assert refusal(path).endswith("input/output error")


def test_a_whole_file_needs_no_note(path: Path) -> None:
    path.write_bytes(WHOLE)
    assert load_file(path).note is None


def test_a_cut_off_file_says_how_much_was_left_out(path: Path) -> None:
    path.write_bytes(WHOLE[:-7])
    left_out = len(chunk_of(*everything().cut().chunks[-1])) - 7
    assert load_file(path).note == f"cut off: its last {left_out} bytes are an incomplete chunk and were left out"


def test_a_damaged_file_says_from_where_on(path: Path) -> None:
    data = bytearray(WHOLE)
    data[-1] ^= 1
    path.write_bytes(data)
    start = len(WHOLE) - len(chunk_of(*everything().cut().chunks[-1]))
    assert load_file(path).note == f"read up to where it is damaged at byte {start}"


def test_a_chunk_of_impossible_length_is_damage_and_not_patience(path: Path) -> None:
    path.write_bytes(WHOLE + CHUNK.pack(2**32 - 1, 1, 1, 0))
    assert load_file(path).note == f"read up to where it is damaged at byte {len(WHOLE)}"


def test_a_file_with_nonsense_in_it_says_how_much_was_left_out(path: Path) -> None:
    path.write_bytes(Recording().created(1, 0).step(1, 30, 20).step(1, 10, 20).file())
    loaded = load_file(path)
    assert loaded.note == "1 of its facts make no sense and were left out"
    assert loaded.trace.tasks[1].step_count == 1
