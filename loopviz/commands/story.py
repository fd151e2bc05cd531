"""``loopviz story``: what happened, event by event, in plain sentences.

Decides where the story comes from (a trace, or a program that is recorded first), which of its sentences are asked for,
and how a line looks: the moment, to the microsecond, then the sentence. Only the story goes to standard output: what
the program printed is in it.

Awkward cases: after a trace there are no words of a program's, so options may stand there too; a reader that goes away
(``| head``) ends the command without a word, but not before the program has ended.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

from loopviz.commands import launch_options
from loopviz.commands.export_file import opened
from loopviz.commands.group import end_as_filters_do
from loopviz.commands.program_command import complete_target
from loopviz.commands.story_recording import ending, record
from loopviz.commands.targets import is_trace, resolve
from loopviz.errors import LoopvizError, TaskUnknown, ValueInvalid
from loopviz.recording.words import Words
from loopviz.trace.chronicle import Chronicle
from loopviz.trace.files import load_file
from loopviz.trace.levels import Level
from loopviz.trace.story import Story
from loopviz.trace.trace import Trace

_HELP = """Tell what happened, event by event, in plain sentences.

TARGET is a trace, or a program to record first: a scenario's name, a Python file or -m MODULE; whatever comes after it
is handed to the program untouched. What the program prints is told in the story, and shown nowhere else. The exit
status is the program's.

\b
loopviz story gather_two
loopviz story --clock virtual gather --items 3
loopviz story slow.loopviz --from 1.5 --to 1.6 --level full
loopviz story slow.loopviz --task worker | less

A brief story leaves out what another sentence has told and what asyncio does behind the scenes: its own callbacks,
the timers of sleeps, the end of a callback that went well, and what the tasks do by which asyncio.run tidies up.
"""

_FLAGS = {"level": ("--level",), "from": ("--from",), "to": ("--to",), "task": ("--task",), "clock": ("--clock",)}
_TIME = re.compile(r"(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*(s|ms|us|µs|ns)?")
_UNITS_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "µs": 1_000, "ns": 1}


class ArgumentsOfATrace(LoopvizError):
    """Words after a trace that are no options, or an option that is for programs."""

    def __init__(self, trace: str, word: str) -> None:
        super().__init__(f"{trace} is a trace, it is not run: {word!r} is for a program")


class StoryCommand(click.Command):
    """``[OPTIONS] TARGET [ARGS]``, divided as for ``run``; click has the help, the complaints and the completion."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[OPTIONS]", "{TRACE | SCENARIO | FILE.py | -m MODULE}", "[ARGS]..."]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = launch_options.read(args, _FLAGS, {})
        if ctx.resilient_parsing or not words.understood:
            return super().parse_args(ctx, args)
        if len(words.target) > 1 and is_trace(words.target[0]):
            words = _with_options_behind(words)
        own = [f"{_FLAGS[name][0]}={value}" for name, value in words.values.items()]
        return super().parse_args(ctx, [*own, "--", *words.target])


def _with_options_behind(words: Words) -> Words:
    """The words of a trace, which has no arguments, so that what stands behind it are options."""
    trace, *behind = words.target
    more = launch_options.read(behind, _FLAGS, {})
    if not more.understood or more.target:
        raise ArgumentsOfATrace(trace, more.target[0])
    return Words({**words.values, **more.values}, [trace], True)


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Sequence[CompletionItem]:
    if ctx.params.get("target"):
        return [CompletionItem(incomplete, type="file")]
    return complete_target(incomplete)


@click.command(
    "story",
    cls=StoryCommand,
    help=_HELP,
    short_help="Tell what happened, in plain sentences.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--level", type=click.Choice([level.value for level in Level]), default="brief", help="How much (brief).")
@click.option("--from", "from_time", metavar="TIME", help="Only from this moment on: --from 1.5 or --from 800ms.")
@click.option("--to", "to_time", metavar="TIME", help="Only up to this moment: --to 2.")
@click.option("--task", metavar="TEXT", help="Only sentences that name a task whose name holds TEXT; #3 is task 3.")
@click.option("--clock", metavar="CLOCK", help="The program's time: real (default), virtual, or a speed: --clock 4x.")
@click.argument("target", nargs=-1, type=click.UNPROCESSED, shell_complete=_complete)
def command(
    target: tuple[str, ...],
    level: str,
    from_time: str | None,
    to_time: str | None,
    task: str | None,
    clock: str | None,
) -> int:
    """See ``_HELP``."""
    first_ns, last_ns = _time_ns("--from", from_time, 0), _time_ns("--to", to_time, None)
    if last_ns is not None and first_ns is not None and last_ns < first_ns:
        raise ValueInvalid("--to", str(to_time), f"a moment that is not before --from {from_time}")
    trace, status = _trace_of(target, clock)
    end_as_filters_do()
    if trace is not None:
        _tell(trace, Level(level), first_ns or 0, last_ns, task)
    return status


def _time_ns(option: str, text: str | None, default: int | None) -> int | None:
    """A moment, in nanoseconds, of ``1.5``, ``1.5s`` or ``800ms``. Raises ValueInvalid."""
    if text is None:
        return default
    found = _TIME.fullmatch(text.strip())
    number = float(found[0].removesuffix(found[2] or "")) if found else math.inf
    if found is None or not math.isfinite(number):
        raise ValueInvalid(option, text, "a moment in seconds, such as 1.5, or with its unit, such as 800ms")
    return round(number * _UNITS_NS[found[2] or "s"])


def _trace_of(target: tuple[str, ...], clock: str | None) -> tuple[Trace | None, int]:
    """The trace, and the exit status of the program that was recorded for it."""
    if target and is_trace(target[0]):
        if clock is not None:
            raise ArgumentsOfATrace(target[0], "--clock")
        file = load_file(target[0])
        if file.note:
            click.echo(f"loopviz: {target[0]}: {file.note}", err=True)
        return file.trace, 0
    name = launch_options.clock_named(clock or "real")
    program = resolve(target, "tell of")
    recorded = record(program, name)
    if recorded.complaints:
        click.echo(recorded.complaints.rstrip("\n"), err=True)
    if recorded.status:
        click.echo(f"loopviz: {program.label} {ending(recorded.status)}", err=True)
    return recorded.file.trace if recorded.file is not None else None, recorded.status


def _tell(trace: Trace, level: Level, first_ns: int, last_ns: int | None, task: str | None) -> None:
    # Imported late: the help of all commands should not wait for the screen's package.
    from loopviz.tui.units import moment

    chronicle = Chronicle(trace)
    story = Story(chronicle)
    first = chronicle.position_at(first_ns)
    last = len(chronicle) if last_ns is None else chronicle.position_at(last_ns + 1)
    if task is None:
        told = story.told(first, last, level)
    else:
        told = _naming(story, story.positions(first, last, level), _tasks(story, trace, task))
    columns = len(moment(trace.end_ns))
    with opened("-") as out:
        for t_ns, text in told:
            out.write(f"{moment(t_ns):>{columns}}  {text}\n")


def _naming(story: Story, positions: Iterator[int], tasks: frozenset[int]) -> Iterator[tuple[int, str]]:
    """When and what is told of these tasks."""
    for position in positions:
        sentence = story.sentence(position)
        if any(mention.task in tasks for mention in sentence.mentions):
            yield story.chronicle.place(position)[0], sentence.text


def _tasks(story: Story, trace: Trace, text: str) -> frozenset[int]:
    """The tasks that ``--task`` means. Raises TaskUnknown."""
    names = {number: story.name(number) for number in trace.tasks}
    found = frozenset(number for number, name in names.items() if text in name or text == f"#{number}")
    if not found:
        raise TaskUnknown(text, get_close_matches(text, set(names.values()), n=3))
    return found
