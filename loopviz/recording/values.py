"""Short texts of a program's values, without ever running the program's own code.

Decides which values may be shown: plain built-in types, exactly those, since a subclass may carry a ``__repr__`` of the
program's. Anything else is named by its type. Awkward cases: long strings and collections are cut before they are
rendered, so that a 1 GB bytes object costs nothing; nesting is followed two levels deep; huge integers are not
converted (that is quadratic, and may raise); a coroutine that has begun may have deleted an argument, and then the
others stand elsewhere.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from itertools import accumulate, islice
from opcode import opmap
from types import CellType, CodeType, CoroutineType, FunctionType
from typing import Any

LONGEST_TEXT = 80
_LONGEST_STRING = 40
#: So many are shown of a collection of more than ``_MOST_ITEMS_OF_ALL``.
_MOST_ITEMS = 4
_MOST_ITEMS_OF_ALL = 12
_MOST_BITS = 256
_qualified_name = type.__dict__["__qualname__"].__get__
_BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("{", "}")}


def short_repr(value: object) -> str:
    """A text of at most about ``LONGEST_TEXT`` characters."""
    # Neither isinstance() nor a type as a key: these would ask the program's own classes and metaclasses.
    return _SHORTENED.get(id(type(value)), _by_type)(value)


_Shorten = Callable[[Any], str]


def _by_type(value: object) -> str:
    return f"<{_qualified_name(type(value))}>"


def _short_integer(value: int) -> str:
    return repr(value) if value.bit_length() <= _MOST_BITS else "<int>"


def _short_string(value: str | bytes) -> str:
    return repr(value) if len(value) <= _LONGEST_STRING else repr(value[:_LONGEST_STRING]) + "…"


def _short_dict(value: dict[object, object]) -> str:
    return "{}" if not value else f"<dict of {len(value)}>"


def _short_collection(
    shortened: dict[int, _Shorten], value: list[object] | tuple[object, ...] | set[object] | frozenset[object]
) -> str:
    """``shortened`` is how its items are."""
    size = len(value)
    few = value if size <= _MOST_ITEMS_OF_ALL else islice(value, _MOST_ITEMS)
    shown = [shortened.get(id(type(item)), _by_type)(item) for item in few]
    text = ", ".join(shown)
    if len(text) > LONGEST_TEXT:
        ends = accumulate(map(len, shown))
        shown = [item for item, end in zip(shown, ends, strict=True) if end - len(item) <= LONGEST_TEXT]
        text = ", ".join(shown)
    left, right = _BRACKETS[type(value)]
    if len(shown) < size:
        return f"{left}{text}, … {size} items{right}"
    return f"({text},)" if size == 1 and type(value) is tuple else f"{left}{text}{right}"


def _ways_to_shorten(collection: _Shorten) -> dict[int, _Shorten]:
    """How a value is shortened, by the identity of its type."""
    return {
        id(int): _short_integer,
        id(str): _short_string,
        id(bytes): _short_string,
        id(dict): _short_dict,
        **{id(kind): collection for kind in _BRACKETS},
        **{id(kind): repr for kind in (type(None), bool, float)},
    }


_SHORTENED_INNERMOST = _ways_to_shorten(_by_type)
_SHORTENED_WITHIN = _ways_to_shorten(partial(_short_collection, _SHORTENED_INNERMOST))
_SHORTENED = _ways_to_shorten(partial(_short_collection, _SHORTENED_WITHIN))
#: An argument that an inner function shares stands in a cell.
_SHORTENED_ARGUMENT: dict[int, _Shorten] = {
    **_SHORTENED,
    id(CellType): lambda cell: short_repr(_content(cell)),
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


def _usual_place_of_code() -> int:
    """Where a coroutine that has not begun, and that nobody has looked into, holds its code."""

    async def nothing() -> None: ...

    coroutine = nothing()
    seen = gc.get_referents(coroutine)
    coroutine.close()
    return _place_of_code(seen, nothing.__code__) or _NOWHERE


def _place_of_code(seen: list[object], code: CodeType) -> int:
    """Where the code stands, right behind its function; 0 where it does not."""
    places = (index for index in range(1, len(seen)) if seen[index] is code and type(seen[index - 1]) is FunctionType)
    return next(places, 0)


_NOWHERE = 1 << 30
_CODE_AT = _usual_place_of_code()


def contents(coroutine: object, code: CodeType) -> list[object]:
    """What a coroutine (or async generator) of that code holds: its locals in order, without those that are not set;
    empty where they can't be seen.

    Read from what the garbage collector would visit: the function, its code, then the locals. ``f_locals`` would say
    the same, but on 3.11 and 3.12 it leaves a dict of strong references in the program's frame.
    """
    seen = gc.get_referents(coroutine)
    at = _place_of_code(seen, code)
    return seen[at + 1 :] if at else []


#: ``del``, and what an inlined comprehension does to a variable that is called like its own.
_TAKING_AWAY = frozenset(opmap[name] for name in ("DELETE_FAST", "LOAD_FAST_AND_CLEAR") if name in opmap)


def _takes_away(code: CodeType, end: int) -> bool:
    """Whether the function takes one of its first ``end`` variables from its place."""
    operations, operands = code.co_code[::2], code.co_code[1::2]
    return not _TAKING_AWAY.isdisjoint(operations) and any(
        operation in _TAKING_AWAY and operand < end
        for operation, operand in zip(operations, operands, strict=True)
    )


def _has_begun(coroutine: Any) -> bool:
    return type(coroutine) is not CoroutineType or coroutine.cr_suspended or coroutine.cr_running


class Arguments:
    """Which of a coroutine's ``contents`` are the arguments that it was called with, without ``self`` and ``cls``.

    ``first`` and ``end`` say where they stand, ``keywords`` are the names of those that can be given by name alone.
    ``usual`` are they among what is visited of a coroutine that has not begun. They ``stay`` there if there are any and
    none is ever taken away.
    """

    __slots__ = ("end", "first", "keywords", "stay", "usual")

    def __init__(self, code: CodeType) -> None:
        named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        self.first = next((index for index, name in enumerate(named) if name not in ("self", "cls")), len(named))
        self.end = len(named)
        self.keywords = named[code.co_argcount :]
        self.usual = self.among(_CODE_AT)
        self.stay = self.first < self.end and not _takes_away(code, self.end)

    def among(self, code_at: int) -> slice:
        """Where they stand among all that is visited, the code standing there."""
        return slice(code_at + 1 + self.first, code_at + 1 + self.end)


def short_arguments(coroutine: object, code: CodeType, arguments: Arguments) -> str:
    """The arguments that a coroutine (or async generator) was called with, as ``3, 'x', flag=True``; empty where they
    can't be seen. ``arguments`` are those of its code. What is left to its default is not shown.
    """
    if not arguments.stay and (arguments.first == arguments.end or _has_begun(coroutine)):
        return ""
    seen = gc.get_referents(coroutine)
    if len(seen) > _CODE_AT and seen[_CODE_AT] is code:
        function: Any = seen[_CODE_AT - 1]
        values = seen[arguments.usual]
    elif at := _place_of_code(seen, code):
        function = seen[at - 1]
        values = seen[arguments.among(at)]
    else:
        return ""
    keywords = _keywords(arguments.keywords, values, function) if arguments.keywords else ()
    if function.__defaults__ is not None:
        _drop_defaults(values, function.__defaults__)
    shown = [_SHORTENED_ARGUMENT.get(id(type(value)), _by_type)(value) for value in values]
    text = ", ".join((*shown, *keywords)) if keywords else ", ".join(shown)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _keywords(names: tuple[str, ...], values: list[object], function: Any) -> list[str]:
    """Take from the arguments those of these names. Returns those that are not as by default."""
    positional = len(values) - len(names)
    defaults = function.__kwdefaults__ or {}
    given = [(name, _content(value)) for name, value in zip(names, values[positional:], strict=False)]
    del values[positional:]
    return [f"{name}={short_repr(value)}" for name, value in given if defaults.get(name, _MISSING) is not value]


def _drop_defaults(values: list[object], defaults: tuple[object, ...]) -> None:
    """Drop the last of the arguments, as long as they are what they are by default."""
    for default in reversed(defaults):
        if not values or _content(values[-1]) is not default:
            return
        values.pop()


def _content(value: Any) -> object:
    """A local variable's value, where an inner function shares it, too, and may have deleted it."""
    try:
        return value.cell_contents if type(value) is CellType else value
    except ValueError:
        return _DELETED


_MISSING = object()
_DELETED = type("deleted", (), {})()
