"""The sentences about what was said: the program's output and marks, and the warnings of Python's.

Decides how foreign text is quoted: as Python would write it, on one line, and cut, so that a sentence stays a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loopviz.events import WakeKind, WarningKind
from loopviz.trace.records import known
from loopviz.trace.story_wakes import actor
from loopviz.trace.told import Told
from loopviz.trace.visible import visible
from loopviz.trace.wakes import follow

if TYPE_CHECKING:
    from loopviz.trace.story_scene import Scene

_LONGEST_QUOTE = 160
_STDERR = 2


def output(scene: Scene, told: Told) -> str:
    text = (told.text(told.raw.target) or "").removesuffix("\n")
    what = _quoted(text) if text else "an empty line"
    return f"{_speaker(scene, told)} {'prints to stderr' if told.raw.end == _STDERR else 'prints'} {what}"


def is_of_a_traceback(told: Told) -> bool:
    """Whether the text is a traceback's headline, one of its frames, or blank; what went wrong is none of these."""
    text = told.text(told.raw.target) or ""
    if told.raw.end != _STDERR:
        return False
    return not text.strip() or text.startswith(("  ", "Traceback (most recent call last):"))


def repeats_a_warning(scene: Scene, told: Told) -> bool:
    """Whether the text prints the last warning that was told."""
    warning = scene.last_warning(told.t_ns) if told.raw.end == _STDERR else None
    if warning is None:
        return False
    said, text = told.text(warning.target) or "", told.text(told.raw.target) or ""
    return bool(said and text) and (said in text or text.split("\n")[0] in said)


def mark(scene: Scene, told: Told) -> str:
    return f"{_speaker(scene, told)} sets the mark {_quoted(told.text(told.raw.target) or '')}"


def _speaker(scene: Scene, told: Told) -> str:
    wake = follow(scene.trace, told.raw.waker_kind, told.raw.waker, 0)
    if wake.kind in (WakeKind.OUTSIDE, WakeKind.UNKNOWN) and not wake.callback:
        return "the program"
    return actor(scene, wake)


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= _LONGEST_QUOTE else repr(text[:_LONGEST_QUOTE]) + "…"


def warning(scene: Scene, told: Told) -> str:
    kind = known(WarningKind, told.raw.end)
    wake = follow(scene.trace, told.raw.waker_kind, told.raw.waker, 0)
    in_a_step = wake.kind == WakeKind.TASK and wake.task is not None and wake.callback is None
    meanwhile = f", while {scene.name(wake.task or 0)} runs" if in_a_step else ""
    who = "loopviz" if kind == WarningKind.NOT_INSTRUMENTED else "Python"
    of_whom = f" of {scene.name(told.raw.who)}" if told.raw.who else ""
    text = visible((told.text(told.raw.target) or "something is wrong").strip())
    text = text if len(text) <= 2 * _LONGEST_QUOTE else text[: 2 * _LONGEST_QUOTE] + "…"
    more = _never_awaited(scene, told) if kind == WarningKind.NEVER_AWAITED else ""
    return f"{who} warns{of_whom}{meanwhile}: {text}{more}"


def _never_awaited(scene: Scene, told: Told) -> str:
    """Where the coroutine was dropped, and what that means."""
    chain = scene.trace.definitions.chain(told.raw.site)
    where = f" (it was dropped at {visible(chain[-1].place)})" if chain else ""
    return f"{where}, so none of its code ran"
