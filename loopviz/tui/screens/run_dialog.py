"""What to run a program with: its clock and its options, each with its default; enter runs it.

Decides that the program itself judges what was filled in: it is started, and where it ends before its loop begins,
what it said (its usage, as a rule) is told here, with all fields as they were. The last line is what would be typed
after the shell's prompt, so that the form teaches the command.

Awkward cases: words that the form has no field for have one of their own; a field that was emptied means the default.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from loopviz.parameters import Parameter
from loopviz.tui.clocks import CLOCKS, MEANINGS, clocked, next_clock
from loopviz.tui.lessons import short_path
from loopviz.tui.starting import Refusal
from loopviz.tui.text import safe
from loopviz.tui.themes import Palette
from loopviz.tui.typed_line import divided
from loopviz.tui.widgets.choice import Choice

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

_MOST_SAID = 8
_OTHERS = "others"
_NOT_GIVEN = "not given"


@dataclass(frozen=True, slots=True)
class Runnable:
    """A program to run: the words that name it, its options, and the words it was already given."""

    target: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    given: tuple[str, ...] = ()

    def filled(self) -> tuple[list[str], list[str]]:
        """The value of each option, and the words that are none of theirs."""
        values, rest = [], list(self.given)
        for parameter in self.parameters:
            value, rest = parameter.taken_from(rest)
            values.append(parameter.default if value is None else value)
        return values, rest


class RunDialog(ModalScreen[None]):
    """A form over the picker."""

    CSS = """
    RunDialog { align: center middle; background: $background 60%; }
    RunDialog > Vertical { width: 84; max-width: 96%; height: auto; max-height: 96%; background: $surface; }
    RunDialog > Vertical { padding: 1 3; }
    RunDialog Static { height: auto; }
    RunDialog VerticalScroll { height: auto; max-height: 60vh; margin: 1 0; }
    RunDialog Horizontal { height: 1; }
    RunDialog Input { height: 1; width: 16; border: none; padding: 0 1; background: $panel; }
    RunDialog Input:focus { border: none; }
    RunDialog #others { width: 1fr; }
    RunDialog .note { width: 1fr; padding: 0 0 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "close", show=False),
        Binding("enter", "run", "run", show=False),
        Binding("ctrl+t", "clock", "the next clock", show=False),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("down", "app.focus_next", "next field", show=False),
    ]

    def __init__(self, program: Runnable, clock: str, palette: Palette) -> None:
        super().__init__()
        self.program = program
        self.palette = palette
        self._first_clock = clock
        self._labels = max([8, *(len(parameter.flag) for parameter in program.parameters)]) + 2

    def compose(self) -> ComposeResult:
        values, rest = self.program.filled()
        with Vertical():
            yield Static(Text("Run ", self.palette.strong).append(safe(self._title), self.palette.strong))
            with VerticalScroll(can_focus=False):
                yield Choice("clock", CLOCKS, self.palette, "clock", self._labels)
                for place, (parameter, value) in enumerate(zip(self.program.parameters, values, strict=True)):
                    yield self._field(place, parameter, value)
                others = Input(shlex.join(rest), "any other words for it", id=_OTHERS, select_on_focus=False)
                yield Horizontal(self._label("words"), others)
            yield Static(id="command")
            yield Static(id="said")

    @property
    def _title(self) -> str:
        name = self.program.target[0]
        return short_path(name) if "/" in name else " ".join(self.program.target)

    def _label(self, text: str) -> Static:
        label = Static(Text(safe(text), self.palette.dim))
        label.styles.width = self._labels
        return label

    def _field(self, place: int, parameter: Parameter, value: str) -> Widget:
        name = f"parameter-{place}"
        note = Static(Text(safe(parameter.help), self.palette.dim), classes="note")
        if parameter.choices:
            shown = [value or _NOT_GIVEN for value in parameter.choices]
            choice = Choice(parameter.flag, shown, self.palette, name, self._labels)
            choice.set_reactive(Choice.chosen, _place(parameter.choices, value))
            choice.styles.width = choice.cells
            return Horizontal(choice, note)
        field = Input(value, placeholder=parameter.default, id=name, select_on_focus=False)
        return Horizontal(self._label(parameter.flag), field, note)

    def on_mount(self) -> None:
        self.query_one("#clock", Choice).chosen = CLOCKS.index(self._first_clock)
        first = "#parameter-0" if self.program.parameters else "#clock"
        self.query_one(first).focus()
        self._changed()

    # -- what was filled in ----------------------------------------------------------------------------------------

    @property
    def clock(self) -> str:
        return CLOCKS[self.query_one("#clock", Choice).chosen]

    def action_clock(self) -> None:
        self.query_one("#clock", Choice).chosen = CLOCKS.index(next_clock(self.clock))

    def _arguments(self) -> list[str]:
        """The words after the program's name. Raises ValueError where a quote is left open."""
        words: list[str] = []
        for parameter, value in self._values():
            words += parameter.words(value)
        return words + divided(self.query_one(f"#{_OTHERS}", Input).value)

    def _values(self) -> Iterator[tuple[Parameter, str]]:
        for place, parameter in enumerate(self.program.parameters):
            field = self.query_one(f"#parameter-{place}")
            if isinstance(field, Choice):
                yield parameter, parameter.choices[field.chosen]
            elif isinstance(field, Input):
                yield parameter, field.value.strip()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self) -> None:
        try:
            words = clocked([*self.program.target, *self._arguments()], self.clock)
        except ValueError as mistake:
            self._say([f"not understood: {mistake}"], is_error=True)
            return
        command = Text("loopviz run ", self.palette.dim).append(safe(shlex.join(words)), self.palette.accent)
        self.query_one("#command", Static).update(command)
        meaning = f"{self.clock} clock: {MEANINGS[self.clock]}"
        self._say([meaning, "enter runs   ↑ ↓ tab fields   ← → choose   ctrl+t clock   esc back"])

    def _say(self, lines: Sequence[str], is_error: bool = False) -> None:
        style = self.palette.bad if is_error else self.palette.dim
        self.query_one("#said", Static).update(Text("\n".join(map(safe, lines)), style))

    # -- running ---------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def action_run(self) -> None:
        try:
            arguments = self._arguments()
        except ValueError as mistake:
            self._say([f"not understood: {mistake}"], is_error=True)
            return
        owner = cast("LoopvizApp", self.app)
        owner.clock = self.clock
        owner.given[self.program.target] = tuple(arguments)
        self._say(["starting …"])
        owner.begin([*self.program.target, *arguments], self)

    def refuse(self, refusal: Refusal) -> None:
        """Tell why the program was not started."""
        self._say(refusal.said[-_MOST_SAID:] or [refusal.why], is_error=True)


def _place(choices: Sequence[str], value: str) -> int:
    return choices.index(value) if value in choices else 0
