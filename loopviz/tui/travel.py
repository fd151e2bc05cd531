"""Time travel: the moment that the screen shows in place of now, and how it moves.

Decides that a moment is a time, not an event: events of one instant are one step, since no state lies between them.
Playing goes with the axis: on the time axis so many seconds a second, on the step axis so many steps a second.

Awkward cases: playing ends with the last event, and stays there; the events of a long recording take time to be put in
order, and a step through what is not in order yet is taken as soon as that is.
"""

from __future__ import annotations

from enum import Enum

from loopviz.tui.history import History
from loopviz.tui.view import View

#: Speeds to choose from; on the step axis they are times ``_STEPS_PER_S``.
SPEEDS = (0.0001, 0.001, 0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 100.0)
_STEPS_PER_S = 2.0


class Stepped(Enum):
    """What became of a step: it was taken, there is no event to go to, or it waits until all events are in order."""

    TAKEN = 0
    NOWHERE = 1
    LATER = 2


class Travel:
    """``moment_ns`` is the moment travelled to, in ns since the start; None where now is shown."""

    def __init__(self, view: View, history: History) -> None:
        self.view = view
        self.history = history
        self.moment_ns: int | None = None
        self.playing = False
        self._speed = SPEEDS.index(1.0)
        self._position = 0.0
        self._axis = view.axis
        # Steps that wait, and the records that have to be in order before.
        self._waiting = 0
        self._until = 0

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    def change_speed(self, steps: int) -> float:
        """Play faster (above zero) or slower; returns the speed."""
        self._speed = min(max(0, self._speed + steps), len(SPEEDS) - 1)
        return self.speed

    def go_to(self, time_ns: int) -> None:
        """Show a moment, and bring it into view."""
        self.moment_ns = min(max(0, time_ns), self.view.session.now_ns)
        self._begin_at(self.moment_ns)
        self.view.list_at(self.moment_ns)
        self.view.following = False
        self.view.reveal(self.moment_ns)

    def leave(self) -> bool:
        """Show now again; False where now is shown."""
        left = self.moment_ns is not None or self.is_awaited
        self.moment_ns, self.playing, self._waiting = None, False, 0
        self.view.list_at(None)
        return left

    @property
    def is_awaited(self) -> bool:
        """Whether a step waits until the events are in order."""
        return self._waiting != 0

    def step(self, count: int) -> Stepped:
        """Go so many events on (above zero) or back.

        From now, back is the last event, and on is the first: that is where a walk through a recorded run begins.
        """
        self.playing = False
        self.history.is_wanted = True
        self.history.take_in(is_awaited=True)
        if self.history.is_whole and not self.view.session.is_loading:
            return self._step(count)
        if not self._waiting:
            self._until = len(self.view.trace.records)
        self._waiting += count
        return Stepped.LATER

    def _step(self, count: int) -> Stepped:
        from_ns = self.moment_ns
        if from_ns is None:
            from_ns = -1 if count > 0 else self.view.session.now_ns + 1
        chronicle = self.history.chronicle
        for _ in range(abs(count)):
            event = chronicle.next_after(from_ns) if count > 0 else chronicle.last_before(from_ns)
            if event is None:
                return Stepped.NOWHERE
            from_ns = event.t_ns
            self.go_to(from_ns)
        return Stepped.TAKEN

    def take_waiting_step(self) -> Stepped:
        """Take the steps that wait, if their time has come."""
        if not self._waiting or self.view.session.is_loading or self.history.taken < self._until:
            return Stepped.LATER
        count, self._waiting = self._waiting, 0
        return self._step(count)

    def play(self) -> None:
        """Start to play, from the start where now or the end is shown; or stop."""
        self.playing = not self.playing
        if self.playing and (self.moment_ns is None or self.moment_ns >= self.view.trace.end_ns):
            self.go_to(0)

    def advance(self, seconds: float) -> None:
        """Let real time pass."""
        if not self.playing:
            return
        axis, end_ns = self.view.axis, self.view.trace.end_ns
        if axis is not self._axis:
            self._begin_at(self.moment_ns or 0)
        position = self._position + seconds * self.speed * (1e9 if axis is self.view.time_axis else _STEPS_PER_S)
        self.go_to(min(axis.time_at(position), end_ns))
        # A step lasts for several frames, and all of its column is one moment: the way through it is kept here.
        self._position = position
        self.playing = (self.moment_ns or 0) < end_ns

    def _begin_at(self, time_ns: int) -> None:
        self._axis = self.view.axis
        self._position = self._axis.position(time_ns)
