"""What the compare screen is given by ``loopviz.commands``: programs on their way to being compared.

Decides the seam. A contest does nothing by itself: the screen polls it with each frame, and it starts, waits for and
reads what there is to record without ever making a frame wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:  # the picker compares nothing, and is to come up fast
    from loopviz.timeline.comparison import Entrant


class Contest(Protocol):
    """Programs to compare. ``arguments`` are what each of them is given.

    ``entrants`` tells how far each is, in the order to show; an entrant is another object whenever it got further.
    """

    arguments: tuple[str, ...]

    @property
    def entrants(self) -> Sequence[Entrant]: ...

    @property
    def is_done(self) -> bool:
        """Whether nothing more will change."""

    def poll(self) -> bool:
        """Go on as far as is possible without waiting; True where something was done. Never raises."""

    def anew(self) -> Self:
        """The same programs, to be recorded again."""

    def close(self) -> None:
        """End what still runs."""
