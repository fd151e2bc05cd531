"""A workshop: an offer whose programs need no recorder, and that tells what it was asked to start."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from loopviz.errors import TargetUnknown
from loopviz.tui.session import Card, ExportFormat, Launch, Offer
from tui.runs import pair

SOURCE = '''"""Card."""

import argparse
import asyncio

parser = argparse.ArgumentParser()
parser.add_argument("--items", type=int, default=10, help="how many (10)")
parser.add_argument("--order", choices=["up", "down"], default="up", help="which way")
print("the code")
'''
#: Programs that have no loop, by the word that asks for one.
ENDING = {
    "wrong": """import sys; sys.exit("usage: gather.py [--items N]\\ngather.py: error: 'wrong' is wrong")""",
    "--help": """print("usage: gather.py [--items N]")""",
}


class Workshop:
    """An offer whose programs write the run of ``pair`` and stay; ``started`` are the words that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[list[str]] = []
        self.traces = 0
        (folder / "made").write_bytes(pair().file())
        self.sources = folder / "gather.py"
        self.sources.write_text(SOURCE)

    def launch(self, words: Sequence[str]) -> Launch:
        if words[0] == "nothing.py":
            raise TargetUnknown("nothing.py", ["something.py"])
        self.started.append(list(words))
        title = words[2] if words[0] == "--clock" else words[0]
        if program := next((ENDING[word] for word in words if word in ENDING), None):
            return Launch(title, lambda _trace: [sys.executable, "-c", program], self.next_trace)
        source = f"import shutil, sys, time; shutil.copy({str(self.folder / 'made')!r}, sys.argv[1]); time.sleep(60)"
        command = [sys.executable, "-c", source]
        return Launch(title, lambda trace: [*command, str(trace)], self.next_trace, words=tuple(words))

    def next_trace(self) -> Path:
        self.traces += 1
        return self.folder / f"{self.traces}.loopviz"

    def cards(self) -> list[Card]:
        first, second = "1. First steps", "2. Ten items, each way"
        return [
            Card("hello", "The smallest program", first, "Say hello.", self.sources, place="scenarios/hello.py"),
            Card("sequential", "One after the other", second, "Each waits\nfor the one before.", self.sources),
            Card("gather", "All at once", second, "All [b]start[/b] at once.", self.sources),
            Card("fetch", "A real server", "4. Real I/O", "", self.sources, "needs the extra 'http'"),
        ]

    def offer(self, formats: Sequence[ExportFormat] = ()) -> Offer:
        return Offer(self.cards, self.launch, lambda: formats)
