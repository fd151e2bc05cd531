"""What the SVG timeline looks like: measures, colours on light and dark ground, marks.

Decides everything visible but places. The picture needs nothing from outside: text is set in whatever fixed-width
font the reader has, colours follow the reader's scheme by ``prefers-color-scheme``, marks are paths drawn here. State
colours are those of ``timeline.glyphs``, so that picture and screen agree.
"""

from __future__ import annotations

from loopviz.timeline.cells import Cell
from loopviz.timeline.glyphs import GLYPHS

MARGIN = 24
#: Where the rows begin: above are headline, facts, legend and axis.
HEAD = 122
#: Heights of a row, and of the bars in it by what they show: the state can be read from the height alone.
ROW = 24
LANE = 20
BAR_HEIGHTS = {
    Cell.RUNNING: 14,
    Cell.RUNNING_PART: 14,
    Cell.READY: 8,
    Cell.READY_PART: 8,
    Cell.SUSPENDED: 2,
    Cell.UNKNOWN: 4,
    Cell.BUSY: 10,
    Cell.BUSY_PART: 10,
    Cell.CALLBACK: 6,
    Cell.IDLE: 1,
}
#: Of a fixed-width font of 12 px.
CHARACTER = 7.25
#: Of the smaller one along a line.
SMALL_CHARACTER = 6.1
INDENT = 14

#: Of an item of the legend: its sign with the blank after it, and the blank after its name.
LEGEND_SIGN = 22
LEGEND_GAP = 20

#: One-letter classes, since each of thousands of bars has one.
CLASSES = {
    Cell.UNKNOWN: "u",
    Cell.SUSPENDED: "s",
    Cell.READY: "q",
    Cell.READY_PART: "q",
    Cell.RUNNING: "r",
    Cell.RUNNING_PART: "r",
    Cell.RETURNED: "e",
    Cell.RAISED: "x",
    Cell.CANCELLED: "c",
    Cell.IDLE: "i",
    Cell.CALLBACK: "k",
    Cell.BUSY: "b",
    Cell.BUSY_PART: "b",
}

MARKS = {
    Cell.RETURNED: "M-4 0.5l2.8 3L4 -3.5",
    Cell.RAISED: "M-3.5 -3.5l7 7m0 -7l-7 7",
    Cell.CANCELLED: "M4 0a4 4 0 1 1 -8 0a4 4 0 1 1 8 0M-2.8 2.8L2.8 -2.8",
}

_GROUNDS = { "light": { "ground": "#ffffff", "band": "#f6f8fa", "text": "#1f2328", "dim": "#59636e", "rule":
"#d1d9e0", "wake": "#59636e", }, "dark": { "ground": "#0d1117", "band": "#151b23", "text": "#e6edf3", "dim":
"#9198a1", "rule": "#30363d", "wake": "#9198a1", }, }  # fmt: skip

_RULES = """
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.h{font-size:16px;font-weight:600}
.l{font-weight:600}
.e,.x,.c{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.t{font-size:10px}
.g{fill:none;stroke-width:1}
.a{fill:none;stroke-width:1;opacity:.75}
.r,.q,.b,.k{rx:1.5px}
.m1{opacity:.4}.m2{opacity:.65}.m3{opacity:.85}
.r:hover,.q:hover,.s:hover,.b:hover{filter:brightness(1.15)}
"""


def style_sheet() -> str:
    """The text of the ``<style>`` element."""
    dark = _scheme("dark")
    return f"{_scheme('light')}{_RULES}@media(prefers-color-scheme:dark){{{dark}}}"


def _scheme(name: str) -> str:
    colours = _GROUNDS[name]
    rules = [
        f".p{{fill:{colours['ground']}}}",
        f".z{{fill:{colours['band']}}}",
        f"text{{fill:{colours['text']}}}",
        f".d,.t{{fill:{colours['dim']}}}",
        f".g{{stroke:{colours['rule']}}}",
        f".a{{stroke:{colours['wake']}}}",
        f".w{{fill:{colours['wake']}}}",
    ]
    for cell, letter in CLASSES.items():
        glyph = GLYPHS[cell]
        colour = glyph.on_light if name == "light" else glyph.on_dark
        rules.append(f".{letter}{{{'stroke' if cell in MARKS else 'fill'}:{colour}}}")
    return "".join(dict.fromkeys(rules))
