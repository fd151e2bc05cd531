"""The picker: the scenarios as cards by section, filtered as one types, and any other program by its path.

Decides what becomes of what is chosen: it is started at once, with ``enter``, or after its options were filled in, with
``tab``. The picker stays until the program's loop runs: where it fails before, the reason is told here.

Awkward cases: a card that can't run here stays in the list and says why; a line with an open quote is not understood
and said so; the picker may be left while a program starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, OptionList, Static

from loopviz.parameters import parameters_of
from loopviz.tui.clocks import MEANINGS, next_clock
from loopviz.tui.keys import bar_keys, bindings
from loopviz.tui.lessons import lesson_text, source_of
from loopviz.tui.picker_keys import PICKER_BAR, PICKER_KEYS, PICKER_MOUSE
from loopviz.tui.session import Card
from loopviz.tui.starting import Refusal
from loopviz.tui.text import safe
from loopviz.tui.themes import Palette
from loopviz.tui.typed_line import TRACE, completed
from loopviz.tui.widgets.key_bar import KeyBar
from loopviz.tui.widgets.pick_list import PickList, is_whole
from loopviz.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

#: From so many columns on, there is room for a card's title in the list.
_WITH_TITLES = 100


class PickerScreen(Screen[None]):
    """Starts what is chosen; the app closes it once that runs.

    ``error`` is why there are no cards, ``on_show`` the name of the scenario on show, which is chosen at first.
    """

    CSS = """
    PickerScreen { layout: vertical; }
    PickerScreen Static { height: auto; }
    #heading { height: 1; }
    #choice { height: 1fr; }
    #cards { width: 46%; max-width: 82; height: 100%; }
    #cards.-names { width: 30; max-width: 46%; }
    #code { text-wrap: nowrap; text-overflow: ellipsis; }
    #detail { width: 1fr; height: 100%; padding: 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PICKER_KEYS),
        Binding("ctrl+c", "app.quit", "quit", show=False, priority=True),
    ]
    KEYS = PICKER_KEYS

    def __init__(self, cards: Sequence[Card], palette: Palette, error: str = "", on_show: str = "") -> None:
        super().__init__()
        self.error = error
        self.palette = palette
        self.list = PickList(cards, palette, on_show, "cards")
        self.key_bar = KeyBar(palette, lambda cells: bar_keys(cells, PICKER_KEYS, PICKER_BAR))

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield TypedLine("123456789?", "a scenario, or any program: app.py --port 80, -m module")
        with Horizontal(id="choice"):
            yield self.list
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="card")
                yield Static(id="code")
        yield self.key_bar

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._change_theme)
        self.list.show("")
        self._head()
        if self.error:
            self.tell(self.error, is_error=True)
        self.query_one(TypedLine).focus()

    def on_resize(self, event: events.Resize) -> None:
        has_room = event.size.width >= _WITH_TITLES
        self.list.set_class(not has_room, "-names")
        self.list.list_titles(has_room)

    def _change_theme(self, _theme: Theme) -> None:
        self.palette = self.list.palette = self.key_bar.palette = self._owner.palette
        self.list.typed = None
        self.list.show(self.typed)
        self._head()
        self.key_bar.refresh()

    def _head(self) -> None:
        heading = Text(" loopviz ", self.palette.key).append(" choose what to run", self.palette.strong)
        clock = self._owner.clock
        heading.append(f"   {clock} clock", self.palette.accent).append(f": {MEANINGS[clock]}", self.palette.dim)
        self.query_one("#heading", Static).update(heading)

    def tell(self, message: str, is_error: bool = False) -> None:
        """Say something on the last line."""
        self.key_bar.tell(message, is_error)

    # -- what is typed, and chosen ---------------------------------------------------------------------------------

    @property
    def typed(self) -> str:
        return self.query_one(TypedLine).value

    @typed.setter
    def typed(self, line: str) -> None:
        field = self.query_one(TypedLine)
        field.value = line
        field.cursor_position = len(line)

    @on(Input.Changed)
    def _filter(self) -> None:
        self.key_bar.be_quiet()
        self.list.show(self.typed)

    def _words(self) -> list[str]:
        """The words to run what is chosen; none where the line is not understood, which is told."""
        try:
            return self.list.words()
        except ValueError as mistake:
            self.tell(f"not understood: {mistake}", is_error=True)
            return []

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        card = self.list.card()
        lesson, code = lesson_text(card, self.palette) if card is not None else (Text(), Text())
        self.query_one("#card", Static).update(lesson)
        self.query_one("#code", Static).update(code)
        self.query_one("#detail").scroll_home(animate=False)

    # -- keys ------------------------------------------------------------------------------------------------------

    def action_move(self, count: int) -> None:
        if count > 0:
            self.list.action_cursor_down()
        else:
            self.list.action_cursor_up()

    def action_read(self, pages: int) -> None:
        detail = self.query_one("#detail")
        detail.scroll_relative(y=pages * (detail.size.height - 2), animate=False)

    def action_clock(self) -> None:
        self._owner.clock = next_clock(self._owner.clock)
        self._head()

    def action_help(self) -> None:
        from loopviz.tui.screens.help import HelpScreen, key_rows

        self.app.push_screen(HelpScreen(self.palette, {**key_rows(PICKER_KEYS), "Mouse": PICKER_MOUSE}))

    def action_leave(self) -> None:
        """Back to the timeline; out of loopviz where there is none."""
        if self.typed:
            self.typed = ""
        else:
            self._owner.back_to_timeline()

    @on(TypedLine.Pressed)
    def _pressed(self, event: TypedLine.Pressed) -> None:
        if event.character == "?":
            self.action_help()
        elif (name := self.list.methods.get(event.character)) is None:
            self.tell(f"there are {len(self.list.methods)} ways to choose from")
        else:
            self.list.highlighted = self.list.get_option_index(name)
            self.action_run()

    def action_tab(self) -> None:
        """Complete the word under way; fill in the options of what is chosen where there is nothing to complete."""
        self.list.show(self.typed)
        line = completed(self.typed, self.list.found) if self.list.found else self.typed
        if line != self.typed:
            self.typed = line
        elif not self.list.chosen or (self.list.chosen_file is not None and not is_whole(self.typed)):
            self.tell("no one file is meant yet: type on, or choose one with ↑ ↓")
        else:
            self._fill_in()

    def _fill_in(self) -> None:
        from loopviz.tui.screens.run_dialog import RunDialog, Runnable

        words, card = self._words(), self.list.card()
        if not words or self._is_unavailable(card):
            return
        if words[0].endswith(TRACE):
            self.tell("a trace has no options: enter opens it")
            return
        count = 2 if words[0] == "-m" else 1
        target, given = tuple(words[:count]), tuple(words[count:])
        parameters = tuple(parameters_of(source_of(card.source))) if card is not None else ()
        given = given or self._owner.given.get(target, ())
        self.app.push_screen(RunDialog(Runnable(target, parameters, given), self._owner.clock, self.palette))

    def _is_unavailable(self, card: Card | None) -> bool:
        """Whether it can't run here, and says so."""
        if card is not None and card.unavailable:
            self.tell(f"{card.name} {card.unavailable}", is_error=True)
        return card is not None and bool(card.unavailable)

    # -- running ---------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def action_run(self) -> None:
        # A key may come before the screen was told of those typed before it.
        self.list.show(self.typed)
        found = self.list.chosen_file
        if found is not None and not found.is_whole:
            self.typed = found.line
        elif not self.list.chosen:
            self.tell("type a path, or choose a scenario")
        elif (words := self._words()) and words[0].endswith(TRACE):
            self._owner.look_at(Path(words[0]), self)
        elif words and not self._is_unavailable(self.list.card()):
            self.tell("starting …")
            self._owner.begin(words, self)

    def refuse(self, refusal: Refusal) -> None:
        """Tell why nothing was started: in a line, and all that the program said beside it."""
        self.tell(refusal.why, is_error=True)
        if refusal.said:
            self.query_one("#card", Static).update(Text("\n".join(map(safe, refusal.said)) + "\n", self.palette.bad))

    def on_screen_resume(self) -> None:
        self._head()

    @property
    def _owner(self) -> LoopvizApp:
        return cast("LoopvizApp", self.app)
