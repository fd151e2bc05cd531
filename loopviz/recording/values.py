"""Short texts of a program's values, without ever running the program's own code.

Decides which values may be shown: plain built-in types, exactly those, since a subclass may carry a ``__repr__`` of the
program's. Anything else is named by its type. Awkward cases: long strings and collections are cut before they are
rendered, so that a 1 GB bytes object costs nothing; nesting is followed two levels deep; huge integers are not
converted (that is quadratic, and may raise).
"""

from __future__ import annotations

import gc
import sys
from types import CellType, CodeType, FunctionType

LONGEST_TEXT = 80
_LONGEST_STRING = 40
_MOST_ITEMS = 4
_MOST_BITS = 256
_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}


def short_repr(value: object, depth: int = 2) -> str:
    """A text of at most about ``LONGEST_TEXT`` characters."""
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return repr(value)
    if kind is int:  # isinstance() would ask an object of the program's for its __class__
        return repr(value) if int.bit_length(value) <= _MOST_BITS else "<int>"  # type: ignore[arg-type]
    if kind is str or kind is bytes:
        return _short_string(value)  # type: ignore[arg-type]
    if kind in _BRACKETS and depth:
        return _short_collection(value, depth)  # type: ignore[arg-type]
    if kind is dict:
        return "{}" if not value else f"<dict of {len(value)}>"  # type: ignore[arg-type]
    return f"<{type_name(kind)}>"


def _short_string(value: str | bytes) -> str:
    return repr(value) if len(value) <= _LONGEST_STRING else repr(value[:_LONGEST_STRING]) + "…"


def _short_collection(value: list[object] | tuple[object, ...] | set[object] | frozenset[object], depth: int) -> str:
    shown: list[str] = []
    for item in value:
        if len(shown) == _MOST_ITEMS and len(value) > _MOST_ITEMS + 1 and len(value) > 12:
            break
        shown.append(short_repr(item, depth - 1))
        if sum(map(len, shown)) > LONGEST_TEXT:
            break
    text = ", ".join(shown)
    brackets = _BRACKETS[type(value)]
    left, right = brackets[0], brackets[1]
    if len(shown) < len(value):
        return f"{left}{text}, … {len(value)} items{right}"
    return f"({text},)" if type(value) is tuple and len(value) == 1 else f"{left}{text}{right}"


def short_exception(error: BaseException) -> str:
    """``TypeName: arguments``; the arguments only where they are plain."""
    name = type_name(type(error))
    plain = [
        argument if type(argument) is str else short_repr(argument)
        for argument in BaseException.__dict__["args"].__get__(error)
    ]
    text = ", ".join(plain)
    text = f"{name}: {text}" if text else name
    return text if len(text) <= 2 * LONGEST_TEXT else text[: 2 * LONGEST_TEXT] + "…"


def type_name(kind: type) -> str:
    """The qualified name of a type, past any metaclass of the program's."""
    return str(type.__dict__["__qualname__"].__get__(kind))


#: Where a coroutine that nobody has looked into yet holds its code: after two names and the function.
_CODE_AT = 3 if sys.version_info >= (3, 12) else 4


def contents(coroutine: object, code: CodeType) -> list[object]:
    """What a coroutine (or async generator) of that code holds: its locals in order, without those that are not set;
    empty where they can't be seen.

    Read from what the garbage collector would visit: the function, its code, then the locals. ``f_locals`` would say
    the same, but on 3.11 and 3.12 it leaves a dict of strong references in the program's frame.
    """
    seen = gc.get_referents(coroutine)
    if len(seen) > _CODE_AT and seen[_CODE_AT] is code and type(seen[_CODE_AT - 1]) is FunctionType:
        return seen[_CODE_AT + 1 :]
    for index in range(1, len(seen)):
        if seen[index] is code and type(seen[index - 1]) is FunctionType:
            return seen[index + 1 :]
    return []


def short_arguments(coroutine: object, code: CodeType) -> str:
    """The arguments that a coroutine (or async generator) was called with, as ``3, 'x'``; empty where they can't be
    seen.
    """
    return _join_arguments(contents(coroutine, code), code)


def _join_arguments(values: list[object], code: CodeType) -> str:
    named = code.co_argcount + code.co_kwonlyargcount
    shown: list[str] = []
    for name, value in zip(code.co_varnames[:named], values, strict=False):
        if not shown and name in ("self", "cls"):
            continue
        if type(value) is CellType:
            value = value.cell_contents
        shown.append(short_repr(value))
    text = ", ".join(shown)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
