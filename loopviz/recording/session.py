"""Beginning and ending a recording in this process.

Decides what a recording consists of (loops instrumented, output overheard, watchdog, clock) and undoes all of it at the
end, in reverse. ``recording`` is the context manager of the public API; the child of ``loopviz run`` and ``record``
uses ``begin``.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from loopviz.errors import AlreadyRecording, OutputUnwritable, ValueInvalid
from loopviz.recording import active, complaints, libuv, loop, names, output, strangers
from loopviz.recording.children import Recipe, await_first_loop, follow
from loopviz.recording.clocks import Clock, VirtualClock, parse, real
from loopviz.recording.imports import when_imported
from loopviz.recording.recorder import Recorder, Select
from loopviz.recording.watchdog import Watchdog

if TYPE_CHECKING:
    from loopviz.recording.virtual import VirtualWorld

BLOCKED_AFTER_S = 0.1
#: As ``platform`` writes them, which is slow to import.
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}


def begin(
    path: str | os.PathLike[str],
    *,
    clock: Clock | None = None,
    max_bytes: int | None = None,
    title: str | None = None,
    folder: str | None = None,
    arguments: list[str] | None = None,
    blocked_after_s: float = BLOCKED_AFTER_S,
    children: bool | Recipe = False,
    everywhere: bool = True,
) -> Recorder:
    """Begin to record this process to ``path``; ``Recorder.end`` ends it.

    ``folder`` is the program's own, whose files count as the user's code. ``blocked_after_s`` is how long a step may
    take before its stack is recorded. ``children`` says whether processes that this one starts are recorded too (or, in
    one of them, how: see ``children``). ``everywhere`` says whether loops of asyncio's own classes are recorded too, or
    only those of ``policy``. Raises AlreadyRecording, OutputUnwritable, and ValueError for a ``blocked_after_s`` that
    is no time.
    """
    if not 0 < blocked_after_s < float("inf"):
        raise ValueError(f"blocked_after_s can't be {blocked_after_s!r}: it is a number of seconds above zero")
    if active.recorder is not None and active.recorder.open:
        raise AlreadyRecording(active.recorder.sink.path)
    clock = clock or real()
    path = os.path.abspath(path)
    title, folder, arguments = title or _stem(path), folder or _folder_of_main(), arguments or []
    header = _header(clock, title, arguments)
    world = _virtual_world(clock, blocked_after_s) if isinstance(clock, VirtualClock) else None
    try:
        recorder = Recorder(
            path,
            header,
            clock=clock,
            folder=folder,
            max_bytes=max_bytes,
            select=_select_of(clock, world),
        )
    except OSError as error:
        raise OutputUnwritable(path, (error.strerror or str(error)).lower()) from None
    if children is True:
        children = Recipe(path, clock.name, max_bytes, title, folder, tuple(arguments), blocked_after_s)
    recorder.children = children or None
    _set_up(recorder, world, blocked_after_s, everywhere)
    return recorder


def threshold_s(text: str) -> float:
    """The seconds that ``--blocked-after`` was given. Raises ValueInvalid where they are no time above zero."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueInvalid("--blocked-after", text, "a number of seconds above zero, such as 0.25")
    return seconds


def await_loop(recipe: tuple[Any, ...]) -> None:
    """In a child process: begin to record it, by the fields of that ``Recipe``, when it first uses an event loop."""
    awaited = Recipe(*recipe)
    # What a recording imports late is imported now, as long as that is not from the program's folder.
    if awaited.max_bytes is not None:
        import loopviz.recording.bounded_sink
    if awaited.clock == "virtual":
        import loopviz.recording.virtual  # noqa: F401
    await_first_loop(awaited, _begin_child)


def _begin_child(path: str, recipe: Recipe) -> Recorder:
    return begin(
        path,
        clock=parse(recipe.clock),
        max_bytes=recipe.max_bytes,
        title=f"{recipe.title}, process {os.getpid()}",
        folder=recipe.folder,
        arguments=list(recipe.arguments),
        blocked_after_s=recipe.blocked_after_s,
        children=recipe,
    )


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _virtual_world(clock: VirtualClock, blocked_after_s: float) -> VirtualWorld:
    # Imported late: a recording by any other clock needs nothing of executors.
    from loopviz.recording.virtual import VirtualWorld

    return VirtualWorld(clock, blocked_after_s)


def _folder_of_main() -> str:
    """The folder of the program that runs, or the working folder where it is not a file (``-c``, a prompt)."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return os.path.dirname(os.path.abspath(file)) if file else os.getcwd()


def _header(clock: Clock, title: str, arguments: list[str]) -> dict[str, Any]:
    """Facts of the whole recording. Under the virtual clock only those that are the same on every run and machine."""
    header: dict[str, Any] = {
        "origin_ns": 0 if isinstance(clock, VirtualClock) else clock.now_ns(),
        "clock": clock.name,
        "speed": clock.speed,
        "title": title,
        "arguments": arguments,
        "python": sys.version.partition(" ")[0],
        "implementation": _IMPLEMENTATIONS.get(sys.implementation.name, sys.implementation.name),
    }
    if not isinstance(clock, VirtualClock):
        header |= {"pid": os.getpid(), "platform": sys.platform, "started": time.time()}
    return header


def _select_of(clock: Clock, world: VirtualWorld | None) -> Select | None:
    if world is not None:
        return world.select
    return None if clock.speed == 1 else _select_faster


def _select_faster(clock: Clock, event_loop: Any, timeout: float | None) -> Any:
    return event_loop._selector.select(None if timeout is None else timeout / clock.speed)


def _set_up(recorder: Recorder, world: VirtualWorld | None, blocked_after_s: float, everywhere: bool) -> None:
    active.recorder = recorder
    recorder.at_end(_clear_active)
    if everywhere:
        loop.install()
        recorder.at_end(loop.uninstall)
        recorder.at_end(recorder.cancels.watch())
        recorder.at_end(names.watch(recorder))
        recorder.at_end(strangers.watch(recorder))
        recorder.at_end(when_imported("uvloop", lambda module: recorder.at_end(libuv.instrument(module))))
    recorder.at_end(lambda: _release_loops(recorder))
    if recorder.clock.name != "real":
        recorder.at_end(loop.replace_time(recorder.clock))
    if world is not None:
        world.enter()
        recorder.at_end(world.restore)
    else:
        recorder.watchdog = Watchdog(recorder, blocked_after_s)
        recorder.watchdog.start()
        recorder.at_end(recorder.watchdog.stop)
    if recorder.children is not None:
        recorder.at_end(follow(recorder.children))
    recorder.at_end(complaints.overhear(recorder))
    output.listen(recorder)
    running = asyncio._get_running_loop()
    if running is not None and everywhere and strangers.is_instrumented(type(running)):
        active.attach(running)


def _clear_active() -> None:
    active.recorder = None


def _release_loops(recorder: Recorder) -> None:
    for state in recorder.states:
        event_loop = state.loop()
        if event_loop is not None and not isinstance(state, libuv.UvState):
            loop.release(event_loop)


@contextmanager
def recording(
    path: str | os.PathLike[str], *, clock: str = "real", max_bytes: int | None = None, title: str | None = None
) -> Iterator[None]:
    """Record every event loop of this process to ``path`` while the block runs, also one that runs already.

    ``clock`` is ``"real"``, ``"virtual"`` or a speed such as ``"4x"``. Raises AlreadyRecording, OutputUnwritable, and
    ValueError for an unknown clock.
    """
    recorder = begin(path, clock=parse(clock), max_bytes=max_bytes, title=title)
    try:
        yield
    finally:
        recorder.end()


def mark(label: str) -> None:
    """Set a mark at this moment of the recording under way; without one, nothing happens."""
    if active.recorder is not None:
        active.recorder.mark(label)


def _before_fork() -> None:
    if active.recorder is not None and active.recorder.watchdog is not None:
        active.recorder.watchdog.stop()


def _after_fork_in_child() -> None:
    recorder = active.recorder
    if recorder is not None:
        with suppress(Exception):
            recorder.abandon()
            if recorder.children is not None:
                await_first_loop(recorder.children, _begin_child)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
