"""The way in: ``loopviz`` and ``python -m loopviz``.

Decides how the process ends: a user's mistake is one line on stderr and the error's exit status, Ctrl+C is without a
word. Anything else is a defect of loopviz and keeps its traceback.

``record`` goes its own way, before click is imported and out of reach of these rules: once its program runs, all that
happens is the program's.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from loopviz.commands import launch_options
from loopviz.errors import LoopvizError
from loopviz.recording.words import Words

#: What a shell says of a program that Ctrl+C ended.
_INTERRUPTED = 130


def main() -> int:
    """Run the command line in ``sys.argv``; gives the exit status."""
    words = sys.argv[1:]
    if words[:1] == ["record"] and (read := launch_options.read(words[1:])).understood:
        return _record(read)
    try:
        status = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except LoopvizError as error:
        return _complain(str(error), error.exit_status)
    except KeyboardInterrupt:
        return _die_of_ctrl_c()
    return status


def _die_of_ctrl_c() -> int:
    # A shell looks at what its command died of: it ends the line that shows ^C, and the script that the command is in.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
    return _INTERRUPTED


def _record(read: Words) -> int:
    from loopviz.commands import record

    try:
        arguments = record.prepare(read)
    except LoopvizError as error:
        return _complain(str(error), error.exit_status)
    from loopviz.recording.__main__ import main as become_the_program

    become_the_program(arguments)
    return 0


def _run(words: Sequence[str]) -> int:
    if words[:1] == ["run"] and (read := launch_options.read(words[1:])).understood:
        from loopviz.commands import run

        return run.start(read)
    return _run_click(words)


def _run_click(words: Sequence[str]) -> int:
    import click

    from loopviz.commands.group import COMMANDS, Interrupted, group

    try:
        with _written_by_click(words):
            status = group.main(list(words), prog_name="loopviz", standalone_mode=False)
    except (click.Abort, Interrupted):
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        helped = f"loopviz {words[0]} --help" if words[0] in COMMANDS else "loopviz --help"
        return _complain(f"{_in_line(error.format_message())}; '{helped}' shows what there is", error.exit_code)
    return int(status or 0)


def _written_by_click(words: Sequence[str]) -> AbstractContextManager[object]:
    """Where click itself writes to standard output, what that does not take is told as of any other command."""
    if not {"--help", "--version"}.intersection(words):
        return nullcontext()
    from loopviz.commands.export_file import opened

    return opened("-")


def _in_line(message: str) -> str:
    """click's sentence as ours are: one line, a small letter first, no full stop."""
    return (message[:1].lower() + message[1:]).replace("\n", " ").rstrip(".")


def _complain(message: str, status: int) -> int:
    # A file may be called anything; what it is called must not break the line, nor steer the terminal.
    line = "".join(character if character.isprintable() else repr(character)[1:-1] for character in message)
    print(f"loopviz: {line}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
