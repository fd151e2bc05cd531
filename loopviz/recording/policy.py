"""Instrumented loops for programs that ask for them: the loop factory, and the event-loop policy that rests on it.

Decides where such a loop records to: into the recording under way, or, where none is, into one of its own that begins
with the loop and ends with the process: ``$LOOPVIZ_OUT``, else ``loopviz-PID.loopviz`` in the working folder.

Nothing is replaced on asyncio's classes here. The loop is of a class of its own that carries the instrumented
methods, so a program can have one instrumented loop beside others that are not.

Awkward cases: policies are deprecated in 3.14 and end with 3.15, so ``EventLoopPolicy`` is made only when asked for,
and asking on a Python without policies says so; ``asyncio.run(loop_factory=...)`` never asks a policy, hence the
factory.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import warnings
from typing import Any

from loopviz.recording import active, session
from loopviz.recording.loop import METHODS


def _instrumented_class() -> type[asyncio.AbstractEventLoop]:
    """The platform's selector loop with the instrumented methods."""
    base = asyncio.SelectorEventLoop
    return type("InstrumentedEventLoop", (base,), {"__doc__": "An event loop that records what it does.", **METHODS})


InstrumentedEventLoop = _instrumented_class()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A new instrumented event loop, for ``asyncio.run(main(), loop_factory=loopviz.new_event_loop)``.

    Raises OutputUnwritable where a recording has to begin and its file can't be made.
    """
    if active.recorder is None:
        recorder = session.begin(os.environ.get("LOOPVIZ_OUT") or f"loopviz-{os.getpid()}.loopviz", everywhere=False)
        atexit.register(recorder.end)
    return InstrumentedEventLoop()


def event_loop_policy_class() -> type[Any]:
    """``EventLoopPolicy``: asyncio's default policy, whose loops are instrumented.

    Raises AttributeError on a Python that has no policies any more.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            base = asyncio.DefaultEventLoopPolicy
        except AttributeError:
            raise AttributeError(
                "event-loop policies are gone from this Python; "
                "use asyncio.run(main(), loop_factory=loopviz.new_event_loop)"
            ) from None

    def policy_new_event_loop(_self: Any) -> asyncio.AbstractEventLoop:
        return new_event_loop()

    return type(
        "EventLoopPolicy",
        (base,),
        {"__doc__": event_loop_policy_class.__doc__, "new_event_loop": policy_new_event_loop},
    )
