"""Python code in colour: few colours, so that the marked line stays the loudest.

Decides which kinds of token stand out: keywords, strings, comments, names that are defined. The rest is plain.
"""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style

from loopviz.tui.painting import Line
from loopviz.tui.themes import Palette

_TAB_CELLS = 4


@lru_cache(16)
def highlighted(code: str, palette: Palette) -> tuple[Line, ...]:
    """One line per line of ``code``; as many as ``code.split("\\n")`` has.

    They are shared: nothing may be added to them.
    """
    lines = [Line()]
    for kind, text in _tokens(code.expandtabs(_TAB_CELLS)):
        style = _style(kind, palette)
        for number, piece in enumerate(text.split("\n")):
            if number:
                lines.append(Line())
            if piece:
                lines[-1].add(piece, style)
    return tuple(lines)


def _tokens(code: str) -> list[tuple[str, str]]:
    # Imported late: the first frame shows no code.
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return [(str(kind), text) for kind, text in lexer.get_tokens(code)]


def _style(kind: str, palette: Palette) -> Style:
    for prefix, name in _STYLES.items():
        if kind.startswith(prefix):
            style: Style = getattr(palette, name)
            return style
    return palette.text


_STYLES = {
    "Token.Comment": "dim",
    "Token.Literal.String.Doc": "dim",
    "Token.Literal.String": "good",
    "Token.Keyword": "key",
    "Token.Operator.Word": "key",
    "Token.Name.Function": "strong",
    "Token.Name.Class": "strong",
}
