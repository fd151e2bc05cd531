"""What is to be done when the program imports a module: uvloop is instrumented then, and never imported by us.

Decides how an import is noticed: a finder, first in ``sys.meta_path``, that finds nothing by itself. It asks the others
for the one module it waits for and has its loader do the rest; it leaves the path when that is done, and a module's
``__loader__`` and ``__spec__`` are what they are without us.

Neither class derives from one of ``importlib.abc``, which is slow to import, and nothing asks for that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Loader

Act = Callable[[ModuleType], None]


def when_imported(name: str, act: Act) -> Callable[[], None]:
    """Have ``act`` called with the module of that name: now, if it is imported already, else when it is. Returns what
    stops the waiting.
    """
    module = sys.modules.get(name)
    if module is not None:
        act(module)
        return lambda: None
    finder = _Waiting(name, act)
    sys.meta_path.insert(0, finder)
    return finder.stop


class _Waiting:
    """A finder that waits for one module."""

    def __init__(self, name: str, act: Act) -> None:
        self._name = name
        self._act = act

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        for finder in [each for each in sys.meta_path if each is not self]:
            spec = finder.find_spec(fullname, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Acting(spec.loader, self._imported)  # type: ignore[assignment]
                return spec
        return None

    def _imported(self, module: ModuleType) -> None:
        self.stop()
        self._act(module)

    def stop(self) -> None:
        """Leave the path."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)


class _Acting:
    """A loader that loads as another does, then acts."""

    def __init__(self, loader: Loader, act: Act) -> None:
        self._loader = loader
        self._act = act

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._act(module)
