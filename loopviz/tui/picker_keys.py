"""The keys of the picker, from which its bindings, its key bar and its help are made.

Decides that letters, and all else that can be typed, are for the line. Only while that is empty do the digits run the
ways to do ten things, as in the timeline, and ``?`` tells the keys.
"""

from __future__ import annotations

from loopviz.tui.keys import Key

PICKER_KEYS: dict[str, tuple[Key, ...]] = {
    "Choose": (
        Key("", "", "letters", "show the scenarios that hold them in name or title"),
        Key("", "", "--items 3", "from the first option on, words for the scenario"),
        Key("", "", "path", "any program: app.py --port 80, -m module; or a trace"),
        Key("up", "move(-1)", "↑", "the card or file above"),
        Key("down", "move(1)", "↓", "the card or file below", "choose"),
        Key("pageup", "read(-1)", "page up", "read back in the lesson and the code"),
        Key("pagedown", "read(1)", "page down", "read on", "read"),
    ),
    "Run": (
        Key("enter", "run", "enter", "run what is chosen; open a directory or a trace", "run"),
        Key("", "", "1-9", "on an empty line: run one of the ways to do ten things"),
        Key("tab", "tab", "tab", "complete a path; else fill in options before it runs", "options"),
        Key("ctrl+t", "clock", "ctrl+t", "the next clock: real, four times as fast, virtual", "clock"),
    ),
    "Screen": (
        Key("f1", "help", "? f1", "this help; ? on an empty line, f1 at any time", "help"),
        Key("", "", "ctrl+p", "all commands by name; the theme chosen there is remembered"),
        Key("escape", "leave", "esc", "empty the line; then back, or out of loopviz", "back"),
    ),
}

#: The key bar's labels, the most useful first.
PICKER_BAR = ("run", "options", "clock", "help", "back", "choose", "read")

PICKER_MOUSE: tuple[tuple[str, str], ...] = (
    ("click", "run the card under the pointer"),
    ("wheel", "scroll"),
)
