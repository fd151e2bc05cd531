"""The recordings that a comparison needs, and in which order they are made.

Decides that programs under the virtual clock run beside each other, as many as there are processors, since none of them
can be disturbed by that; and that every other one has the machine to itself, one after another, after these.

Nothing happens by itself: ``poll`` is called again and again, by the screen with each frame.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from loopviz.commands.compare_words import Named
from loopviz.commands.contender import Contender, Stage, processors
from loopviz.commands.recorder_command import VIRTUAL
from loopviz.timeline.comparison import Entrant

_PAUSE_S = 0.005


class Contest:
    """All programs of one comparison. ``arguments`` are what each of them is given."""

    def __init__(self, targets: Sequence[Named], arguments: Sequence[str], clock: str | None, directory: Path) -> None:
        """Traces go to ``directory``; ``clock`` is None for the default of each program."""
        self.arguments = tuple(arguments)
        self._made_of = targets, clock, directory
        home = Path(mkdtemp(dir=directory))
        self._contenders = [
            Contender(one, self.arguments, clock, home / str(place)) for place, one in enumerate(targets, 1)
        ]

    @property
    def entrants(self) -> Sequence[Entrant]:
        """How far each program is, in the order in which they were named."""
        return [contender.entrant for contender in self._contenders]

    @property
    def is_done(self) -> bool:
        """Whether nothing more will change."""
        return all(contender.stage is Stage.DONE for contender in self._contenders)

    def poll(self) -> bool:
        """Go on as far as is possible without waiting; True where something was done."""
        moved = [contender.poll() for contender in self._contenders]
        return self._start() or any(moved)

    def _start(self) -> bool:
        """Start what may run now."""
        waiting = [contender for contender in self._contenders if contender.stage is Stage.WAITING]
        running = [contender for contender in self._contenders if contender.stage is Stage.RECORDING]
        beside = [contender for contender in waiting if contender.clock == VIRTUAL]
        if any(contender.clock != VIRTUAL for contender in running):
            ready = []
        elif beside:
            ready = beside[: max(0, processors() - len(running))]
        else:
            ready = waiting[: 0 if running else 1]
        for contender in ready:
            contender.start()
        return bool(ready)

    def anew(self) -> Contest:
        """The same programs, to be recorded again."""
        targets, clock, directory = self._made_of
        self.close()
        return Contest(targets, self.arguments, clock, directory)

    def run(self) -> None:
        """Wait until all is done."""
        while not self.is_done:
            if not self.poll():
                time.sleep(_PAUSE_S)

    def close(self) -> None:
        """End what still runs."""
        for contender in self._contenders:
            contender.close()
