"""The picker: the scenarios as cards by section, filtered as one types, and any other program by its path.

Decides what is offered for the typed line: the cards that hold its words, the program that it names, the files that
its last word may become. What is chosen is started at once, with ``enter``, or after its options were filled in, with
``tab``. The picker stays until the program's loop runs: where it fails before, the reason is told here.

Awkward cases: a card that can't run here stays in the list and says why; a line with an open quote is not understood
and said so; the picker may be left while a program starts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loopviz.parameters import parameters_of
from loopviz.tui.clocks import MEANINGS, next_clock
from loopviz.tui.keys import bar_keys, bindings
from loopviz.tui.lessons import file_card, lesson_text, source_of
from loopviz.tui.picker_keys import PICKER_BAR, PICKER_KEYS, PICKER_MOUSE
from loopviz.tui.session import Card
from loopviz.tui.starting import Refusal
from loopviz.tui.text import fit, safe
from loopviz.tui.themes import Palette
from loopviz.tui.typed_line import Found, arguments, completed, divided, file_of, files, looks_like_a_program, matching
from loopviz.tui.widgets.key_bar import KeyBar
from loopviz.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

_NAME = 26
_TYPED = "typed"
_DIGITS = "123456789"
#: A directory may hold thousands.
_MOST_FILES = 200


class PickerScreen(Screen[None]):
    """Starts what is chosen; the app closes it once that runs.

    ``error`` is why there are no cards, ``on_show`` the name of the scenario on show, which is chosen at first.
    """

    CSS = """
    PickerScreen { layout: vertical; }
    PickerScreen Static { height: auto; }
    #heading { height: 1; }
    #choice { height: 1fr; }
    #cards { width: 46%; max-width: 60; height: 100%; border: none; background: $background; padding: 0; }
    #cards, #detail Static.code { text-wrap: nowrap; text-overflow: ellipsis; }
    #cards:focus { border: none; background-tint: $background 0%; }
    #detail { width: 1fr; height: 100%; padding: 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PICKER_KEYS),
        Binding("ctrl+c", "app.quit", "quit", show=False, priority=True),
    ]
    KEYS = PICKER_KEYS

    def __init__(self, cards: Sequence[Card], palette: Palette, error: str = "", on_show: str = "") -> None:
        super().__init__()
        self.on_show = on_show
        self.error = error
        self.cards = cards
        self.palette = palette
        self._by_name = {card.name: card for card in cards}
        self._listed = ""
        self._found: list[Found] = []
        methods = [card.name for card in cards if card.is_method]
        self._digits = dict(zip(methods, _DIGITS, strict=False))
        self.key_bar = KeyBar(palette, lambda cells: bar_keys(cells, PICKER_KEYS, PICKER_BAR))

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield TypedLine(f"{_DIGITS}?", "a scenario, or any program: app.py --port 80, -m module")
        with Horizontal(id="choice"):
            yield OptionList(id="cards")
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="card")
                yield Static(id="code", classes="code")
        yield self.key_bar

    def on_mount(self) -> None:
        self._list("")
        self._head()
        if self.error:
            self.tell(self.error, is_error=True)
        self.query_one(TypedLine).focus()

    def _head(self) -> None:
        heading = Text(" loopviz ", self.palette.key).append(" choose what to run", self.palette.strong)
        clock = self._owner.clock
        heading.append(f"   {clock} clock", self.palette.accent).append(f": {MEANINGS[clock]}", self.palette.dim)
        self.query_one("#heading", Static).update(heading)

    def tell(self, message: str, is_error: bool = False) -> None:
        """Say something on the last line."""
        self.key_bar.tell(message, is_error)

    # -- the list --------------------------------------------------------------------------------------------------

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
        self._list_anew()

    def _list_anew(self) -> None:
        """List what the line asks for: a key may come before the screen was told of those typed before it."""
        if self._listed != self.typed:
            self._list(self.typed)

    def _list(self, typed: str) -> None:
        self._listed = typed
        cards = [] if looks_like_a_program(typed) else matching(self.cards, typed)
        self._found = files(typed)[:_MOST_FILES] if typed.strip() and not cards else []
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._programs(typed) if typed.strip() and not cards else [])
        for section, members in groupby(cards, key=lambda card: card.section):
            options.add_option(Option(Text(f"\n  {safe(section)}", self.palette.accent), disabled=True))
            options.add_options([Option(self._entry(card), card.name) for card in members])
        named = next(iter(typed.split()), self.on_show)
        places = [at for at, option in enumerate(options.options) if not option.disabled]
        exact = [at for at in places if options.options[at].id == named]
        options.highlighted = next(iter(exact + places), None)
        self._show()

    def _programs(self, typed: str) -> list[Option]:
        """The program as typed, where it may be whole, and what its last word may become."""
        run = Option(Text("run  ", self.palette.key).append(safe(typed), self.palette.strong), _TYPED)
        entries = [
            Option(self._file(found), str(place)) for place, found in enumerate(self._found) if found.line != typed
        ]
        return [run, *entries] if not entries or self._is_whole(typed) else entries

    def _is_whole(self, typed: str) -> bool:
        try:
            words = divided(typed)
        except ValueError:
            return False
        return bool(words) and (words[0].startswith("-") or len(words) > 1 or os.path.isfile(words[0]))

    def _file(self, found: Found) -> Text:
        return Text("  ").append(safe(found.name), self.palette.accent if found.is_directory else self.palette.text)

    def _entry(self, card: Card) -> Text:
        name, title = (self.palette.text, self.palette.dim)
        if card.unavailable:
            name = title = self.palette.faint
        digit = self._digits.get(card.name, " ")
        return Text(f"{digit} ", self.palette.key).append(fit(card.name, _NAME), name).append(safe(card.title), title)

    # -- what is chosen --------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> str | None:
        option = self.query_one(OptionList).highlighted_option
        return option.id if option is not None else None

    @property
    def _chosen_file(self) -> Found | None:
        chosen = self._chosen or ""
        return self._found[int(chosen)] if chosen.isdecimal() else None

    def _card(self) -> Card | None:
        """The scenario's card, or one made of the file that is chosen; None for what is no file."""
        if (card := self._by_name.get(self._chosen or "")) is not None:
            return card
        found = self._chosen_file
        path = found.path if found is not None else file_of(self._words() or ())
        return file_card(path) if path is not None else None

    def _words(self) -> list[str] | None:
        """The words to run what is chosen, as after ``loopviz run``; None where the line is not understood."""
        found = self._chosen_file
        try:
            words = divided(found.line if found is not None else self.typed)
        except ValueError as mistake:
            self.tell(f"not understood: {mistake}", is_error=True)
            return None
        return [self._chosen or "", *arguments(words)] if self._chosen in self._by_name else words

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        card = self._card() if self._chosen is not None else None
        lesson, code = lesson_text(card, self.palette) if card is not None else (Text(), Text())
        self.query_one("#card", Static).update(lesson)
        self.query_one("#code", Static).update(code)
        self.query_one("#detail").scroll_home(animate=False)

    # -- keys ------------------------------------------------------------------------------------------------------

    def action_move(self, count: int) -> None:
        options = self.query_one(OptionList)
        if count > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

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
            return
        name = next((name for name, digit in self._digits.items() if digit == event.character), None)
        if name is None:
            self.tell(f"there are {len(self._digits)} ways to choose from")
        else:
            self.query_one(OptionList).highlighted = self.query_one(OptionList).get_option_index(name)
            self.action_run()

    def action_tab(self) -> None:
        """Complete the word under way; fill in the options of what is chosen where there is nothing to complete."""
        self._list_anew()
        line = completed(self.typed, self._found) if self._found else self.typed
        if line != self.typed:
            self.typed = line
        elif self._chosen is None or (self._chosen_file is not None and not self._is_whole(self.typed)):
            self.tell("no one file is meant yet: type on, or choose one with ↑ ↓")
        else:
            self._fill_in()

    def _fill_in(self) -> None:
        from loopviz.tui.screens.run_dialog import RunDialog, Runnable

        words, card = self._words(), self._card()
        if not words or self._is_unavailable(card):
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
        self._list_anew()
        found = self._chosen_file
        if found is not None and not found.is_whole:
            self.typed = found.line
        elif self._chosen is None:
            self.tell("type a path, or choose a scenario")
        elif (words := self._words()) and not self._is_unavailable(self._card()):
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
