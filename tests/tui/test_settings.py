"""What is remembered from one start of the screen to the next, and that nothing depends on it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from loopviz.tui.app import LoopvizApp
from loopviz.tui.settings import Settings
from loopviz.tui.themes import DARK, LIGHT


async def test_the_next_screen_begins_with_the_theme_chosen_in_the_last(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "none" / "yet" / "settings.json")
    first = LoopvizApp(settings=settings)
    async with first.run_test() as pilot:
        assert first.theme == DARK.name
        first.theme = LIGHT.name
        await pilot.pause()
    assert LoopvizApp(settings=settings).theme == LIGHT.name


async def test_looking_at_a_screen_writes_nothing(tmp_path: Path) -> None:
    async with LoopvizApp(settings=Settings(tmp_path / "settings.json")).run_test() as pilot:
        await pilot.pause()
    assert not (tmp_path / "settings.json").exists()


def test_the_theme_of_the_environment_comes_before_the_one_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.remember_theme("gruvbox")
    assert LoopvizApp(settings=settings).theme == "gruvbox"
    monkeypatch.setenv("TEXTUAL_THEME", LIGHT.name)
    assert LoopvizApp(settings=settings).theme == LIGHT.name


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b'{"theme": 3}', b'{"theme": null}', b'{"theme": "no"}', b"\xff\xfe", b"[" * 100_000],
    ids=range(9),
)
def test_a_file_that_says_nothing_sensible_is_as_none(tmp_path: Path, content: bytes) -> None:
    settings = Settings(tmp_path / "settings.json")
    (tmp_path / "settings.json").write_bytes(content)
    assert LoopvizApp(settings=settings).theme == DARK.name
    settings.remember_theme(LIGHT.name)
    assert settings.theme == LIGHT.name


def test_what_a_later_version_keeps_there_stays(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"panels": ["loop"], "theme": "nord"}')
    Settings(tmp_path / "settings.json").remember_theme(LIGHT.name)
    assert json.loads((tmp_path / "settings.json").read_text()) == {"panels": ["loop"], "theme": LIGHT.name}


def test_a_place_that_cant_be_written_to_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.json").mkdir()
    for path in (tmp_path / "file" / "settings.json", tmp_path / "folder.json", None):
        settings = Settings(path)
        settings.remember_theme(LIGHT.name)
        assert settings.theme == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="where settings lie differs from system to system")
def test_settings_lie_in_the_users_configuration_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert Settings.of_user().path == tmp_path / "loopviz" / "settings.json"


def test_a_user_without_a_home_has_no_place_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loopviz.tui.settings.user_config_path", lambda *_, **__: Path("~/.config/loopviz"))
    assert Settings.of_user().path is None
