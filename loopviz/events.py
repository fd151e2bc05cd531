"""The vocabulary of a recording: what is written down, and in which bytes.

Decides the *record* (the fixed-size fact that a recorder emits), the *definitions* that records point at, and how
both travel in chunks of a trace file. Everything else (spans, waits in words, the event table of the documentation)
is derived from these by the reader, so that a second recorder, compiled or for another runtime, only has to write
these bytes.

A trace file is a header followed by chunks, all integers little-endian::

    header      8 bytes MAGIC, u16 version, u16 zero, u32 length, that many bytes of JSON (an object)
    chunk       u32 payload length, u32 ChunkKind, u32 loop, u32 CRC-32, payload
    definition  u8 DefinitionKind, u32 id, u32 payload length, payload
    record      u8 kind, u8 waker_kind, u8 end, u8 flags, u32 who, u64 ready_ns, u64 start_ns, u64 end_ns,
                u32 waker, u32 target, u32 site, u32 call

The header's object must have ``origin_ns``: the reading of the recording's clock when it began, and zero of all times
that a reader shows. It may have ``clock`` ("real", "virtual", "4x"), ``speed`` (of the clock), ``title``,
``arguments`` (a list of texts), ``python`` (version), ``implementation``, ``platform``, ``pid``, ``started`` (seconds
since 1970).

Chunks, of at most 256 MiB; the CRC-32 (as in zlib) is that of the twelve bytes before it and the payload:

- ``RECORDS``: any number of whole 48-byte records of one loop (loop 0: facts of no loop).
- ``DEFINITIONS``: any number of definitions. Each stands before the first record or definition that points at it.
- ``PASSING``: the same, for what only the records of about that time point at (output, names, results, the loop); a
  bounded file may drop it.
- ``LOSS``: JSON, ``{"records": n, "reason": "..."}``: so many records are missing, from here on back; 0 where more
  is missing than was counted. There may be several.

What a recorder guarantees, and a reader may rely on:

- The file only grows, by whole chunks; or it is replaced by another one, at once (by renaming). What stands before an
  incomplete or damaged chunk is good, nothing behind it is.
- Ids start at 1, and 0 says "none" or "unknown". They are counters, one for each DefinitionKind and one each for tasks,
  callbacks, timers and calls, over all loops: nothing is an address, no id is used again. The id of a ``LOOP`` is the
  number in the heads of its chunks; that of a ``SOURCE`` says nothing.
- Times are nanoseconds on the recording's clock. What was before ``origin_ns`` counts as having been then.
- The records of one loop stand in the order in which their facts ended; between loops there is no order. So what a step
  did stands before the step, an eager task's first step before its creator's, and the creation of an eager task after
  what its first step did. A ``CANCEL_REQUESTED`` may stand as late as just before the next step of its task,
  a ``WARNING`` as late as before the next ``IDLE``.
- A step's record is complete: its task was ready since ``ready_ns``, ran from ``start_ns`` to ``end_ns``, then was
  suspended, unless it yielded or ended. A task that is not EAGER, ALIVE_BEFORE or CARRIED is ready from its creation
  on.

What a reader must bear:

- What it does not know, since a later version may add to all of these without another number: chunks, definitions and
  records of other kinds are skipped, wakers and ends of other kinds are "unknown", other flags are nothing. Another
  version number means that what is written here no longer holds.
- Ids that were never defined, and steps of tasks that were never created: a bounded file has dropped its oldest chunks.

Awkward cases:

- ``READY`` and ``RUNNING`` are provisional: they tell what had not ended when the recorder looked (the loop is
  blocked, or the recording ends). The next ``STEP`` or ``CALLBACK`` of the same number replaces them, and so does the
  next of them of the same number.
- A ``STEP`` whose ``ready_ns`` is before the end of the task's previous step was made ready while it ran: it never
  was suspended.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum, IntFlag
from zlib import crc32

MAGIC = b"LOOPVIZ\x00"
FORMAT_VERSION = 2

#: Magic, format version, zero, length of the JSON that follows.
HEADER = struct.Struct("<8sHHI")
#: Payload length, kind, loop, CRC-32 of these twelve bytes and the payload.
CHUNK = struct.Struct("<IIII")
#: Kind, id, payload length.
DEFINITION = struct.Struct("<BII")
#: Parent site, code, line, offset of the instruction (``f_lasti``).
SITE = struct.Struct("<IIii")

#: kind, waker_kind, end, flags, who, ready_ns, start_ns, end_ns, waker, target, site, call. The times lie
#: aligned, so that a recorder may pack them as the machine's own integers.
RECORD = struct.Struct("<BBBBIQQQIIII")

#: ``ready_ns`` of an ``IDLE`` record whose select had no timeout.
NO_TIMEOUT = 2**64 - 1


def chunk_of(kind: int, loop: int, payload: bytes) -> bytes:
    """A chunk's bytes."""
    head = CHUNK.pack(len(payload), kind, loop, 0)
    return CHUNK.pack(len(payload), kind, loop, chunk_checksum(head, payload)) + payload


def chunk_checksum(head: bytes, payload: bytes) -> int:
    """The CRC-32 that stands in a chunk which begins with the bytes ``head``; of these only the first twelve count."""
    return crc32(payload, crc32(head[:12]))


def loss_of(records: int, reason: str) -> bytes:
    """The payload of a ``LOSS`` chunk."""
    return json.dumps({"records": records, "reason": reason}, separators=(",", ":")).encode()


class ChunkKind(IntEnum):
    RECORDS = 1
    DEFINITIONS = 2
    LOSS = 3
    PASSING = 4


class DefinitionKind(IntEnum):
    """What a definition's payload holds.

    ``TEXT`` UTF-8 (``surrogatepass``). ``CODE`` JSON ``{"name", "file", "line", "library"}``. ``SITE`` the ``SITE``
    struct: one frame of a stack or await chain; its parent is the frame that awaits or calls it. ``LOOP`` JSON
    ``{"kind", "thread", "class"}``. ``SOURCE`` JSON ``{"file", "line", "text"}``: lines of a file, for a reader on
    another machine.
    """

    TEXT = 1
    CODE = 2
    SITE = 3
    LOOP = 4
    SOURCE = 5


class RecordKind(IntEnum):
    """What a record tells, and which of its fields it uses.

    Every record with a *by* uses ``waker_kind`` and ``waker`` for what was running when the fact came about.
    """

    #: who: task. by. target: name (text), or 0 and end_ns: n of the default name "Task-n". site: where it was created.
    #: call: code of its coroutine. ready_ns: its coroutine's arguments (text). start_ns: when. flags: EAGER,
    #: ALIVE_BEFORE, CARRIED, INFERRED.
    TASK_CREATED = 1
    #: who: task. by: what made it ready. end: StepEnd. ready_ns, start_ns, end_ns. site: innermost frame of its await
    #: chain. target: ON_TASK and ON_SHIELD, the task it waits for; ON_GATHER and ON_FUTURE, how many it waits for,
    #: where that is known: gather all, wait, as_completed and the end of a TaskGroup those that are not done; at its
    #: end, the result or exception (text). call: innermost call of its own code, or 0 for the task's coroutine itself.
    STEP = 2
    #: who: callback, a counter. target: its name (text). by: what scheduled it. end: StepEnd RETURNED or RAISED.
    #: Times as STEP.
    CALLBACK = 3
    #: start_ns and end_ns of one select that was allowed to block. ready_ns: the timeout asked for, or NO_TIMEOUT.
    IDLE = 4
    #: who: timer. by. target: callback's name (text). ready_ns: when it was set. start_ns: when it is due. end_ns:
    #: the delay asked for.
    TIMER_SET = 5
    #: who: timer. by. start_ns: when.
    TIMER_CANCELLED = 6
    #: who: task. by: who asked. start_ns: when. target: how many requests this is. flags: INFERRED.
    CANCEL_REQUESTED = 7
    #: Provisional, of a task that has begun. who: task. by. ready_ns.
    READY = 8
    #: Provisional. who: task (or callback when flags has CALLBACK_STEP; target is its name then). by. ready_ns,
    #: start_ns.
    RUNNING = 9
    #: A coroutine that a task awaits, at first sight. who: call. target: task. waker: the call that awaits it, or 0
    #: for the task's own coroutine. call: its code. ready_ns: its arguments (text). start_ns: when.
    CALL = 10
    #: start_ns: run_forever begins.
    LOOP_STARTED = 11
    #: start_ns: run_forever ends.
    LOOP_STOPPED = 12
    #: by: who printed. end: 1 stdout, 2 stderr. target: what (text). start_ns: when.
    OUTPUT = 13
    #: by. target: label (text). start_ns: when.
    MARK = 14
    #: who: task, or 0. by. target: the runtime's words (text). end: WarningKind. start_ns: when. Of NEVER_AWAITED,
    #: call: the coroutine's code. site: where it was dropped (or collected, if it was part of a cycle).
    WARNING = 15
    #: who: task (or callback, as RUNNING). site: innermost frame of the stack seen. start_ns: the step's start.
    #: end_ns: when it was seen.
    BLOCKED = 16
    #: who: task. target: its new name (text). start_ns: when this was noticed. flags: AT_CREATION.
    TASK_RENAMED = 17


class WakeKind(IntEnum):
    """What made a task or callback ready; ``waker`` is the task's, callback's or timer's number, else 0."""

    UNKNOWN = 0
    TASK = 1
    CALLBACK = 2
    TIMER = 3
    IO = 4
    #: Another thread than the loop's; of what happened on no loop, one that runs none.
    THREAD = 5
    #: Code on the loop's thread while no step ran: the caller of ``run_until_complete``, a signal handler.
    OUTSIDE = 6


class StepEnd(IntEnum):
    """How a step ended."""

    UNKNOWN = 0
    #: A bare ``yield`` (``sleep(0)``): ready again at once.
    YIELDED = 1
    #: Suspended on a future, another task, or the future of ``gather``.
    ON_FUTURE = 2
    ON_TASK = 3
    ON_GATHER = 4
    RETURNED = 5
    RAISED = 6
    CANCELLED = 7
    #: Suspended on the outer future of ``shield`` (target: the task within) or on that of ``run_in_executor``. Told
    #: where the function that awaits it names them; else it is ON_FUTURE.
    ON_SHIELD = 8
    ON_EXECUTOR = 9


class WarningKind(IntEnum):
    """Which of the runtime's warnings a ``WARNING`` repeats."""

    OTHER = 0
    NEVER_AWAITED = 1
    NEVER_RETRIEVED = 2
    DESTROYED_PENDING = 3
    NOT_INSTRUMENTED = 4


class Flag(IntFlag):
    NONE = 0
    #: The task's first step ran inside its creator's step.
    EAGER = 1
    #: ``who`` is a callback.
    CALLBACK_STEP = 2
    #: The task was alive when the recording began: its creation was not seen.
    ALIVE_BEFORE = 4
    #: The creation is repeated because a bounded file dropped it: nothing is known between then and the next record.
    CARRIED = 8
    #: Who and when were not seen but concluded from what ran in between; UNKNOWN where nothing could be. Of an eager
    #: task's creation and first step: that the task which awaits it made it, within the step that has these times.
    INFERRED = 16
    #: The name is the one that was asked for as the task was created.
    AT_CREATION = 32
