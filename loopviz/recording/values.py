"""Short texts of a program's values, without ever running the program's own code.

Decides which values may be shown: plain built-in types, exactly those, since a subclass may carry a ``__repr__`` of the
program's. Anything else is named by its type. Awkward cases: long strings and collections are cut before they are
rendered, so that a 1 GB bytes object costs nothing; nesting is followed two levels deep; huge integers are not
converted (that is quadratic, and may raise).
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from itertools import accumulate, islice
from types import CellType, CodeType, FunctionType
from typing import Any

LONGEST_TEXT = 80
_LONGEST_STRING = 40
#: So many are shown of a collection of more than ``_MOST_ITEMS_OF_ALL``.
_MOST_ITEMS = 4
_MOST_ITEMS_OF_ALL = 12
_MOST_BITS = 256
_qualified_name = type.__dict__["__qualname__"].__get__
_BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("{", "}")}


def short_repr(value: object, depth: int = 2) -> str:
    """A text of at most about ``LONGEST_TEXT`` characters."""
    # Neither isinstance() nor a type as a key: these would ask the program's own classes and metaclasses.
    shorten = _SHORTENED.get(id(type(value)))
    return f"<{_qualified_name(type(value))}>" if shorten is None else shorten(value, depth)


def _short_integer(value: int, _depth: int) -> str:
    return repr(value) if value.bit_length() <= _MOST_BITS else "<int>"


def _short_string(value: str | bytes, _depth: int) -> str:
    return repr(value) if len(value) <= _LONGEST_STRING else repr(value[:_LONGEST_STRING]) + "…"


def _short_dict(value: dict[object, object], _depth: int) -> str:
    return "{}" if not value else f"<dict of {len(value)}>"


def _short_collection(value: list[object] | tuple[object, ...] | set[object] | frozenset[object], depth: int) -> str:
    kind = type(value)
    if not depth:
        return f"<{kind.__name__}>"
    few = value if len(value) <= _MOST_ITEMS_OF_ALL else islice(value, _MOST_ITEMS)
    shown = [short_repr(item, depth - 1) for item in few]
    text = ", ".join(shown)
    if len(text) > LONGEST_TEXT:
        ends = accumulate(map(len, shown))
        shown = [item for item, end in zip(shown, ends, strict=True) if end - len(item) <= LONGEST_TEXT]
        text = ", ".join(shown)
    left, right = _BRACKETS[kind]
    if len(shown) < len(value):
        return f"{left}{text}, … {len(value)} items{right}"
    return f"({text},)" if kind is tuple and len(value) == 1 else f"{left}{text}{right}"


#: How a value is shortened, by the identity of its type.
_SHORTENED: dict[int, Callable[[Any, int], str]] = {
    id(int): _short_integer,
    id(str): _short_string,
    id(bytes): _short_string,
    id(dict): _short_dict,
    **{id(kind): _short_collection for kind in _BRACKETS},
    **{id(kind): lambda value, _depth: repr(value) for kind in (type(None), bool, float)},
}


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
    return str(_qualified_name(kind))


#: Where a coroutine that nobody has looked into yet holds its code: after two names and the function.
_CODE_AT = 3 if sys.version_info >= (3, 12) else 4


def contents(coroutine: object, code: CodeType) -> list[object]:
    """What a coroutine (or async generator) of that code holds: its locals in order, without those that are not set;
    empty where they can't be seen.

    Read from what the garbage collector would visit: the function, its code, then the locals. ``f_locals`` would say
    the same, but on 3.11 and 3.12 it leaves a dict of strong references in the program's frame.
    """
    seen = gc.get_referents(coroutine)
    at = _code_at(seen, code)
    return seen[at + 1 :] if at else []


def _code_at(seen: list[object], code: CodeType) -> int:
    """Where the code stands, right behind its function; 0 where it does not."""
    if len(seen) > _CODE_AT and seen[_CODE_AT] is code and type(seen[_CODE_AT - 1]) is FunctionType:
        return _CODE_AT
    places = (index for index in range(1, len(seen)) if seen[index] is code and type(seen[index - 1]) is FunctionType)
    return next(places, 0)


def arguments_of(code: CodeType) -> slice:
    """Which of a coroutine's ``contents`` are the arguments that it was called with, without ``self`` and ``cls``."""
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    first = next((index for index, name in enumerate(named) if name not in ("self", "cls")), len(named))
    return slice(first, len(named))


def short_arguments(coroutine: object, code: CodeType, arguments: slice) -> str:
    """The arguments that a coroutine (or async generator) was called with, as ``3, 'x', flag=True``; empty where they
    can't be seen. ``arguments`` is what ``arguments_of`` says of its code. What is left to its default is not shown.
    """
    if arguments.start == arguments.stop:
        return ""
    seen = gc.get_referents(coroutine)
    at = _code_at(seen, code)
    if not at:
        return ""
    function: Any = seen[at - 1]
    values = seen[at + 1 :][arguments]
    keywords: list[str] = []
    if code.co_kwonlyargcount:
        keywords = _keywords(code, values, function)
    if function.__defaults__ is not None:
        _drop_defaults(values, function.__defaults__)
    shown = [short_repr(value if type(value) is not CellType else value.cell_contents) for value in values]
    text = ", ".join(shown + keywords)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _keywords(code: CodeType, values: list[object], function: Any) -> list[str]:
    """Take from the arguments those that can be given by name alone. Returns those that are not as by default."""
    positional = len(values) - code.co_kwonlyargcount
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults = function.__kwdefaults__ or {}
    given = [(name, _content(value)) for name, value in zip(names, values[positional:], strict=False)]
    del values[positional:]
    return [f"{name}={short_repr(value)}" for name, value in given if defaults.get(name, code) is not value]


def _drop_defaults(values: list[object], defaults: tuple[object, ...]) -> None:
    """Drop the last of the arguments, as long as they are what they are by default."""
    for default in reversed(defaults):
        if not values or _content(values[-1]) is not default:
            return
        values.pop()


def _content(value: Any) -> object:
    """A local variable's value, where an inner function shares it, too."""
    return value.cell_contents if type(value) is CellType else value
