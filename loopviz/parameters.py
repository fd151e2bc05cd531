"""The options of a program, as its own file tells of them.

Decides what a form can offer. A program is read, never run: every ``parser.add_argument("--items", default=10, ...)``
of argparse and every ``@click.option("--items", ...)`` whose words are plain constants is an option with its default,
its help and its choices. The program itself stays the judge of a value.

Awkward cases: an option made in a loop or from a computed name is not seen, and can be typed all the same; a default
that is no constant is shown as none, and then left to the program; a program with subcommands has options that belong
to one of them, so none is offered.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SUBCOMMANDS = {"add_subparsers", "add_typer", "group", "Group"}
_MAKERS = {"add_argument", "option"}
#: Actions of argparse that take no value of the user's, and print something instead.
_TELLING = {"help", "version"}
_TURNING = {"store_true", "store_false", "store_const", "count"}
_MANY = {"+", "*"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option. ``flag`` is its longest form; ``default`` what it is without being given, empty where none is known.

    ``choices`` are all its values, empty where it takes any; an option without a value has ``SWITCH``. ``takes_many``
    says that its value is several words.
    """

    flag: str
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    takes_many: bool = False

    def words(self, value: str) -> list[str]:
        """The words that give it ``value``; none where that is its default."""
        if value == self.default or not value:
            return []
        if self.choices == SWITCH:
            return [self.flag]
        if self.takes_many:
            return [self.flag, *_split(value)]
        # With a blank between, a value that begins with a dash would be taken for an option.
        return [f"{self.flag}={value}"] if value.startswith("-") and _is_long(self.flag) else [self.flag, value]

    def taken_from(self, words: Sequence[str]) -> tuple[str | None, list[str]]:
        """The value that ``words`` give it, None for none, and the other words."""
        rest = list(words)
        for at, word in enumerate(rest):
            if word.startswith(f"{self.flag}="):
                return word.partition("=")[2], rest[:at] + rest[at + 1 :]
            if word == self.flag and self.choices == SWITCH:
                return SWITCH[1], rest[:at] + rest[at + 1 :]
            if word == self.flag and not self.takes_many and at + 1 < len(rest):
                return rest[at + 1], rest[:at] + rest[at + 2 :]
        return None, rest


#: The choices of an option that takes no value.
SWITCH = ("no", "yes")


def parameters_of(source: str) -> list[Parameter]:
    """The options of the program with this source, in its order; none where it can't be parsed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if any(_name(call) in _SUBCOMMANDS for call in calls):
        return []
    known = dict(_constants(tree))
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    made = (_parameter(call, known) for call in calls if _name(call) in _MAKERS)
    return [parameter for parameter in made if parameter is not None]


def _name(call: ast.Call) -> str:
    made = call.func
    return made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""


def _constants(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """The module's own names for plain values."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = _literal(node.value, {})
            if value is not None:
                yield node.targets[0].id, value


def _literal(node: ast.expr | None, known: Mapping[str, Any]) -> Any:
    """A plain value; None where it is none."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _parameter(call: ast.Call, known: Mapping[str, Any]) -> Parameter | None:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    flags = [word for word in (_literal(argument, known) for argument in call.args) if isinstance(word, str)]
    flag = _flag(flags)
    if not flag or _is_hidden(given, known):
        return None
    default, action = _literal(given.get("default"), known), _action(given, known)
    if action in _TURNING:
        return Parameter(flag, SWITCH[0], _help(given, "", known), SWITCH)
    if action == "BooleanOptionalAction":
        flag = f"--no-{flag.removeprefix('--')}" if default else flag
        return Parameter(flag, SWITCH[0], _help(given, "", known), SWITCH)
    many = _literal(given.get("nargs"), known)
    text = _text(default)
    choices = _choices(given, text, known)
    return Parameter(flag, text, _help(given, text, known), choices, many in _MANY or isinstance(many, int))


def _flag(flags: Sequence[str]) -> str:
    """The first long form, else the first; empty for what is no option. Of ``--on/--off`` it is ``--on``."""
    forms = [flag.partition("/")[0].strip() for flag in flags if flag.startswith("-")]
    return next(filter(_is_long, forms), forms[0] if forms else "")


def _is_long(flag: str) -> bool:
    return flag.startswith("--")


def _is_hidden(given: Mapping[str, ast.expr], known: Mapping[str, Any]) -> bool:
    said = given.get("help")
    suppressed = isinstance(said, ast.Attribute) and said.attr == "SUPPRESS"
    return suppressed or _action(given, known) in _TELLING or _literal(given.get("hidden"), known) is True


def _action(given: Mapping[str, ast.expr], known: Mapping[str, Any]) -> str:
    action = given.get("action")
    if isinstance(action, ast.Attribute):
        return action.attr
    turned = any(_literal(given.get(name), known) is True for name in ("is_flag", "count"))
    return "store_true" if turned else str(_literal(action, known) or "")


def _choices(given: Mapping[str, ast.expr], default: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    node = given.get("choices")
    kind = given.get("type")
    if isinstance(kind, ast.Call) and _name(kind) == "Choice" and kind.args:
        node = kind.args[0]
    values = _literal(node, known)
    if not isinstance(values, list | tuple):
        return ()
    # Without a default there is one more choice: not to give it.
    return (*([] if default in map(str, values) else [""]), *map(str, values))


def _text(default: Any) -> str:
    """A default as one would type it."""
    if default is None:
        return ""
    return shlex.join(map(str, default)) if isinstance(default, list | tuple) else str(default)


def _help(given: Mapping[str, ast.expr], default: str, known: Mapping[str, Any]) -> str:
    said = _literal(given.get("help"), known)
    text = said if isinstance(said, str) else ""
    return " ".join(text.replace("%(default)s", default).replace("%%", "%").split())


def _split(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:
        return [value]
