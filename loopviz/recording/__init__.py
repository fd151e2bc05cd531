"""Inside the watched program: the instrumented loop and the recorder. The standard library alone.

The package is also the public context manager: ``with loopviz.recording("out.loopviz"): ...``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Recording(ModuleType):
    """``loopviz.recording`` is a package and can be called; see ``loopviz.recording.session.recording``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from loopviz.recording.session import recording

        return recording(*args, **kwargs)


sys.modules[__name__].__class__ = _Recording
