"""Standard output as a program may handle it: replaced, redirected, detached, its buffer written past it."""

import asyncio
import contextlib
import io
import os
import sys


async def speak(name: str) -> None:
    for part in ("one ", "two ", "three\n"):
        print(f"{name} {part}", end="")
        await asyncio.sleep(0)


async def main() -> None:
    await asyncio.gather(speak("a"), speak("b"))
    print("text", 1, None, sep=" | ", end="!\n", file=sys.stdout, flush=True)
    print("to stderr", file=sys.stderr)
    print(sys.stdout.write("counted\n"), sys.stdout.writable(), sys.stdout.closed)
    sys.stdout.writelines(["line one\n", "line two\n"])
    sys.stdout.flush()
    sys.stdout.buffer.write(b"bytes\n")
    sys.stdout.buffer.flush()
    os.write(1, b"straight to the file\n")
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        print("redirected")
    print(repr(kept.getvalue()))
    with contextlib.redirect_stderr(sys.stdout):
        print("stderr as stdout", file=sys.stderr)
    try:
        sys.stdout.write(b"no text")  # type: ignore[arg-type]
    except TypeError as error:
        print(error)
    print("", end="")
    print("ends without a newline; \x1b[1mbold\x1b[0m \x00 \u202e \N{SNOWMAN} [red]markup[/red] \U0001f600")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    print("surrogate \udc80")


asyncio.run(main())
real = sys.stdout
sys.stdout = io.StringIO()
print("to the replacement")
replacement, sys.stdout = sys.stdout, real
print(repr(replacement.getvalue()))
print("unfinished line at the end", end="")
