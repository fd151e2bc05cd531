"""Records as bytes, at the least cost: those of steps and callbacks, which are most of a recording.

Decides nothing about what is recorded: each of these packs what ``RECORD`` would, byte for byte. It costs half as much,
since the times are packed as the machine's own integers where that comes to the same, fields that are zero are left
out, and the first four are one number, made beforehand.

Awkward case: a time of 2**63 ns and more is no such integer; only a select without a timeout tells of one, by
``RECORD``.
"""

from __future__ import annotations

import struct
import sys

from loopviz.events import RecordKind, StepEnd, WakeKind

_AS_ITS_OWN = sys.byteorder == "little" and struct.calcsize("l") == 8
_ORDER, _TIMES = ("@", "lll") if _AS_ITS_OWN else ("<", "QQQ")

#: Every field of a ``RECORD``.
pack_record = struct.Struct(f"{_ORDER}BBBBI{_TIMES}IIII").pack
#: Head (one of ``heads``), who, ready_ns, start_ns, end_ns, waker, site.
pack_step = struct.Struct(f"{_ORDER}II{_TIMES}I4xI4x").pack
#: Head, who, ready_ns, start_ns, end_ns, waker, target, site.
pack_wait_for_task = struct.Struct(f"{_ORDER}II{_TIMES}III4x").pack
#: Head, who, ready_ns, start_ns, end_ns, waker, target.
pack_callback = struct.Struct(f"{_ORDER}II{_TIMES}II8x").pack


def heads(kind: RecordKind, end: StepEnd) -> tuple[int, ...]:
    """A record's first four fields as one number, by the kind of its waker; no flags."""
    return tuple(int.from_bytes((kind, waker_kind, end, 0), "little") for waker_kind in WakeKind)
