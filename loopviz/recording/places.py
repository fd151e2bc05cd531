"""Where code lives, said shortly and the same on every machine.

Decides two things for each file name: how the trace calls it, and whether it is *library* code (the standard library,
an installed package, or loopviz itself) as opposed to the user's own. ``asyncio/tasks.py`` and ``aiohttp/client.py``
are library; ``app/db.py`` is the user's, relative to the program's folder.

Awkward cases: a virtual environment inside the program's folder is library all the same; frozen and built-in modules
(``<frozen importlib>``) are library, and so is what Cython has compiled (``uvloop/loop.pyx``), whose files are told
relative to where it was built; code from ``exec`` (``<string>``) is the user's.
"""

from __future__ import annotations

import os
import site
import sys


def _library_roots() -> tuple[str, ...]:
    """Folders of library code, the deepest first, so that site-packages is cut off before the standard library.

    ``sysconfig`` knows of no other that holds code, and takes longer to say so.
    """
    roots = {*site.getsitepackages(), site.getusersitepackages(), os.path.dirname(os.__file__)}
    real = {os.path.realpath(root) for root in roots}
    return tuple(sorted({root + os.sep for root in roots | real if root}, key=len, reverse=True))


#: This package, which an editable install keeps outside site-packages. Its scenarios are the user's code.
_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_OWN_SCENARIOS = os.path.join(_OWN, "scenarios") + os.sep


#: Folders of installed packages, wherever they are: of another environment, of a deployed application.
_PACKAGES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))


_CYTHON = (".pyx", ".pxd", ".pxi")


class Places:
    """Shortens file names. ``folder`` is the program's: what lies in it is the user's and told relative to it."""

    __slots__ = ("_known", "_roots", "folder")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._roots = _library_roots()
        self._known: dict[str, tuple[str, bool]] = {}

    def of(self, filename: str) -> tuple[str, bool]:
        """``(short name, is library)`` of a code object's ``co_filename``."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._place(filename)
        return known

    def _place(self, filename: str) -> tuple[str, bool]:
        if filename.startswith("<frozen") or filename.endswith(_CYTHON):
            return filename, True
        if filename.startswith(_OWN) and not filename.startswith(_OWN_SCENARIOS):
            return "loopviz/" + _slashed(filename[len(_OWN) :]), True
        if filename.startswith(_OWN_SCENARIOS):
            return _slashed(filename[len(_OWN_SCENARIOS) :]), False
        for root in self._roots:
            if filename.startswith(root):
                return _slashed(filename[len(root) :]), True
        filename = os.path.normpath(filename) if os.path.isabs(filename) else filename  # python keeps ``./`` as typed
        for marker in _PACKAGES:
            _before, found, inside = filename.rpartition(marker)
            if found:
                return _slashed(inside), True
        folder = self.folder + os.sep
        if filename.startswith(folder):
            return _slashed(filename[len(folder) :]), False
        return _slashed(filename), False


def _slashed(path: str) -> str:
    return path.replace("\\", "/") if sys.platform == "win32" else path
