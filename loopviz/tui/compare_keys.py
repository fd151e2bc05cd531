"""The keys of the compare screen, from which its bindings, its key bar and its help are made."""

from __future__ import annotations

from loopviz.timeline.comparison_items import NOT_IN_ORDER
from loopviz.timeline.comparison_prints import BY_MAIN, BY_OTHERS
from loopviz.tui.keys import Key

COMPARE_KEYS: dict[str, tuple[Key, ...]] = {
    "Bands": (
        Key("up,k", "select(-1)", "↑ k", "select the program above"),
        Key("down,j", "select(1)", "↓ j", "select the program below", "program"),
        Key("pageup", "page(-1)", "page up", "scroll up by one screen"),
        Key("pagedown", "page(1)", "page down", "scroll down by one screen"),
        Key("space", "fold", "space", "open the band: a row for each task and call; or fold it", "open"),
        Key("o", "fold_all", "o", "open or fold all bands", "open all"),
        Key("x", "axis", "x", "time axis or step axis (every step equally wide)", "axis"),
        Key("t", "table", "t", "show the next table: what came out, what the loop did, none", "table"),
    ),
    "Program": (
        Key("enter", "look", "enter", "look at this program in the timeline", "timeline"),
        Key("r", "again", "r", "record all programs again", "again"),
        Key("e", "export", "e", "export the comparison to a file", "export"),
    ),
    "Screen": (
        Key("question_mark", "help", "?", "this help", "help"),
        Key("q,escape,c", "leave", "q esc", "back to the timeline; out of loopviz where there is none", "back"),
    ),
}

#: The key bar's labels, the most useful first.
COMPARE_BAR = ("help", "back", "timeline", "open", "axis", "table", "export", "again", "open all", "program")

COMPARE_MOUSE: tuple[tuple[str, str], ...] = (
    ("click", "select the program under the pointer; on its name, open or fold its band"),
    ("wheel", "scroll"),
)

#: What stands in bands and table, beside the cells of the timeline.
MARKS: tuple[tuple[str, str], ...] = (
    ("⠒⠒⠒", "of a folded band: a row of dots for each task or call, while it lasts; on the step axis, its steps"),
    (BY_MAIN, "the main task prints"),
    (BY_OTHERS, "another task prints"),
    (NOT_IN_ORDER, "completed in another order than that of creation"),
)
