"""Which record tells of a number: of a callback, a timer.

Decides how that is kept for a million of them: numbers are counters, so nearly all of a stretch are there, and each
takes four bytes of an array in place of a hundred in a dictionary.

Awkward case: a damaged file may hold any numbers; each that stands alone takes a *page*, which is small.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_PAGE_BITS = 6
_IN_PAGE = (1 << _PAGE_BITS) - 1
#: A page holds the record's index plus one, and 0 where there is none.
_EMPTY = array("I", bytes(array("I").itemsize << _PAGE_BITS))


@dataclass(slots=True)
class RecordByNumber(Mapping[int, int]):
    """Indexes of records by number; of two records of one number the later one counts."""

    _pages: dict[int, array[int]] = field(default_factory=dict)

    def put(self, number: int, record: int) -> None:
        """``record`` tells of ``number``."""
        page = self._pages.get(number >> _PAGE_BITS)
        if page is None:
            page = self._pages[number >> _PAGE_BITS] = _EMPTY[:]
        page[number & _IN_PAGE] = record + 1

    def __getitem__(self, number: int) -> int:
        page = self._pages.get(number >> _PAGE_BITS)
        if page is None or not (record := page[number & _IN_PAGE]):
            raise KeyError(number)
        return record - 1

    def __iter__(self) -> Iterator[int]:
        for at, page in self._pages.items():
            yield from (at << _PAGE_BITS | place for place, record in enumerate(page) if record)

    def __len__(self) -> int:
        return sum(1 for _ in self)
