"""What is remembered of a function and of its frames: the tables that are looked into wherever one is met again.

Decides nothing; ``definitions`` fills them. What has been defined stays, so they grow with the program's text and no
more.
"""

from __future__ import annotations

from types import CodeType

from loopviz.recording.values import Arguments


class Site:
    """A frame of an await chain or stack, known by the frames outside it, its code, and its instruction.

    ``inner`` are the frames seen inside it, by the identity of their code (which ``Definitions`` keeps alive) and
    then by the offset of the instruction; ``library`` those of libraries in an await chain, by their code alone.
    One of these is the ``usual`` one, that of ``usual_code``: as a rule there is but one. ``leaf`` says that it ends
    every chain, ``telling`` that suspensions there are worth a look; see ``probes``.
    """

    __slots__ = ("inner", "leaf", "library", "number", "telling", "user", "usual", "usual_code")

    def __init__(self, number: int, user: bool, telling: bool = False) -> None:
        self.number = number
        self.user = user
        self.leaf = False
        self.telling = telling
        self.inner: dict[int, dict[int, Site]] = {}
        self.library: dict[int, Site] = {}
        self.usual = self
        self.usual_code: CodeType | None = None


class Code:
    """A function that has been defined.

    ``arguments`` says where those of a call are found. ``sites`` are those of its frames that have none outside them
    (of a task's own coroutine, or of what created a task), by the offset of the instruction; in an await chain a
    library's has but one, ``outermost``.
    """

    __slots__ = ("arguments", "code", "library", "number", "outermost", "sites")

    def __init__(self, code: CodeType, number: int, library: bool, sites: dict[int, Site]) -> None:
        self.code = code
        self.number = number
        self.library = library
        self.arguments = Arguments(code)
        self.sites = sites
        self.outermost: Site | None = None


#: Whose a function may be.
OWN, OF_ASYNCIO, OF_LIBRARY, OF_USER = 1, 2, 3, 4


class Origin:
    """Whose a function is; of the user's and of libraries', the sites of its frames, as a ``Code`` has them."""

    __slots__ = ("sites", "whose")

    def __init__(self, whose: int, sites: dict[int, Site] | None = None) -> None:
        self.whose = whose
        self.sites = sites
