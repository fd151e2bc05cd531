"""Where a suspended task is: the site of its innermost frame, and the calls of the user's own code that lead there.

Decides when a frame becomes a call: when it is the user's own and seen for the first time. Like ``steps``, this is the
hot path: what was seen before is found by looking it up.

Awkward cases: a coroutine may be made at the address of one that is gone, so a call is known by a weak reference; an
async generator leaves the chain between its items and comes back as the same call.
"""

from __future__ import annotations

import weakref
from types import AsyncGeneratorType, CoroutineType, FrameType
from typing import Any

from loopviz.events import RecordKind, WakeKind
from loopviz.recording.callables import FUTURE_ITERATOR
from loopviz.recording.chains import DEEPEST, frameless_name, link
from loopviz.recording.sites import Site
from loopviz.recording.state import LoopState
from loopviz.recording.tasks import KnownTask
from loopviz.recording.values import short_arguments

_TASK = int(WakeKind.TASK)


def innermost(state: LoopState, known: KnownTask, coroutine: Any, seen_ns: int) -> tuple[Site, int]:
    """The site of the innermost frame of an await chain, and the innermost call of the user's own code."""
    site = state.root
    call = calls_seen = 0
    while True:
        if type(coroutine) is CoroutineType:
            code_id = id(coroutine.cr_code)
            inner = site.library.get(code_id)
            if inner is not None:
                site = inner
                if inner.leaf or (coroutine := coroutine.cr_await) is None:
                    return site, call
                continue
            frame, awaited = coroutine.cr_frame, coroutine.cr_await
        elif type(coroutine) is FUTURE_ITERATOR or calls_seen > DEEPEST:
            return site, call
        else:
            frame, awaited = link(coroutine)
            code_id = id(frame.f_code) if frame is not None else 0
            if frame is None and (name := frameless_name(coroutine)):
                site = state.definitions.frameless(site, name)
        if frame is not None:
            outer = site
            try:
                site = site.inner[code_id][frame.f_lasti]
            except KeyError:
                site = state.definitions.link(site, frame)
            if site.user and outer.number:  # of this very coroutine, not of another at the same address
                calls = known.calls
                if calls is not None and calls_seen < len(calls) and calls[calls_seen][0]() is coroutine:
                    call = calls[calls_seen][1]
                else:
                    call = _call(state, known, calls_seen, coroutine, frame, call, seen_ns)
                calls_seen += 1
        if awaited is None:
            return site, call
        coroutine = awaited


def _call(
    state: LoopState, known: KnownTask, index: int, coroutine: Any, frame: FrameType, parent: int, seen_ns: int
) -> int:
    """The number of a call of the user's own code that is seen for the first time in this place of the chain."""
    calls = known.calls
    if calls is None:
        calls = known.calls = []
    del calls[index:]
    ref = weakref.ref(coroutine)
    call = known.call_of(coroutine)
    if call:
        calls.append((ref, call))
        return call
    call = state.recorder.next_call()
    calls.append((ref, call))
    if type(coroutine) is AsyncGeneratorType:
        known.generators = [*(known.generators or ()), (ref, call)]
    code = state.definitions.code(frame.f_code)
    state.emit(
        RecordKind.CALL,
        call,
        known.number,
        by=(_TASK, parent),
        call=code.number,
        ready_ns=state.definitions.passing(short_arguments(coroutine, code.code, code.arguments)),
        start_ns=seen_ns,
    )
    return call
