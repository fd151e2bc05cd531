"""Await chains: which coroutine awaits which, down to the future.

Decides how a suspended coroutine is walked without touching it. Coroutines, generators and async generators say what
they await; the wrappers in between (``asend()``, ``__await__()`` of a coroutine, ``anext(it, default)``) say nothing,
but the garbage collector sees through them. The walk ends at whatever is none of these: a future's iterator, or an
extension's awaitable.

Awkward cases: a chain deeper than ``DEEPEST`` (recursion) is cut; a coroutine that is *running* while walked (an eager
task's creator) awaits nothing; a Cython coroutine offers ``cr_await`` and a name, but no frame.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any

from loopviz.recording.values import type_name

DEEPEST = 200
#: Coroutines of asyncio that suspend on a future of their own and nothing else: no chain goes further in, and which of
#: their lines it was tells nothing. The identities of their code; the functions live as long as asyncio.
LEAVES = frozenset(
    id(function.__code__)
    for function in (
        asyncio.sleep, asyncio.Lock.acquire, asyncio.Event.wait, asyncio.Semaphore.acquire, asyncio.Queue.get,
        asyncio.Queue.put, asyncio.StreamReader._wait_for_data,  # type: ignore[attr-defined]
    )
)  # fmt: skip

#: What an awaited Cython coroutine gives; its type is made anew in every extension.
_CYTHON_WRAPPER = "coroutine_wrapper"

_Link = tuple[FrameType | None, Any]


def link(awaitable: Any) -> _Link:
    """``(frame, what it awaits)`` of one link; ``(None, None)`` where the chain ends."""
    kind = type(awaitable)
    if kind is CoroutineType:
        return awaitable.cr_frame, awaitable.cr_await
    if kind is GeneratorType:
        return awaitable.gi_frame, awaitable.gi_yieldfrom
    if kind is AsyncGeneratorType:
        return awaitable.ag_frame, awaitable.ag_await
    if kind in _WRAPPERS:
        return None, next((seen for seen in gc.get_referents(awaitable) if type(seen) in _LINKS), None)
    if type_name(kind) == _CYTHON_WRAPPER:
        return None, next((seen for seen in gc.get_referents(awaitable) if hasattr(type(seen), "cr_await")), None)
    return None, getattr(awaitable, "cr_await", None)


def frameless_name(awaitable: Any) -> str:
    """The qualified name of a coroutine that has no frame: a Cython function's. Empty for anything else."""
    if type(awaitable) in _WRAPPERS or not hasattr(type(awaitable), "cr_await"):
        return ""
    name = getattr(awaitable, "__qualname__", "")
    return name if type(name) is str else ""


async def _async_generator() -> Any:
    yield


async def _coroutine() -> None: ...


def _wrapper_types() -> frozenset[type]:
    """The types of the interpreter's own wrappers, which have no names to import."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)  # a loop that runs already must not hear of this generator
    try:
        generator = _async_generator()
        plain = _coroutine()
        wrappers = [generator.__anext__(), anext(generator, None), plain.__await__(), generator.aclose()]
    finally:
        sys.set_asyncgen_hooks(*hooks)
    for wrapper in wrappers:
        wrapper.close()  # or the interpreter would warn that it was never awaited
    return frozenset(map(type, wrappers))


_WRAPPERS = _wrapper_types()
_LINKS = frozenset({CoroutineType, GeneratorType, AsyncGeneratorType}) | _WRAPPERS
