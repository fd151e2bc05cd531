"""The story of a recording, as a test reads it."""

from __future__ import annotations

from building import Recording, by_task
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.levels import Level
from loopviz.trace.story import Story
from loopviz.trace.trace import Trace

USER = ("work", "app.py", 7)
SLEEP = ("sleep", "asyncio/tasks.py", 660)


def story_of(made: Recording | Trace) -> Story:
    return Story(Chronicle(made.trace() if isinstance(made, Recording) else made))


def sentences(made: Recording | Trace, level: Level = Level.FULL) -> list[str]:
    """Every sentence that a level tells, in order."""
    story = story_of(made)
    return [text for _t_ns, text in story.told(0, len(story.chronicle), level)]


def sentence_at(made: Recording | Trace, time_ns: int, event: str) -> str:
    """What is told of the one event of this name at a time."""
    story = story_of(made)
    found = [
        story.text(position)
        for position, told in enumerate(story.chronicle)
        if told.t_ns == time_ns and told.name == event
    ]
    assert len(found) == 1, f"{len(found)} {event} at {time_ns}"
    return found[0]


def sleeping(made: Recording, task: int, start: int, ended: int, delay_ns: int, timer: int = 1) -> Recording:
    """A step of a task that ends in ``sleep``."""
    made.timer(timer, start, delay_ns, "_set_result_unless_cancelled", by=by_task(task))
    return made.step(task, start, ended, site=made.chain(USER, SLEEP))
