"""``loopviz list``: the scenarios, for people and for programs."""

from __future__ import annotations

import json
from itertools import groupby

import click

from loopviz import catalogue
from loopviz.commands.export_file import say

_NAME_COLUMNS = 27


@click.command("list", short_help="Show the scenarios.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array of all cards: loopviz list --json | jq '.[].name'.")
def command(as_json: bool) -> int:
    """Show the scenarios that 'loopviz run NAME' and 'loopviz record NAME' take."""
    cards = catalogue.scenarios()
    say(json.dumps([_entry(card) for card in cards], indent=1) if as_json else _listing(cards))
    return 0


def _listing(cards: list[catalogue.Scenario]) -> str:
    lines = []
    for section, members in groupby(cards, key=lambda card: card.section):
        lines += ["", click.style(str(section), bold=True)]
        lines += map(_line, members)
    return "\n".join(lines[1:])


def _line(card: catalogue.Scenario) -> str:
    text = f"  {card.name:<{_NAME_COLUMNS}}{card.title}"
    return text if card.missing is None else click.style(f"{text} ({card.missing})", dim=True)


def _entry(card: catalogue.Scenario) -> dict[str, object]:
    return {
        "name": card.name,
        "title": card.title,
        "section": card.section.number,
        "section_title": card.section.title,
        "position": card.position,
        "lesson": card.lesson,
        "path": str(card.path),
        "missing": card.missing,
    }
