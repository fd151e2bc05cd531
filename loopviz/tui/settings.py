"""What the screen remembers from one start to the next: the theme.

Decides that it is kept in the user's configuration directory, as one JSON object, and that nothing depends on it: a
file that can't be read or understood is as none, and one that can't be written is not written.

Awkward cases: two screens that write at once must not leave half a file; names that this version does not know are a
later one's, and stay; a user without a home directory has no place for it.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

_FILE = "settings.json"
_THEME = "theme"


class Settings:
    """The settings in the file ``path``; None remembers nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    @classmethod
    def of_user(cls) -> Settings:
        """The settings of whoever runs this."""
        folder = user_config_path("loopviz", appauthor=False)
        return cls(folder / _FILE if folder.is_absolute() else None)

    @property
    def theme(self) -> str:
        """The name of the theme chosen last; empty where none is known."""
        name = self._read().get(_THEME)
        return name if isinstance(name, str) else ""

    def remember_theme(self, name: str) -> None:
        """Let the next screen begin with this theme."""
        self._write({**self._read(), _THEME: name})

    def _read(self) -> dict[str, Any]:
        # RecursionError: JSON that is nested too deep.
        with suppress(OSError, ValueError, RecursionError):
            known = json.loads(self.path.read_text(encoding="utf-8")) if self.path is not None else {}
            return known if isinstance(known, dict) else {}
        return {}

    def _write(self, known: dict[str, Any]) -> None:
        if self.path is None:
            return
        with suppress(OSError, ValueError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            try:
                written.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
                written.replace(self.path)
            finally:
                written.unlink(missing_ok=True)
