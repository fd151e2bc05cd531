"""Every key of the timeline screen, once: the bindings, the key bar and the help screen are made from this table.

Decides the layout of the keyboard. Letters are near their words (``f`` follow, ``x`` axis, ``w`` waker); ``hjkl``
move as the arrows do; what a shifted key does is more of the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """``keys`` are Textual's names, ``shown`` what a person reads on the keycaps. A ``bar`` label puts it on the key
    bar.

    No ``keys``: the app binds it, on every screen.
    """

    keys: str
    action: str
    shown: str
    help: str
    bar: str = ""


#: Groups in the order of the help screen. Within the bar, ``BAR_ORDER`` decides what is kept when space is short.
KEYS: dict[str, tuple[Key, ...]] = {
    "Time": (
        Key("left,h", "pan(-1)", "← h", "move to earlier times"),
        Key("right,l", "pan(1)", "→ l", "move to later times"),
        Key("shift+left,H", "pan(-8)", "shift+← H", "move back by half a screen"),
        Key("shift+right,L", "pan(8)", "shift+→ L", "move on by half a screen"),
        Key("plus,equals_sign", "zoom(1)", "+", "zoom in at the cursor", "zoom"),
        Key("minus,underscore", "zoom(-1)", "-", "zoom out at the cursor"),
        Key("0", "fit", "0", "fit the whole run", "fit"),
        Key("f,end", "follow", "f end", "follow the newest end", "follow"),
        Key("home", "start", "home", "go to the start of the run"),
        Key("x", "axis", "x", "time axis or step axis (every step equally wide)", "axis"),
    ),
    "Rows": (
        Key("up,k", "row(-1)", "↑ k", "select the row above"),
        Key("down,j", "row(1)", "↓ j", "select the row below"),
        Key("pageup", "page(-1)", "page up", "select a row one screen up"),
        Key("pagedown", "page(1)", "page down", "select a row one screen down"),
        Key("enter", "lanes", "enter", "open the task: a lane for each coroutine that it awaits", "lanes"),
        Key(
            "slash",
            "filter",
            "/",
            "show only tasks with a text in their name, or in that of a coroutine they await; in the tree with parents",
            "filter",
        ),
        Key("a", "alive", "a", "show only tasks that are alive at the shown moment"),
        Key("o", "sort", "o", "the tree of who created whom, or all tasks by name, state or time on the loop"),
    ),
    "Spans": (
        Key("left_square_bracket", "span(-1)", "[", "select the task's span before"),
        Key("right_square_bracket", "span(1)", "]", "select the task's next span", "span"),
        Key("w", "waker", "w", "jump to what woke the task", "waker"),
        Key("W", "waker_back", "W", "jump back"),
    ),
    "Time travel": (
        Key("comma", "event(-1)", ",", "one event back: the whole screen shows that moment", "step"),
        Key("full_stop", "event(1)", ".", "one event on"),
        Key("p", "play", "p", "play from the shown moment", "play"),
        Key("less_than_sign", "speed(-1)", "<", "play slower"),
        Key("greater_than_sign", "speed(1)", ">", "play faster"),
        Key("space", "pause", "space", "hold the screen at this moment, or let it go; the program runs on", "pause"),
        Key("escape", "leave", "esc", "leave the moment, the span, the filter"),
    ),
    "Story": (
        Key("t", "story", "t", "read the story: choose a sentence and go to its moment", "story"),
        Key("d", "detail", "d", "tell every event, or leave out what goes without saying"),
    ),
    "Program": (
        Key("r", "rerun", "r", "run the program again", "rerun"),
        Key("s", "pick", "s", "choose a scenario or a file to run", "scenarios"),
        Key("ctrl+c", "interrupt", "ctrl+c", "send Ctrl+C to the program; once it has ended, quit"),
        Key("1,2,3,4,5,6,7,8,9", "method", "1-9", "run one of the ways to do ten things", "loops"),
        Key("c", "compare", "c", "compare the ways to do ten things, side by side", "compare"),
        Key("e", "export", "e", "export the timeline to a file", "export"),
    ),
    "Screen": (
        Key("tab", "panel(1)", "tab", "show the next panel where there is no room for all", "panel"),
        Key("shift+tab", "panel(-1)", "shift+tab", "show the panel before"),
        Key("b", "panels", "b", "hide or show the panels below the timeline"),
        Key("question_mark", "help", "?", "this help", "help"),
        Key("", "", "ctrl+p", "all commands by name; the theme chosen there is remembered"),
        Key("", "", "ctrl+z", "suspend loopviz; fg brings it back"),
        Key("q", "app.quit", "q", "end the program, if it runs, and quit", "quit"),
    ),
}

#: The keys of the story while it is read; all others are those of the timeline.
STORY_KEYS: dict[str, tuple[Key, ...]] = {
    "While the story is read": (
        Key("up,k", "sentence(-1)", "↑ k", "the sentence before"),
        Key("down,j", "sentence(1)", "↓ j", "the next sentence", "sentence"),
        Key("pageup", "page(-1)", "page up", "a page back"),
        Key("pagedown", "page(1)", "page down", "a page on"),
        Key("home", "end(False)", "home", "the first sentence"),
        Key("end", "end(True)", "end", "the last sentence", "last"),
        Key("enter", "choose", "enter", "go to the sentence's moment", "go there"),
        Key("escape,t", "leave", "esc t", "back to the timeline", "timeline"),
    ),
}
STORY_BAR_ORDER = ("timeline", "go there", "sentence", "last")

MOUSE: tuple[tuple[str, str], ...] = (
    ("click", "select the row and the span under the pointer; on a selected row's name, open its lanes"),
    ("drag", "move the timeline; on the axis line, travel in time"),
    ("wheel", "scroll rows; on the axis line or with ctrl or shift, zoom at the pointer"),
    ("hover", "tell the span under the pointer"),
    ("story", "click a sentence to go to its moment; the wheel scrolls"),
)

#: The key bar's labels, the most useful first; as many as fit are shown, in the order of the table.
BAR_ORDER = (
    "help", "quit", "scenarios", "rerun", "pause", "axis", "step", "story", "compare", "export", "follow", "fit",
    "zoom", "play", "waker", "span", "lanes", "filter", "panel", "loops",
)  # fmt: skip


def bindings(table: Mapping[str, Sequence[Key]] = KEYS) -> list[Binding]:
    """Textual's bindings for a screen's keys; the key bar replaces Textual's footer, so none is shown there."""
    made = []
    for keys in table.values():
        for key in keys:
            for name in filter(None, key.keys.split(",")):
                action = f"method({name})" if key.action == "method" else key.action
                made.append(Binding(name, action, key.help, show=False))
    return made


def bar_keys(cells: int, table: Mapping[str, Sequence[Key]] = KEYS, order: Sequence[str] = BAR_ORDER) -> list[Key]:
    """The keys that a bar of so many cells has room for."""
    by_label = {key.bar: key for keys in table.values() for key in keys if key.bar}
    chosen, room = set(), cells
    for label in order:
        if (width := bar_width(by_label[label])) <= room:
            chosen.add(label)
            room -= width
    return [key for label, key in by_label.items() if label in chosen]


def bar_width(key: Key) -> int:
    """The cells that a key takes on the bar, with the gap after it."""
    return len(bar_cap(key)) + 1 + len(key.bar) + 2


def bar_cap(key: Key) -> str:
    """The keycap as the bar prints it: pairs of opposite keys are shown together."""
    cap = key.shown if key.shown in _PAIRS else key.shown.split(" ")[0]
    return _PAIRS.get(cap, cap)


_PAIRS = {"+": "+ -", ",": ", .", "]": "[ ]", "↓": "↑ ↓", "page down": "page ↑ ↓"}
