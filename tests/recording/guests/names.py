"""Names that a terminal, an XML file or UTF-8 can't take, as task names, function names, results and exceptions."""

import asyncio
from typing import Any

NAMES = [
    "",
    " ",
    "\x00\x1b[31m\x07",
    "<b>&amp;</b> [bold]",
    "\udc80\ud800",
    "é\N{SNOWMAN}\U0001f600\u202e\u2028",
    "a\nb\r\tc",
    "Task-1",
]


class Odd:
    """Its repr and its comparison are nobody's business."""

    def __repr__(self) -> str:
        raise RuntimeError("repr was called")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq was called")

    def __hash__(self) -> int:
        raise RuntimeError("hash was called")

    def __bool__(self) -> bool:
        raise RuntimeError("bool was called")

    def __len__(self) -> int:
        raise RuntimeError("len was called")


class OddError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("str was called")

    __repr__ = __str__


async def give(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, BaseException):
        raise value
    return value


async def main() -> None:
    for name in NAMES:
        task = asyncio.create_task(give(name), name=name)
        print(ascii(task.get_name()), ascii(await task))
        task.set_name(name + "!")
        try:
            await asyncio.create_task(give(ValueError(name)))
        except ValueError as error:
            print(ascii(error.args))
    odd = Odd()
    print(await asyncio.create_task(give(odd)) is odd)
    try:
        await asyncio.create_task(give(OddError(odd, b"\xff" * 10_000, 10**5000)))
    except OddError as error:
        print(len(error.args))
    named: dict[str, Any] = {}
    exec("async def \u5909\u6570(x): return x", named)
    named["\u5909\u6570"].__qualname__ = "\x1b[2J<svg>\udc80"
    print(await asyncio.create_task(named["\u5909\u6570"](1), name=str(10**30)))
    print(await asyncio.create_task(give(1), name=7))  # type: ignore[arg-type]


asyncio.run(main())
