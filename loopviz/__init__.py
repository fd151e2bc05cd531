"""loopviz shows what an asyncio event loop does with your coroutines.

What a program of one's own may use, beside the ``loopviz`` command:

- ``with loopviz.recording("out.loopviz"): ...`` records every event loop of this process while the block runs.
- ``loopviz.mark("loaded")`` sets a mark in the recording under way.
- ``asyncio.run(main(), loop_factory=loopviz.new_event_loop)``: an instrumented loop; ``loopviz.EventLoopPolicy``: the
  same as a policy, on Pythons that have them.
- ``loopviz.load("out.loopviz")`` reads a trace.

Everything is imported when first used: a program that only sets marks pays for nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["EventLoopPolicy", "__version__", "load", "mark", "new_event_loop", "recording"]

if TYPE_CHECKING:
    from loopviz.recording.policy import new_event_loop
    from loopviz.recording.session import mark, recording
    from loopviz.trace.files import load

    EventLoopPolicy: Any

#: Public name, and the module that has it.
_PLACES = {
    "load": "loopviz.trace.files",
    "mark": "loopviz.recording.session",
    "new_event_loop": "loopviz.recording.policy",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    if name == "recording":
        return import_module("loopviz.recording")
    if name == "EventLoopPolicy":
        return import_module("loopviz.recording.policy").event_loop_policy_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
