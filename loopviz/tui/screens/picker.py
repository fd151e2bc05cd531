"""The picker: the scenarios as cards by section, filtered as one types, and any other program by its path.

Decides what the typed line means. Words before the first that begins with ``-`` filter the cards; what comes from
there on is handed to the program. A line that looks like a path, or that matches no card, can be run as it stands, as
after ``loopviz run``.

Awkward cases: a card that can't run here stays in the list and says why; a line with an open quote is not understood
and said so; a source that can't be read leaves the lesson alone.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loopviz.tui.highlight import highlighted
from loopviz.tui.session import Card
from loopviz.tui.text import fit, safe
from loopviz.tui.themes import Palette

if TYPE_CHECKING:
    from loopviz.tui.app import LoopvizApp

_NAME = 26
_TYPED = "typed"


class PickerScreen(Screen[None]):
    """Runs what is chosen and closes itself."""

    CSS = """
    PickerScreen { layout: vertical; }
    PickerScreen Static { height: auto; }
    #heading { height: 1; }
    #typed { height: 1; border: none; padding: 0 1; background: $panel; }
    #typed:focus { border: none; }
    #choice { height: 1fr; }
    #cards { width: 46%; max-width: 60; height: 100%; border: none; background: $background; padding: 0; }
    #cards, #code { text-wrap: nowrap; text-overflow: ellipsis; }
    #cards:focus { border: none; background-tint: $background 0%; }
    #detail { width: 1fr; height: 100%; padding: 0 2; }
    #hint { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", show=False),
        Binding("down", "move(1)", "next card", show=False, priority=True),
        Binding("up", "move(-1)", "card before", show=False, priority=True),
        Binding("pagedown", "read(1)", "read on", show=False, priority=True),
        Binding("pageup", "read(-1)", "read back", show=False, priority=True),
    ]

    def __init__(self, cards: Sequence[Card], palette: Palette, error: str = "") -> None:
        super().__init__()
        self.error = error
        self.cards = cards
        self.palette = palette
        self._by_name = {card.name: card for card in cards}
        methods = [card.name for card in cards if card.is_method]
        self._digits = {name: str(digit) for digit, name in enumerate(methods[:9], 1)}

    def compose(self) -> ComposeResult:
        heading = Text(" loopviz ", self.palette.key).append(" choose what to run", self.palette.strong)
        yield Static(heading, id="heading")
        yield Input(placeholder="a scenario, or any program: app.py --port 80, -m module", id="typed")
        with Horizontal(id="choice"):
            yield OptionList(id="cards")
            with VerticalScroll(id="detail", can_focus=False):
                yield Static(id="card")
                yield Static(id="code")
        yield Static(id="hint")

    def on_mount(self) -> None:
        self._list("")
        self._hint(self.error)
        self.query_one(Input).focus()

    # -- the list --------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._list(event.value)
        self._hint()

    def _list(self, typed: str) -> None:
        options = self.query_one(OptionList)
        cards = matching(self.cards, typed)
        options.clear_options()
        if typed.strip() and (not cards or looks_like_a_program(typed)):
            options.add_option(Option(Text("run  ", self.palette.key).append(safe(typed), self.palette.strong), _TYPED))
        for section, members in groupby(cards, key=lambda card: card.section):
            options.add_option(Option(Text(f"\n  {safe(section)}", self.palette.accent), disabled=True))
            options.add_options([Option(self._entry(card), card.name) for card in members])
        first = next((at for at, option in enumerate(options.options) if not option.disabled), None)
        options.highlighted = first
        self._show()

    def _entry(self, card: Card) -> Text:
        name, title = (self.palette.text, self.palette.dim)
        if card.unavailable:
            name = title = self.palette.faint
        digit = self._digits.get(card.name, " ")
        return Text(f"{digit} ", self.palette.key).append(fit(card.name, _NAME), name).append(safe(card.title), title)

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        card = self._card()
        self.query_one("#card", Static).update(self._lesson(card) if card is not None else Text())
        self.query_one("#code", Static).update(self._code(card) if card is not None else Text())
        self.query_one("#detail").scroll_home(animate=False)

    def _card(self) -> Card | None:
        option = self.query_one(OptionList).highlighted_option
        return self._by_name.get(option.id or "") if option is not None else None

    def _lesson(self, card: Card) -> Text:
        text = Text().append(safe(card.title) + "\n\n", self.palette.strong)
        if card.unavailable:
            text.append(f"{safe(card.unavailable)}\n\n", self.palette.bad)
        return text.append("\n\n".join(paragraphs(card.lesson)) + "\n", self.palette.text)

    def _code(self, card: Card) -> Text:
        text = Text().append(f"{safe(str(card.source))}\n\n", self.palette.dim)
        for line in highlighted(code_of(card.source), self.palette):
            for piece, style in line.pieces:
                text.append(piece, style)
            text.append("\n")
        return text

    def _hint(self, error: str = "") -> None:
        keys = " ↑ ↓ choose   enter run   page up, page down read   esc back"
        style = self.palette.bad if error else self.palette.dim
        self.query_one("#hint", Static).update(Text(f" {safe(error)}" if error else keys, style, no_wrap=True))

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

    def action_leave(self) -> None:
        """Back to the timeline; out of loopviz where there is none."""
        typed = self.query_one(Input)
        if typed.value:
            typed.value = ""
        else:
            self._owner.back_to_timeline()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._run()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self._run()

    def _run(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        try:
            words = shlex.split(self.query_one(Input).value)
        except ValueError as mistake:
            self._hint(f"not understood: {mistake}")
            return
        if option is None:
            self._hint("type a path, or choose a scenario")
            return
        card = self._by_name.get(option.id or "")
        if card is not None and card.unavailable:
            self._hint(f"{card.name} {card.unavailable}")
            return
        error = self._owner.launch(words if card is None else [card.name, *arguments(words)])
        if error:
            self._hint(error)
        else:
            self._owner.picked()

    @property
    def _owner(self) -> LoopvizApp:
        return cast("LoopvizApp", self.app)


def matching(cards: Sequence[Card], typed: str) -> list[Card]:
    """The cards that hold every typed word, up to the first that begins with ``-``, in their name or title."""
    words: list[str] = []
    for word in typed.casefold().split():
        if word.startswith("-"):
            break
        words.append(word)
    return [card for card in cards if all(word in f"{card.name} {card.title}".casefold() for word in words)]


def arguments(words: Sequence[str]) -> list[str]:
    """The words from the first that begins with ``-`` on."""
    first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    return list(words[first:])


def looks_like_a_program(typed: str) -> bool:
    """Whether a typed line names a file or a module rather than a card."""
    word = typed.split()[0] if typed.split() else ""
    return word.endswith(".py") or "/" in word or word == "-m"


def paragraphs(lesson: str) -> list[str]:
    """A lesson's paragraphs, each on one line so that it wraps to any width; what is indented keeps its lines."""
    blocks = [block.splitlines() for block in lesson.strip().split("\n\n")]
    joints = ["\n" if any(line[:1].isspace() for line in block) else " " for block in blocks]
    return [joint.join(map(safe, block)) for joint, block in zip(joints, blocks, strict=True)]


def code_of(path: Path) -> str:
    """A file's code without its docstring, which is the lesson; all of it where it can't be parsed, nothing where not
    read.
    """
    try:
        source = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    try:
        first = ast.parse(source).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError):
        return source.strip()
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return "\n".join(source.splitlines()[(first.end_lineno or 0) if is_docstring else 0 :]).strip()
