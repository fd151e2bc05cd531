"""The picker's list: cards by section, or the program that the line names and the files that its last word may become.

Decides what is chosen at first: a card that was named in full, else the first entry. A line that is a program as it
stands is offered before the files that it could become; one that is none yet, only where there are no such files.
Titles are listed where there is room for some words of them: the card beside the list begins with its title anyway.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby

from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from loopviz.tui.lessons import file_card
from loopviz.tui.session import Card
from loopviz.tui.text import fit, safe
from loopviz.tui.themes import Palette
from loopviz.tui.typed_line import (
    TRACE,
    Found,
    arguments,
    divided,
    file_of,
    files,
    looks_like_a_program,
    matching,
)

_NAME = 26
_TYPED, _FILE = "typed:", "file:"
_DIGITS = "123456789"
#: A directory may hold thousands.
_MOST_FILES = 200


class PickList(OptionList):
    """What a typed line leads to. ``preferred`` is the name of the card that is chosen as long as nothing is typed."""

    DEFAULT_CSS = """
    PickList { border: none; background: $background; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    PickList:focus { border: none; background-tint: $background 0%; }
    """

    def __init__(self, cards: Sequence[Card], palette: Palette, preferred: str, id: str) -> None:
        super().__init__(id=id)
        self.cards = cards
        self.palette = palette
        self.preferred = preferred
        self.typed: str | None = None
        self.found: list[Found] = []
        self._by_name = {card.name: card for card in cards}
        #: The names of the ways to do ten things, by their digits.
        self.methods = dict(zip(_DIGITS, (card.name for card in cards if card.is_method), strict=False))
        self._digits = {name: digit for digit, name in self.methods.items()}
        self.shows_titles = True

    # -- what is listed --------------------------------------------------------------------------------------------

    def list_titles(self, shows_titles: bool) -> None:
        """List the titles of cards beside their names, or leave them to the card."""
        if shows_titles != self.shows_titles:
            self.shows_titles, chosen = shows_titles, self.chosen
            typed, self.typed = self.typed or "", None
            self.show(typed)
            if chosen in self._by_name:
                self.highlighted = self.get_option_index(chosen)

    def show(self, typed: str) -> None:
        """List what a line asks for, if another does than before."""
        if typed == self.typed:
            return
        self.typed = typed
        cards = [] if looks_like_a_program(typed) else matching(self.cards, typed)
        self.found = files(typed)[:_MOST_FILES] if typed.strip() and not cards else []
        self.clear_options()
        self.add_options(self._programs(typed) if typed.strip() and not cards else [])
        for section, members in groupby(cards, key=lambda card: card.section):
            self.add_option(Option(Text(f"\n  {safe(section)}", self.palette.accent), disabled=True))
            self.add_options([Option(self._entry(card), card.name) for card in members])
        places = [at for at, option in enumerate(self.options) if not option.disabled]
        named = next(iter(typed.split()), self.preferred)
        exact = [at for at in places if self.options[at].id == named]
        self.highlighted = next(iter(exact + places), None)

    def _programs(self, typed: str) -> list[Option]:
        verb = "open" if typed.strip().endswith(TRACE) else "run"
        whole = Option(Text(f"{verb}  ", self.palette.key).append(safe(typed), self.palette.strong), _TYPED)
        further = [(place, found) for place, found in enumerate(self.found) if found.line != typed]
        entries = [Option(self._file(found), f"{_FILE}{place}") for place, found in further]
        return [whole, *entries] if not entries or is_whole(typed) else entries

    def _file(self, found: Found) -> Text:
        return Text("  ").append(safe(found.name), self.palette.accent if found.is_directory else self.palette.text)

    def _entry(self, card: Card) -> Text:
        name, title = (self.palette.text, self.palette.dim)
        if card.unavailable:
            name = title = self.palette.faint
        digit = self._digits.get(card.name, " ")
        entry = Text(f"{digit} ", self.palette.key).append(fit(card.name, _NAME), name)
        return entry.append(safe(card.title), title) if self.shows_titles else entry

    # -- what is chosen --------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The name of the card that is chosen, or what stands for another entry; empty where there is none."""
        option = self.highlighted_option
        return (option.id or "") if option is not None else ""

    @property
    def chosen_file(self) -> Found | None:
        """The file that is chosen of those that the last word may become."""
        return self.found[int(self.chosen.removeprefix(_FILE))] if self.chosen.startswith(_FILE) else None

    def words(self) -> list[str]:
        """The words to run what is chosen, as after ``loopviz run``. Raises ValueError where a quote is left open."""
        found = self.chosen_file
        words = divided(found.line if found is not None else self.typed or "")
        return [self.chosen, *arguments(words)] if self.chosen in self._by_name else words

    def card(self) -> Card | None:
        """The scenario's card, or one made of the program's file that is chosen; None for what is none."""
        if self.chosen in self._by_name or not self.chosen:
            return self._by_name.get(self.chosen)
        found = self.chosen_file
        path = found.path if found is not None else file_of(_understood(self.typed or ""))
        return file_card(path) if path is not None else None


def is_whole(typed: str) -> bool:
    """Whether a line names a program as it stands, as far as can be told before it runs."""
    words = _understood(typed)
    return bool(words) and (words[0].startswith("-") or len(words) > 1 or os.path.isfile(words[0]))


def _understood(typed: str) -> list[str]:
    try:
        return divided(typed)
    except ValueError:
        return []
