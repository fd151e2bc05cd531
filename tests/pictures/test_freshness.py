"""The pictures in ``screenshots/`` show what the program draws now."""

from __future__ import annotations

import asyncio
import html
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "screenshots"


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", PICTURES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look for it there
    spec.loader.exec_module(module)
    return module


MAKER = _maker()
pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the pictures are made by Python 3.11")


def _words(picture: str) -> list[str]:
    """What a screen's picture says, text by text: how a terminal's picture is drawn is up to the library that does."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return [html.unescape(text).replace("\xa0", " ").strip() for text in texts]


def test_every_timeline_is_fresh(tmp_path: Path) -> None:
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    MAKER.draw_timelines(tmp_path, drawn)
    stale = [
        path.name
        for path in sorted(drawn.iterdir())
        if not (PICTURES / path.name).exists()
        or (PICTURES / path.name).read_text(encoding="utf-8") != path.read_text(encoding="utf-8")
    ]
    assert stale == [], "run 'python screenshots/make.py' and look at what has changed"


@pytest.mark.parametrize("name", MAKER.COMPARISONS)
def test_every_comparison_is_fresh(name: str, tmp_path: Path) -> None:
    MAKER.draw_comparison(name, tmp_path)
    assert (tmp_path / name).read_text(encoding="utf-8") == (PICTURES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("screen", MAKER.SCREENS, ids=lambda screen: screen.name)
def test_every_screen_is_fresh(screen: object, tmp_path: Path) -> None:
    drawn = asyncio.run(MAKER.draw_screen(screen, tmp_path))
    kept = (PICTURES / f"{MAKER.file_of(screen)}").read_text(encoding="utf-8")
    assert _words(drawn) == _words(kept)


def test_no_picture_is_left_of_what_is_gone() -> None:
    expected = {f"{scenario}-{axis}.svg" for scenario in MAKER.scenarios() for axis in ("time", "steps")}
    expected |= {MAKER.file_of(screen) for screen in MAKER.SCREENS}
    expected |= set(MAKER.COMPARISONS)
    assert {path.name for path in PICTURES.glob("*.svg")} == expected


def test_no_picture_needs_anything_from_outside() -> None:
    for path in PICTURES.glob("*.svg"):
        outside = re.findall(r"(?:href|src)=\"http[^\"]*|url\(\"?http[^)]*", path.read_text(encoding="utf-8"))
        assert outside == [], path.name
